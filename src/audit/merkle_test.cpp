#include "audit/merkle.hpp"

#include "base/text.hpp"

#include <gtest/gtest.h>

namespace atalaya::audit {
namespace {

Hash hash_from(std::string_view hex) {
    const Bytes bytes = parse_hex(hex).value();
    Hash out{};
    std::copy(bytes.begin(), bytes.end(), out.begin());
    return out;
}

/// Entries as long as anybody likes, as the standard has them.
Hash leaf_of(std::string_view hex) {
    Writer in;
    in.u8(0).raw(parse_hex(hex).value());
    return crypto::sha256(in.bytes());
}

/// What Certificate Transparency has always been tested with: eight entries, and the root of each
/// beginning of them.
constexpr std::array entries{"",
                             "00",
                             "10",
                             "2021",
                             "3031",
                             "40414243",
                             "5051525354555657",
                             "606162636465666768696a6b6c6d6e6f"};
constexpr std::array roots{"6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
                           "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
                           "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
                           "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
                           "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
                           "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
                           "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
                           "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328"};

/// Hashes a range the plain way, as the standard defines it.
Hash naive(const std::vector<Hash>& leaves, std::int64_t begin, std::int64_t end) {
    if (begin == end)
        return crypto::sha256(BytesView{});
    if (end - begin == 1)
        return leaves[static_cast<std::size_t>(begin)];
    std::int64_t left = 1;
    while (2 * left < end - begin)
        left *= 2;
    return node_hash(naive(leaves, begin, begin + left), naive(leaves, begin + left, end));
}

std::vector<Hash> known_leaves() {
    std::vector<Hash> out;
    for (const char* entry : entries)
        out.push_back(leaf_of(entry));
    return out;
}

std::vector<Hash> many_leaves(std::int64_t count) {
    std::vector<Hash> out;
    for (std::int64_t i = 0; i < count; ++i)
        out.push_back(leaf_hash(crypto::sha256(std::to_string(i))));
    return out;
}

TEST(Merkle, RootsOfTheKnownTree) {
    EXPECT_EQ(to_hex(Frontier().root()),
              "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
    Frontier frontier;
    for (std::size_t i = 0; i < entries.size(); ++i) {
        frontier.append_leaf(leaf_of(entries[i]));
        EXPECT_EQ(to_hex(frontier.root()), roots[i]);
    }
}

TEST(Merkle, ProofsOfTheKnownTree) {
    const auto leaves = known_leaves();
    const auto hash = [&](std::int64_t begin, std::int64_t end) {
        return naive(leaves, begin, end);
    };
    const std::vector<Hash> first_of_eight{
        hash_from("96a296d224f285c67bee93c30f8a309157f0daa35dc5b87e410b78630a09cfc7"),
        hash_from("5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e"),
        hash_from("6b47aaf29ee3c2af9af889bc1fb9254dabd31177f16232dd6aab035ca39bf6e4")};
    EXPECT_EQ(inclusion_proof(0, 8, hash), first_of_eight);
    EXPECT_TRUE(verify_inclusion(leaves[0], 0, 8, first_of_eight, hash_from(roots[7])));
    const std::vector<Hash> six_to_eight{
        hash_from("0ebc5d3437fbe2db158b9f126a1d118e308181031d0a949f8dededebc558ef6a"),
        hash_from("ca854ea128ed050b41b35ffc1b87b8eb2bde461e9e3b5596ece6b9d5975a0ae0"),
        hash_from("d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7")};
    EXPECT_EQ(consistency_proof(6, 8, hash), six_to_eight);
    EXPECT_TRUE(verify_consistency(6, hash_from(roots[5]), 8, hash_from(roots[7]), six_to_eight));
}

TEST(Merkle, TheRowHashesOfTheReferenceChain) {
    Frontier frontier;
    for (const char* row : {"2a805939be8eb259f41f199625ff315d443686cb0068c0a482896d2ccb0eff12",
                            "4b1fed6530496d5d93d805609101bc311452767c94651bfea8a6c62924b0ec79",
                            "18eb34d9e225e2bfbd960608e7598921307ee8cb7f3d4e6b73f240f802884b31"})
        frontier.append(hash_from(row));
    EXPECT_EQ(to_base64(frontier.root()), "3MH/BJ1bymsbDSOk6gEnLdkNUqIFGs4FKtCmmGZTIbk=");
}

TEST(Merkle, GrowsAsTheNaiveTree) {
    const auto leaves = many_leaves(70);
    Frontier frontier;
    for (std::int64_t size = 1; size <= 70; ++size) {
        frontier.append_leaf(leaves[static_cast<std::size_t>(size - 1)]);
        ASSERT_EQ(frontier.root(), naive(leaves, 0, size)) << size;
        ASSERT_EQ(Frontier::from(size, frontier.hashes()), frontier);
        ASSERT_FALSE(Frontier::from(size + 1, frontier.hashes()) == frontier);
    }
    EXPECT_FALSE(Frontier::from(3, {Hash{}}));
    EXPECT_FALSE(Frontier::from(-1, {}));
}

/// Each way of bending a proof that is not the proof itself.
std::vector<std::vector<Hash>> bend(const std::vector<Hash>& proof) {
    std::vector<std::vector<Hash>> out;
    for (std::size_t i = 0; i < proof.size(); ++i) {
        out.push_back(proof);
        out.back()[i][7] ^= 1;
        out.push_back(proof);
        out.back().erase(out.back().begin() + static_cast<std::ptrdiff_t>(i));
    }
    out.push_back(proof);
    out.back().push_back(Hash{});
    out.push_back(proof);
    out.back().insert(out.back().begin(), Hash{});
    return out;
}

TEST(Merkle, EveryEntryIsProvedAndNothingElse) {
    const auto leaves = many_leaves(33);
    const auto hash = [&](std::int64_t begin, std::int64_t end) {
        return naive(leaves, begin, end);
    };
    for (std::int64_t size = 1; size <= 33; ++size) {
        const Hash root = hash(0, size);
        for (std::int64_t index = 0; index < size; ++index) {
            const auto proof = inclusion_proof(index, size, hash);
            const Hash& leaf = leaves[static_cast<std::size_t>(index)];
            ASSERT_TRUE(verify_inclusion(leaf, index, size, proof, root)) << index << "/" << size;
            ASSERT_FALSE(verify_inclusion(leaves[32 - static_cast<std::size_t>(index)], index, size,
                                          proof, root) &&
                         index != 16);
            ASSERT_FALSE(verify_inclusion(leaf, size, size, proof, root));
            ASSERT_FALSE(verify_inclusion(leaf, -1, size, proof, root));
            for (const auto& bent : bend(proof))
                ASSERT_FALSE(verify_inclusion(leaf, index, size, bent, root));
        }
    }
}

TEST(Merkle, EveryBeginningIsProvedAndNothingElse) {
    const auto leaves = many_leaves(33);
    const auto hash = [&](std::int64_t begin, std::int64_t end) {
        return naive(leaves, begin, end);
    };
    for (std::int64_t to = 0; to <= 33; ++to) {
        for (std::int64_t from = 0; from <= to; ++from) {
            const auto proof = consistency_proof(from, to, hash);
            ASSERT_TRUE(verify_consistency(from, hash(0, from), to, hash(0, to), proof))
                << from << " to " << to;
            Hash other = hash(0, from);
            other[3] ^= 1;
            ASSERT_FALSE(verify_consistency(from, other, to, hash(0, to), proof));
            other = hash(0, to);
            other[3] ^= 1;
            ASSERT_FALSE(from > 0 && verify_consistency(from, hash(0, from), to, other, proof));
            for (const auto& bent : bend(proof))
                ASSERT_FALSE(verify_consistency(from, hash(0, from), to, hash(0, to), bent));
        }
    }
    EXPECT_FALSE(verify_consistency(5, hash(0, 5), 4, hash(0, 4), {}));
    EXPECT_FALSE(verify_consistency(-1, Hash{}, 4, hash(0, 4), {}));
}

TEST(Merkle, ProofsAskForDisjointRangesOnly) {
    // Whoever answers reads rows: all of them once at most.
    for (const auto& [from, to] : {std::pair{6, 8}, {1, 100}, {63, 64}, {37, 90}}) {
        std::vector<bool> asked(static_cast<std::size_t>(to));
        const SubtreeHash note = [&](std::int64_t begin, std::int64_t end) {
            for (std::int64_t i = begin; i < end; ++i) {
                EXPECT_FALSE(asked[static_cast<std::size_t>(i)]);
                asked[static_cast<std::size_t>(i)] = true;
            }
            return Hash{};
        };
        consistency_proof(from, to, note);
        asked.assign(asked.size(), false);
        inclusion_proof(from, to, note);
        EXPECT_FALSE(asked[static_cast<std::size_t>(from)]);
    }
}

} // namespace
} // namespace atalaya::audit
