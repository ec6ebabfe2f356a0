#include "audit/chain.hpp"

#include <gtest/gtest.h>

#include <functional>
#include <random>

namespace atalaya::audit {
namespace {

const Uuid chain = parse_uuid("11111111-1111-1111-1111-111111111111").value();
const Secret seal_key("a seal key that the database never sees");

/// With a tombstone, which names `erased` as the one event whose subject went.
std::vector<Link> chain_of(std::int64_t length, std::int64_t tombstone = 0,
                           const std::string& erased = "2") {
    std::vector<Link> links;
    Hash previous = genesis(chain);
    for (std::int64_t seq = 1; seq <= length; ++seq) {
        Link link;
        Uuid event_id;
        event_id.bytes[15] = static_cast<std::uint8_t>(seq);
        link.columns = Header{chain,
                              seq,
                              event_id,
                              {1'000'000 * seq},
                              seq == tombstone ? "audit.tombstone" : "server.update",
                              Outcome::ok,
                              ActorKind::user,
                              "server",
                              event_id};
        link.header = encode_header(*link.columns);
        for (const Part part : parts) {
            PartState state{
                PartState::Kind::open, {}, to_bytes("{\"n\":" + std::to_string(seq) + "}")};
            if (seq == tombstone && part == Part::detail)
                state.body = to_bytes(R"({"changes":[{"field":"who","after":")" + erased + "\"}]}");
            state.salt.fill(static_cast<std::uint8_t>(2 * seq + static_cast<int>(part)));
            link.commits.push_back(commit(state.salt, part, chain, seq, state.body));
            link.parts.push_back(state);
        }
        link.previous = previous;
        link.row_hash = row_hash(previous, link.header, link.commits);
        link.seal = seal(seal_key, link.header, link.commits);
        previous = link.row_hash;
        links.push_back(std::move(link));
    }
    return links;
}

Report verify(const std::vector<Link>& links, std::int64_t head_seq, const Hash& head_hash,
              const Secret* key = &seal_key) {
    ChainVerifier verifier(chain, key);
    for (const Link& link : links)
        verifier.step(link);
    verifier.finish(head_seq, head_hash);
    return verifier.report();
}
Report verify(const std::vector<Link>& links) {
    return verify(links, static_cast<std::int64_t>(links.size()), links.back().row_hash);
}

TEST(Chain, HoldsWhenNothingWasTouched) {
    const Report report = verify(chain_of(5));
    EXPECT_TRUE(report.ok) << report.reason;
    EXPECT_EQ(report.checked, 5);
    EXPECT_EQ(report.seq, 5);
    EXPECT_EQ(report.erased, 0);
    EXPECT_TRUE(verify({}, 0, genesis(chain)).ok);
}

TEST(Chain, HoldsAfterATombstoneAndCountsIt) {
    auto links = chain_of(3, 3);
    links[1].parts[0] = {PartState::Kind::erased, {}, {}, 3};
    const Report report = verify(links);
    EXPECT_TRUE(report.ok) << report.reason;
    EXPECT_EQ(report.erased, 1);
}

TEST(Chain, ATombstoneNamesWhatItErased) {
    auto links = chain_of(4, 4, "1-2");
    links[1].parts[0] = {PartState::Kind::erased, {}, {}, 4};
    EXPECT_TRUE(verify(links).ok);
    links[2].parts[0] = {PartState::Kind::erased, {}, {}, 4};
    EXPECT_EQ(verify(links).reason, ChainVerifier::untold_erasure);
    EXPECT_EQ(verify(links).first_bad, 2);
    links = chain_of(4, 4, "1-2");
    links[1].parts[1] = {PartState::Kind::erased, {}, {}, 4}; // the other part
    EXPECT_FALSE(verify(links).ok);
    EXPECT_TRUE(verify(links, 4, links.back().row_hash, nullptr).ok)
        << "elsewhere it may be sealed";
}

TEST(Chain, NothingIsErasedWithoutALaterTombstone) {
    for (const std::int64_t by : {0, 2, 3}) { // nothing, itself, no tombstone
        auto links = chain_of(4, 4);
        links[1].parts[0] = {PartState::Kind::erased, {}, {}, by};
        const Report report = verify(links);
        EXPECT_FALSE(report.ok) << by;
        EXPECT_EQ(report.first_bad, 2) << by;
        EXPECT_EQ(report.reason, ChainVerifier::untold_erasure);
    }
}

TEST(Chain, HoldsWithoutPayloadsAtHand) {
    auto links = chain_of(3);
    for (Link& link : links)
        link.parts.clear();
    EXPECT_TRUE(verify(links).ok);
}

TEST(Chain, NamesTheFirstFaultAndWhy) {
    struct Case {
        std::string reason;
        std::int64_t first_bad;
        std::function<void(std::vector<Link>&)> damage;
    };
    const Case cases[] = {
        {"a payload differs from its commitment", 3, [](auto& l) { l[2].parts[1].body[5] ^= 1; }},
        {"a payload does not open", 2,
         [](auto& l) { l[1].parts[0].kind = PartState::Kind::broken; }},
        {"a payload is missing", 2, [](auto& l) { l[1].parts.pop_back(); }},
        {"the columns differ from the header that was hashed", 4,
         [](auto& l) { l[3].columns->action = "server.look"; }},
        {"the hash does not match the event", 2, [](auto& l) { l[1].commits[0][0] ^= 1; }},
        {"the hash does not match the event", 2, [](auto& l) { l[1].row_hash[0] ^= 1; }},
        {"the event is not linked to the one before it", 3, [](auto& l) { l[2].previous[0] ^= 1; }},
        {"the seal is not this server's", 5, [](auto& l) { (*l[4].seal)[31] ^= 1; }},
        {"the seal is not this server's", 5, [](auto& l) { l[4].seal.reset(); }},
        {"an event is missing or out of order", 3, [](auto& l) { l.erase(l.begin() + 2); }},
        {"an event is missing or out of order", 2, [](auto& l) { std::swap(l[1], l[2]); }},
        {"an event is missing or out of order", 4, [](auto& l) { l.insert(l.begin() + 3, l[2]); }},
        {"the header is not in canonical form", 1, [](auto& l) { l[0].header.push_back(0); }},
    };
    for (const Case& one : cases) {
        auto links = chain_of(5);
        const Hash head = links.back().row_hash;
        one.damage(links);
        const Report report = verify(links, 5, head);
        EXPECT_FALSE(report.ok) << one.reason;
        EXPECT_EQ(report.reason, one.reason);
        EXPECT_EQ(report.first_bad, one.first_bad) << one.reason;
    }
}

TEST(Chain, MissesNoEndThatWasCutOffOrRewound) {
    const auto links = chain_of(5);
    const Hash head = links.back().row_hash;
    const std::vector<Link> cut(links.begin(), links.begin() + 3);
    EXPECT_EQ(verify(cut, 5, head).reason, "the chain is shorter than its head says");
    EXPECT_EQ(verify(links, 3, links[2].row_hash).reason,
              "the head was rewound: the chain is longer");
    EXPECT_EQ(verify(links, 5, links[3].row_hash).reason,
              "the head has another hash than the last event");
}

// Whoever rewrites a suffix consistently gets every hash right, and still lacks the seal key.
TEST(Chain, RewrittenSuffixLacksTheSeal) {
    auto links = chain_of(5);
    links[3].header = encode_header([&] {
        Header forged = *links[3].columns;
        forged.occurred_at.us += 1;
        return links[3].columns.emplace(forged);
    }());
    links[3].row_hash = row_hash(links[3].previous, links[3].header, links[3].commits);
    links[4].previous = links[3].row_hash;
    links[4].row_hash = row_hash(links[4].previous, links[4].header, links[4].commits);
    EXPECT_TRUE(verify(links, 5, links[4].row_hash, nullptr).ok);
    const Report report = verify(links);
    EXPECT_EQ(report.first_bad, 4);
    EXPECT_EQ(report.reason, "the seal is not this server's");
}

TEST(Chain, OtherChainsEventsDoNotFit) {
    ChainVerifier verifier(parse_uuid("22222222-2222-2222-2222-222222222222").value());
    verifier.step(chain_of(1)[0]);
    EXPECT_EQ(verifier.report().reason, "the event belongs to another chain");
}

TEST(Chain, StartsInTheMiddleFromATrustedLink) {
    const auto links = chain_of(5);
    ChainVerifier verifier(chain, 3, links[2].row_hash, &seal_key);
    verifier.step(links[3]);
    verifier.step(links[4]);
    verifier.finish(5, links[4].row_hash);
    EXPECT_TRUE(verifier.report().ok);
    EXPECT_EQ(verifier.report().checked, 2);
}

using Dice = std::mt19937_64;
std::size_t throw_dice(Dice& dice, std::size_t sides) {
    return std::uniform_int_distribution<std::size_t>(0, sides - 1)(dice);
}

void flip_bit(Dice& dice, std::span<std::uint8_t> bytes) {
    bytes[throw_dice(dice, bytes.size())] ^= static_cast<std::uint8_t>(1 << throw_dice(dice, 8));
}

void mutate(Dice& dice, std::vector<Link>& links) {
    Link& link = links[throw_dice(dice, links.size())];
    PartState& part = link.parts[throw_dice(dice, 2)];
    switch (throw_dice(dice, 10)) {
    case 0:
        return flip_bit(dice, link.header);
    case 1:
        return flip_bit(dice, link.commits[throw_dice(dice, 2)]);
    case 2:
        return flip_bit(dice, link.previous);
    case 3:
        return flip_bit(dice, link.row_hash);
    case 4:
        return flip_bit(dice, *link.seal);
    case 5:
        return flip_bit(dice, part.body);
    case 6:
        return flip_bit(dice, part.salt);
    case 7:
        return flip_bit(dice, link.columns->resource_id.bytes);
    case 8:
        links.erase(links.begin() + static_cast<std::ptrdiff_t>(throw_dice(dice, links.size())));
        return;
    default:
        link.header.resize(throw_dice(dice, link.header.size()));
        return;
    }
}

TEST(Chain, NeverHoldsAfterARandomMutation) {
    for (std::uint64_t seed = 1; seed <= 3000; ++seed) {
        Dice dice(seed);
        auto links = chain_of(static_cast<std::int64_t>(1 + throw_dice(dice, 6)));
        const auto head_seq = static_cast<std::int64_t>(links.size());
        const Hash head = links.back().row_hash;
        mutate(dice, links);
        ASSERT_FALSE(verify(links, head_seq, head).ok) << "seed " << seed;
    }
}

} // namespace
} // namespace atalaya::audit
