#include "audit/encoding.hpp"

#include "base/text.hpp"

#include <gtest/gtest.h>

namespace atalaya::audit {
namespace {

Uuid uuid(std::string_view text) { return parse_uuid(text).value(); }

const Uuid chain = uuid("11111111-1111-1111-1111-111111111111");
constexpr std::string_view subject =
    R"({"actor":"u1","email":"a@example.com","ip":"203.0.113.45"})";
constexpr std::string_view detail = R"({"before":{"threshold":85},"after":{"threshold":90}})";

Header header_of(std::int64_t seq) {
    Uuid event_id;
    event_id.bytes[15] = static_cast<std::uint8_t>(seq);
    return {chain,
            seq,
            event_id,
            {1767225600000000 + seq},
            "monitor.update",
            Outcome::ok,
            ActorKind::user,
            "monitor",
            uuid("00000000-0000-0000-0000-000000000abc")};
}

std::vector<Hash> commits_of(std::int64_t seq) {
    Salt salts[2];
    salts[0].fill(static_cast<std::uint8_t>(seq * 16));
    salts[1].fill(static_cast<std::uint8_t>(seq * 16 + 1));
    return {commit(salts[0], Part::subject, chain, seq, as_bytes(subject)),
            commit(salts[1], Part::detail, chain, seq, as_bytes(detail))};
}

// The published vectors: an auditor's verifier must get the same.
TEST(Encoding, GivesThePublishedVectors) {
    EXPECT_EQ(to_hex(genesis(chain)),
              "fbe14bc5b20a1e55163ed7d9d3d555f43d5ccb4ee036983fd0ac11fd9dd470bf");
    const std::string commit_starts[] = {"9d92e794d1f46b5a", "61e2398627492d49",
                                         "2af9036ba75f8f61"};
    const std::string rows[] = {"2a805939be8eb259f41f199625ff315d443686cb0068c0a482896d2ccb0eff12",
                                "4b1fed6530496d5d93d805609101bc311452767c94651bfea8a6c62924b0ec79",
                                "18eb34d9e225e2bfbd960608e7598921307ee8cb7f3d4e6b73f240f802884b31"};
    Hash previous = genesis(chain);
    std::vector<Hash> leaves;
    for (std::int64_t seq = 1; seq <= 3; ++seq) {
        const Bytes header = encode_header(header_of(seq));
        const auto commits = commits_of(seq);
        EXPECT_EQ(header.size(), 139u);
        EXPECT_EQ(to_hex(commits[0]).substr(0, 16), commit_starts[seq - 1]);
        previous = row_hash(previous, header, commits);
        EXPECT_EQ(to_hex(previous), rows[seq - 1]);
        leaves.push_back(previous);
    }
    EXPECT_EQ(to_base64(merkle_root(leaves)), "3MH/BJ1bymsbDSOk6gEnLdkNUqIFGs4FKtCmmGZTIbk=");
}

TEST(Encoding, ReadsBackWhatItWrote) {
    for (const std::int64_t seq : {std::int64_t{1}, std::int64_t{77}, std::int64_t{1} << 40}) {
        Header header = header_of(seq);
        header.outcome = Outcome::denied;
        header.actor_kind = ActorKind::anonymous;
        header.resource_type.clear();
        header.occurred_at.us = -5;
        const auto read = parse_header(encode_header(header));
        ASSERT_TRUE(read.has_value());
        EXPECT_EQ(*read, header);
    }
}

TEST(Encoding, RefusesEveryOtherFormOfAHeader) {
    const Bytes good = encode_header(header_of(3));
    for (std::size_t size = 0; size < good.size(); ++size)
        EXPECT_FALSE(parse_header(BytesView(good).first(size)).has_value()) << size;
    Bytes longer = good;
    longer.push_back(0);
    EXPECT_FALSE(parse_header(longer).has_value());

    Header loud = header_of(3);
    loud.action = "Monitor.Update";
    EXPECT_FALSE(parse_header(encode_header(loud)).has_value());
    Header nothing = header_of(3);
    nothing.action.clear();
    EXPECT_FALSE(parse_header(encode_header(nothing)).has_value());
    EXPECT_FALSE(parse_header(encode_header(header_of(0))).has_value());
    Header strange = header_of(3);
    strange.outcome = static_cast<Outcome>(3);
    EXPECT_FALSE(parse_header(encode_header(strange)).has_value());
}

// Whatever else one byte of a header may be changed to: it is refused, or it reads as something
// that is written back as exactly those bytes. Otherwise two headers would mean the same event.
TEST(Encoding, IsInjective) {
    const Bytes good = encode_header(header_of(3));
    for (std::size_t i = 0; i < good.size(); ++i) {
        for (int value = 0; value < 256; ++value) {
            Bytes changed = good;
            changed[i] = static_cast<std::uint8_t>(value);
            const auto read = parse_header(changed);
            EXPECT_TRUE(!read || encode_header(*read) == changed) << i;
        }
    }
}

TEST(Encoding, SealDependsOnKeyHeaderAndCommitments) {
    const Secret key("seal key one"), other("seal key two");
    const Bytes header = encode_header(header_of(1));
    const auto commits = commits_of(1);
    const Hash good = seal(key, header, commits);
    EXPECT_NE(good, seal(other, header, commits));
    EXPECT_NE(good, seal(key, encode_header(header_of(2)), commits));
    EXPECT_NE(good, seal(key, header, commits_of(2)));
}

TEST(Encoding, LanesHaveChainsOfTheirOwn) {
    const TeamId team{chain};
    EXPECT_EQ(chain_id(team, 0), chain);
    EXPECT_NE(chain_id(team, 1), chain);
    EXPECT_NE(chain_id(team, 1), chain_id(team, 2));
}

} // namespace
} // namespace atalaya::audit
