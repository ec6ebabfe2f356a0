#include "audit/signer.hpp"

#include "audit/test_chain.hpp"

#include <gtest/gtest.h>

namespace atalaya::audit {
namespace {

using namespace std::chrono_literals;

const Secret seed(Bytes(32, 9));
const ChainName chain{test_team, 0};

class TestSigner : public testing::Test {
  protected:
    /// The chain as it is now, its head as long as `length`, with what was published of it.
    SignerHead head(std::int64_t length) const {
        const Hash last = length == 0 ? genesis(test_team)
                                      : links_[static_cast<std::size_t>(length - 1)].row_hash;
        return {chain, length, last, published_, published_root_};
    }
    /// One round of a signer over this much of the chain; at most so many rows are given.
    std::vector<SignedCheckpoint> round(std::int64_t length, std::size_t most = 1000) {
        const auto wishes = signer_.look({head(length)}, now_);
        std::vector<SignerRow> rows;
        for (const SignerWish& wish : wishes) {
            for (std::int64_t seq = wish.from; seq <= length && rows.size() < most; ++seq) {
                Link link = links_[static_cast<std::size_t>(seq - 1)];
                link.parts.clear();
                rows.push_back({chain, seq, link});
            }
        }
        signer_.take(rows, wishes, rows.size() == most, now_);
        auto made = signer_.take_checkpoints();
        for (const SignedCheckpoint& one : made) {
            if (publishes_ && one.chain == chain && one.size > published_) {
                published_ = one.size;
                published_root_ = one.root;
            }
        }
        now_ += 61s;
        return made;
    }
    std::vector<SignerAlarm> alarms() const { return signer_.alarms(); }
    Signer make(SignerState state, bool rebuilding) const {
        return Signer(seed, std::move(state), rebuilding, 60s);
    }

    std::vector<Link> links_ = make_links(12);
    Signer signer_ = make({"example.com/1", {}, {}}, true);
    Signer::Clock::time_point now_{};
    std::int64_t published_ = 0;
    std::optional<Hash> published_root_;
    bool publishes_ = true;
};

Hash root_of(const std::vector<Link>& links, std::size_t length) {
    std::vector<Hash> rows;
    for (std::size_t i = 0; i < length; ++i)
        rows.push_back(links[i].row_hash);
    return merkle_root(rows);
}

TEST_F(TestSigner, SignsWhatMovedAndTheTreeOverAll) {
    const auto made = round(5);
    ASSERT_EQ(made.size(), 2u);
    EXPECT_EQ(made[0].size, 5);
    EXPECT_EQ(made[0].root, root_of(links_, 5));
    EXPECT_EQ(made[0].log_index, 0);
    const Note note = parse_note(made[0].note).value();
    EXPECT_TRUE(is_signed_by(parse_vkey(made[0].vkey).value(), note));
    EXPECT_EQ(parse_checkpoint(note.text).value(),
              (Checkpoint{"example.com/1/audit/" + to_string(test_team) + "/0", 5, made[0].root}));
    EXPECT_EQ(made[1].chain, (ChainName{platform_team, log_lane}));
    EXPECT_EQ(made[1].size, 1);
    const std::vector<Hash> entry{crypto::sha256(note.text)};
    EXPECT_EQ(made[1].root, merkle_root(entry));
    EXPECT_TRUE(round(5).empty()); // nothing moved
    const auto more = round(9);
    ASSERT_EQ(more.size(), 2u);
    EXPECT_EQ(more[0].root, root_of(links_, 9));
    EXPECT_EQ(more[1].size, 2);
    EXPECT_TRUE(alarms().empty());
}

TEST_F(TestSigner, WaitsForItsIntervalUnlessMuchHappened) {
    round(5);
    now_ -= 40s; // 21 seconds after the first
    EXPECT_TRUE(round(6).empty());
    EXPECT_EQ(round(6).size(), 2u);
}

TEST_F(TestSigner, GoesThroughABacklogPieceByPiece) {
    EXPECT_EQ(round(12, 5)[0].size, 5);
    EXPECT_EQ(round(12, 5)[0].size, 9); // the last one is read again
    EXPECT_EQ(round(12, 5)[0].size, 12);
    EXPECT_TRUE(alarms().empty());
}

TEST_F(TestSigner, RefusesAChainThatBecameShorter) {
    round(8);
    EXPECT_TRUE(round(6).empty());
    ASSERT_EQ(alarms().size(), 1u);
    EXPECT_EQ(alarms()[0].seq, 7);
    EXPECT_EQ(round(9).size(), 2u); // it is back: the alarm goes
    EXPECT_TRUE(alarms().empty());
}

TEST_F(TestSigner, RefusesAChainThatIsGone) {
    round(8);
    EXPECT_TRUE(signer_.look({}, now_).empty());
    ASSERT_EQ(alarms().size(), 1u);
    EXPECT_EQ(alarms()[0].reason, "the chain has no head any more");
}

TEST_F(TestSigner, RefusesARewrittenSuffix) {
    round(8);
    Hash previous = links_[3].row_hash;
    for (std::size_t i = 4; i < links_.size(); ++i) { // linked anew, and sound by itself
        links_[i].commits[0][0] ^= 1;
        links_[i].previous = previous;
        previous = links_[i].row_hash = row_hash(previous, links_[i].header, links_[i].commits);
    }
    for (const std::int64_t length : {8, 12}) {
        EXPECT_TRUE(round(length).empty()) << length;
        ASSERT_EQ(alarms().size(), 1u) << length;
        EXPECT_EQ(alarms()[0].seq, 8) << length;
    }
}

TEST_F(TestSigner, RefusesNewEventsThatDoNotHold) {
    round(8);
    links_[9].header[60] ^= 1;
    EXPECT_TRUE(round(12).empty());
    ASSERT_EQ(alarms().size(), 1u);
    EXPECT_EQ(alarms()[0].seq, 10);
}

TEST_F(TestSigner, RefusesAGap) {
    round(8);
    links_.erase(links_.begin() + 9);
    EXPECT_TRUE(round(11).empty());
    EXPECT_EQ(alarms().size(), 1u);
}

TEST_F(TestSigner, PublishesAgainWhatACrashKeptBack) {
    publishes_ = false;
    const auto lost = round(7);
    // The state was durable, the checkpoint did not arrive; the chain moved on meanwhile.
    signer_ = make(parse_state(encode_state(signer_.state())).value(), false);
    publishes_ = true;
    const auto again = round(10);
    ASSERT_EQ(again.size(), 2u);
    EXPECT_EQ(again[0].note, lost[0].note);
    EXPECT_EQ(again[0].log_index, lost[0].log_index);
    EXPECT_EQ(again[1].note, lost[1].note);
    EXPECT_EQ(round(10)[0].size, 10);
}

TEST_F(TestSigner, RefusesCheckpointsThatItDoesNotRemember) {
    round(5);
    const SignerState old = signer_.state();
    round(9);
    signer_ = make(old, false);
    for (const SignedCheckpoint& made : round(12))
        EXPECT_EQ(made.chain.lane, log_lane); // what it remembers of the tree over all
    ASSERT_EQ(alarms().size(), 1u);
}

TEST_F(TestSigner, WithoutMemoryHoldsTheChainAgainstWhatWasPublished) {
    round(8);
    signer_ = make({"example.com/2", {}, {}}, true);
    EXPECT_EQ(round(12, 5).size(), 0u); // at 5, and 8 were published
    EXPECT_EQ(round(12, 8)[0].size, 12);
    published_ = 8;
    (*published_root_)[0] ^= 1;
    signer_ = make({"example.com/3", {}, {}}, true);
    EXPECT_TRUE(round(12).empty());
    ASSERT_EQ(alarms().size(), 1u);
    EXPECT_EQ(alarms()[0].seq, 8);
    signer_ = make({"example.com/4", {}, {}}, true);
    EXPECT_TRUE(round(7).empty());
    EXPECT_EQ(alarms().size(), 1u);
}

TEST_F(TestSigner, ATornMemoryIsNone) {
    round(7);
    const Bytes whole = encode_state(signer_.state());
    EXPECT_EQ(parse_state(whole).value(), signer_.state());
    for (std::size_t size = 0; size < whole.size(); ++size)
        ASSERT_FALSE(parse_state(BytesView(whole).first(size)));
    for (std::size_t at = 0; at < whole.size(); ++at) {
        Bytes bent = whole;
        bent[at] ^= 1;
        ASSERT_FALSE(parse_state(bent));
    }
}

} // namespace
} // namespace atalaya::audit
