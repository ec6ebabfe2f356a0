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
                     {{origin, make_key(origin, log_seed)}},
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

/// The example bodies of C2SP tlog-witness.
const std::string example_request = "old 20852014\n"
                                    "PlRNCrwHpqhGrupue0L7gxbjbMiKA9temvuZZDDpkaw=\n"
                                    "jrJZDmY8Y7SyJE0MWLpLozkIVMSMZcD5kvuKxPC3swk=\n"
                                    "5+pKlUdi2LeF/BcMHBn+Ku6yhPGNCswZZD1X/6QgPd8=\n"
                                    "/6WVhPs2CwSsb5rYBH5cjHV/wSmA79abXAwhXw3Kj/0=\n"
                                    "\n"
                                    "example.com/behind-the-sofa\n"
                                    "20852163\n"
                                    "CsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=\n"
                                    "\n"
                                    "\u2014 example.com/behind-the-sofa "
                                    "Az3grlgtzPICa5OS8npVmf1Myq/5IZniMp+ZJurmRDeOoRDe4URYN7u5/"
                                    "Zhcyv2q1gGzGku9nTo+zyWE+xeMcTOAYQ8=\n"
                                    "\u2014 example.com/behind-the-sofa "
                                    "opLqBQsREYCgu6xQkYQwJr9fo45a62DN9EdmHXnZdXNqlcVGlCum2Wks+49/"
                                    "V6267UEjw6QUXTS5Rovnzv++qbSzm9Q=\n";
const std::string example_answer =
    "\u2014 witness.example/w1 "
    "CMp+6LWBU0anHGH5aNDTJkH/"
    "gj79sG+T6+iP2ThYN5krrDJbR1HDnucjL39QsZTSvVjyQLrdk3DXDqI5G2HgLatVs0pWh6Up69HVOw==\n"
    "\u2014 witness.example/w1 "
    "I7rEps0pvK2UqkS2gSpVUDhrhVtQV9lgF6pRrWAvjJHjyWpW7VcE3SiOlVlbQNt64vWhO+"
    "DlkL0+UfzuOBMh9ChdMkP1vi/lCAsmlw==\n"
    "\u2014 witness.example/w2 "
    "AWui8Sk55XjYLOijihBjhqEH6nS1ndDymE0a+6idX7pLcnoB+dhnz0854aLZgrrKbYKA7nC3HNJhm/"
    "kWl7oJlqU3rXXvpysAdyP3wQ==\n";

TEST_F(TestWitness, ReadsAndWritesTheExamplesOfTheSpecification) {
    const auto request = parse_submission(example_request);
    ASSERT_TRUE(request);
    EXPECT_EQ(request->old_size, 20852014);
    EXPECT_EQ(request->proof.size(), 4U);
    EXPECT_EQ(request->note.signatures.size(), 2U);
    EXPECT_EQ(parse_checkpoint(request->note.text)->size, 20852163);
    EXPECT_EQ(encode_submission(*request), example_request);
    const auto answer = parse_signatures(example_answer);
    ASSERT_TRUE(answer && answer->size() == 3);
    std::string again;
    for (const NoteSignature& one : *answer)
        again += to_line(one);
    EXPECT_EQ(again, example_answer);
    // Nobody here knows that log.
    EXPECT_EQ(witness_.add_checkpoint(example_request, Time{5'000'000}).status, 404);
}

TEST_F(TestWitness, CosignsLogsOfOtherKindsWhole) {
    // One whose name for itself is no key's name, and which has lines of its own.
    const std::string name = "go.sum database tree", key_name = "sum.example.org";
    const NoteKey key = make_key(key_name, log_seed);
    Witness witness(key_, witness_seed, {{name, key}},
                    {[](const std::string&) { return std::nullopt; },
                     [this](const Checkpoint&, const Note& note) { kept_ = note; }});
    const SubtreeHash hash = hashes_of(entries(3, 1000));
    const std::string text =
        to_text(Checkpoint{name, 3, hash(0, 3)}) + "a line of its own\nand another\n";
    Submission sent{0, {}, Note{text, {sign_note(key, log_seed, text)}}};
    // Signatures of kinds that are not known here, under names that are no ASCII.
    sent.note.signatures.push_back({"zeuge.example/\u00fcber", 7, Bytes(2428, 1)});
    sent.note.signatures.push_back({"other.example", 8, Bytes(1, 1)});
    const WitnessAnswer answer = witness.add_checkpoint(encode_submission(sent), Time{5'000'000});
    ASSERT_EQ(answer.status, 200) << answer.body;
    EXPECT_TRUE(is_signed_by(key_, text, parse_signatures(answer.body)->front()));
    EXPECT_EQ(kept_.signatures.size(), 2U); // what it did not verify is not kept
    Submission cut = sent;
    cut.note.text = text.substr(0, text.find("a line"));
    EXPECT_EQ(witness.add_checkpoint(encode_submission(cut), Time{5'000'000}).status, 403);
}

TEST_F(TestWitness, RefusesWhatItsKnownKeyDidNotSignBesideWhatItDid) {
    Submission twice = submission(0, 3);
    NoteSignature wrong = twice.note.signatures.front();
    wrong.signature[5] ^= 1;
    twice.note.signatures.push_back(wrong);
    EXPECT_EQ(add(twice).status, 403);
    EXPECT_TRUE(memory_.empty());
}

TEST_F(TestWitness, ATreeOfNothingHasOneRoot) {
    Submission empty = submission(0, 0);
    empty.note.text = to_text(Checkpoint{origin, 0, crypto::sha256("something")});
    empty.note.signatures = {sign_note(make_key(origin, log_seed), log_seed, empty.note.text)};
    EXPECT_EQ(add(empty).status, 422);
    EXPECT_EQ(add(submission(0, 0)).status, 200);
    Submission proved = submission(0, 3);
    proved.proof.push_back(Hash{});
    EXPECT_EQ(add(proved).status, 422); // from nothing there is nothing to prove
}

TEST_F(TestWitness, SaysNothingThatItDidNotKeep) {
    Witness forgetful(key_, witness_seed, {{origin, make_key(origin, log_seed)}},
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
