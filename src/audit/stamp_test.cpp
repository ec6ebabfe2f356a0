#include "audit/stamp.hpp"

#include "base/text.hpp"

#include <gtest/gtest.h>

namespace atalaya::audit {
namespace {

// Tokens of a real authority are in the end-to-end tests; here is what stands around them.

Note note_of(int number) {
    const Secret seed(Bytes(32, 5));
    const NoteKey key{"log.example", SignatureType::ed25519, crypto::ed25519_public_key(seed)};
    const std::string text = to_text(Checkpoint{"log.example", number, Hash{}});
    return {text, {sign_note(key, seed, text)}};
}

TEST(Stamp, TiesEachCheckpointToTheRoot) {
    for (int count = 1; count <= 9; ++count) {
        std::vector<Hash> entries;
        for (int i = 0; i < count; ++i)
            entries.push_back(checkpoint_entry(note_of(i)));
        EXPECT_EQ(stamped_root(entries), merkle_root(entries));
        for (int i = 0; i < count; ++i)
            EXPECT_TRUE(verify_inclusion(leaf_hash(entries[static_cast<std::size_t>(i)]), i, count,
                                         stamp_proof(entries, i), stamped_root(entries)));
    }
}

TEST(Stamp, IsReadBackAsItWasWrittenAndInNoOtherForm) {
    const Stamp stamp{1, 3, {Hash{1}, Hash{2}}, Bytes{1, 2, 3}, note_of(7)};
    const std::string text = encode_stamp(stamp);
    const auto read = parse_stamp(text);
    ASSERT_TRUE(read);
    EXPECT_EQ(*read, stamp);
    const auto refused = [&](std::string_view part, std::string_view by) {
        std::string changed = text;
        changed.replace(changed.find(part), part.size(), by);
        return !parse_stamp(changed).has_value();
    };
    EXPECT_TRUE(refused("@v1", "@v2"));
    EXPECT_TRUE(refused("index 1", "index 01"));
    EXPECT_TRUE(refused("index 1", "index -1"));
    EXPECT_TRUE(refused("size 3", "size x"));
    EXPECT_TRUE(refused("token AQID", "token "));
    EXPECT_TRUE(refused("token AQID", "token AQI"));
    EXPECT_TRUE(refused(to_base64(Hash{2}), to_base64(Bytes{2})));
    EXPECT_TRUE(refused("\n\nlog", "\nlog"));
    EXPECT_TRUE(refused("\xe2\x80\x94", "-"));
    EXPECT_FALSE(find_stamped_time(stamp)); // that is no token
    EXPECT_FALSE(prove_stamped_time(stamp, ""));
}

} // namespace
} // namespace atalaya::audit
