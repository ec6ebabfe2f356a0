#include "audit/witness.hpp"

#include "audit/test_chain.hpp"

#include <gtest/gtest.h>
#include <map>
#include <stdexcept>

namespace atalaya::audit {
namespace {

const Secret log_seed(Bytes(32, 1)), other_seed(Bytes(32, 2)), witness_seed(Bytes(32, 3));
const std::string origin = "example.com/1/audit/log";

NoteKey make_key(const std::string& name, const Secret& seed,
                 SignatureType type = SignatureType::ed25519) {
    return {name, type, crypto::ed25519_public_key(seed)};
}

class TestWitness : public testing::Test {
  protected:
    /// A tree of `size` entries; from entry `forked` on others than everybody else's.
    static std::vector<Hash> entries(std::int64_t size, std::int64_t forked) {
        std::vector<Hash> out;
        for (std::int64_t i = 0; i < size; ++i)
            out.push_back(crypto::sha256(std::to_string(i) + (i >= forked ? "fork" : "")));
        return out;
    }
    static SubtreeHash hashes_of(std::vector<Hash> entries) {
        return [entries = std::move(entries)](std::int64_t begin, std::int64_t end) {
            Frontier frontier;
            for (std::int64_t i = begin; i < end; ++i)
                frontier.append(entries[static_cast<std::size_t>(i)]);
            return frontier.root();
        };
    }
    static Submission submission(std::int64_t old_size, std::int64_t size,
                                 std::int64_t forked = 1000) {
        const SubtreeHash hash = hashes_of(entries(size, forked));
        const std::string text = to_text(Checkpoint{origin, size, hash(0, size)});
        return {old_size,
                old_size <= size ? consistency_proof(old_size, size, hash) : std::vector<Hash>{},
                Note{text, {sign_note(make_key(origin, log_seed), log_seed, text)}}};
    }
    WitnessAnswer add(const Submission& submission) {
        return witness_.add_checkpoint(encode_submission(submission), Time{5'000'000});
    }

    std::map<std::string, Checkpoint> memory_;
    Note kept_;
    NoteKey key_ = make_key("witness.example", witness_seed, SignatureType::cosignature);
    Witness witness_{key_,
                     witness_seed,
                     {make_key(origin, log_seed)},
                     {[this](const std::string& name) {
                          const auto found = memory_.find(name);
                          return found == memory_.end() ? std::nullopt
                                                        : std::optional(found->second);
                      },
                      [this](const Checkpoint& checkpoint, const Note& note) {
                          memory_[checkpoint.origin] = checkpoint;
                          kept_ = note;
                      }}};
};

TEST_F(TestWitness, CosignsALogThatGrows) {
    std::int64_t old_size = 0;
    for (const std::int64_t size : {0, 1, 1, 5, 8, 21}) {
        const Submission sent = submission(old_size, size);
        const WitnessAnswer answer = add(sent);
        ASSERT_EQ(answer.status, 200) << answer.body;
        const auto lines = parse_signatures(answer.body);
        ASSERT_TRUE(lines && lines->size() == 1);
        EXPECT_TRUE(is_signed_by(key_, sent.note.text, lines->front()));
        EXPECT_EQ(cosigned_at(lines->front()), Time{5'000'000});
        EXPECT_EQ(memory_[origin].size, size);
        EXPECT_TRUE(is_signed_by(make_key(origin, log_seed), kept_) && is_signed_by(key_, kept_));
        old_size = size;
    }
}

TEST_F(TestWitness, RefusesWhatIsNotTheLogs) {
    Submission foreign = submission(0, 3);
    foreign.note.signatures = {
        sign_note(make_key(origin, other_seed), other_seed, foreign.note.text)};
    EXPECT_EQ(add(foreign).status, 403);
    Submission unknown = submission(0, 3);
    unknown.note.text.replace(0, origin.size(), "example.com/2/audit/log");
    EXPECT_EQ(add(unknown).status, 404);
    Submission bent = submission(0, 3);
    bent.note.text[bent.note.text.size() - 5] ^= 1;
    EXPECT_TRUE(add(bent).status == 403 || add(bent).status == 400);
    EXPECT_TRUE(memory_.empty());
}

TEST_F(TestWitness, RefusesToGoBack) {
    ASSERT_EQ(add(submission(0, 8)).status, 200);
    for (const std::int64_t size : {0, 5, 7, 9}) {
        const WitnessAnswer answer = add(submission(0, size));
        EXPECT_EQ(answer.status, 409);
        EXPECT_EQ(answer.type, tlog_size_type);
        EXPECT_EQ(parse_known_size(answer.body), 8);
    }
    EXPECT_EQ(add(submission(8, 5)).status, 400); // the old size is beyond the checkpoint
    EXPECT_EQ(add(submission(9, 12)).status, 409);
    EXPECT_EQ(memory_[origin].size, 8);
}

TEST_F(TestWitness, RefusesAFork) {
    ASSERT_EQ(add(submission(0, 8)).status, 200);
    const Hash root = memory_[origin].root;
    EXPECT_EQ(add(submission(8, 12, 6)).status, 422);
    EXPECT_EQ(add(submission(8, 8, 6)).status, 409); // of one size
    Submission bare = submission(8, 12);
    bare.proof.clear();
    EXPECT_EQ(add(bare).status, 422);
    EXPECT_EQ(memory_[origin].root, root);
    EXPECT_EQ(add(submission(8, 12)).status, 200);
}

TEST_F(TestWitness, SaysNothingThatItDidNotKeep) {
    Witness forgetful(key_, witness_seed, {make_key(origin, log_seed)},
                      {[](const std::string&) { return std::nullopt; },
                       [](const Checkpoint&, const Note&) { throw std::runtime_error("full"); }});
    EXPECT_THROW(forgetful.add_checkpoint(encode_submission(submission(0, 3)), Time{}),
                 std::runtime_error);
}

TEST_F(TestWitness, ReadsOnlyTheOneForm) {
    const std::string good = encode_submission(submission(3, 8));
    ASSERT_EQ(parse_submission(good).value(), submission(3, 8));
    const auto with = [&](std::string_view from, std::string_view to) {
        std::string text = good;
        text.replace(text.find(from), from.size(), to);
        return text;
    };
    for (const std::string& bad :
         {std::string(), std::string("old 3\n"), with("old 3", "old 03"), with("old 3", "old -3"),
          with("old 3", "old  3"), with("old 3", "size 3"), with("old 3\n", "old 3\nAAAA\n"),
          good + "x", good.substr(0, good.size() - 2)})
        EXPECT_FALSE(parse_submission(bad)) << bad;
    EXPECT_EQ(add({}).status, 400);
    EXPECT_EQ(parse_known_size("12\n"), 12);
    for (const std::string_view bad : {"", "12", "12\n\n", "-1\n", "012\n", " 1\n"})
        EXPECT_FALSE(parse_known_size(bad)) << bad;
}

} // namespace
} // namespace atalaya::audit
