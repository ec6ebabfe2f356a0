#include "audit/rotation.hpp"

#include <gtest/gtest.h>

namespace atalaya::audit {
namespace {

constexpr std::string_view instance = "example.com/1";
const Secret first(Bytes(32, 1)), second(Bytes(32, 2)), third(Bytes(32, 3));
const Time at{1'763'900'000'000'000};

NoteKey key_of(const Secret& seed, const std::string& name = "example.com/1/audit/x/0") {
    return {name, SignatureType::ed25519, crypto::ed25519_public_key(seed)};
}
Note change(const Secret& before, const Secret& after) {
    return sign_rotation(instance, before, after, at, 7);
}

TEST(Rotation, IsReadBackAsItWasSigned) {
    const auto read = parse_rotation(change(first, second));
    ASSERT_TRUE(read);
    EXPECT_EQ(read->before, key_of(first, "example.com/1/audit"));
    EXPECT_EQ(read->after, key_of(second, "example.com/1/audit"));
    EXPECT_EQ(read->at, at);
    EXPECT_EQ(read->log_size, 7);
}

TEST(Rotation, IsNoneWithoutBothSignaturesOverItsText) {
    const Note good = change(first, second);
    for (std::size_t missing = 0; missing < 2; ++missing) {
        Note bad = good;
        bad.signatures.erase(bad.signatures.begin() + static_cast<std::ptrdiff_t>(missing));
        EXPECT_FALSE(parse_rotation(bad)) << missing;
        bad = good;
        bad.signatures[missing].signature[5] ^= 1;
        EXPECT_FALSE(parse_rotation(bad)) << missing;
        // Somebody who has only one of the keys signs for the other with one of his own.
        bad = good;
        bad.signatures[missing] = change(third, third).signatures[0];
        EXPECT_FALSE(parse_rotation(bad)) << missing;
    }
    for (const std::string_view wrong : {"log 8", "log 07", "log 7 ", "log -7"}) {
        Note bad = good;
        bad.text.replace(bad.text.find("log 7"), 5, wrong);
        EXPECT_FALSE(parse_rotation(bad)) << wrong;
    }
    EXPECT_FALSE(parse_rotation(change(first, first)));
    EXPECT_FALSE(parse_rotation(Note{"hello\n", good.signatures}));
}

TEST(Rotation, LeadsFromEachKeyToAllOthersUnderItsName) {
    const auto history = KeyHistory::from({change(second, third), change(first, second)});
    ASSERT_TRUE(history);
    const std::vector<NoteKey> all{key_of(first), key_of(second), key_of(third)};
    for (std::size_t i = 0; i < all.size(); ++i) {
        EXPECT_EQ(history->list_related(all[i]), all);
        EXPECT_EQ(history->age_of(all[i]), static_cast<std::int64_t>(i));
    }
    for (const std::string name : {"other.example/1/audit/x/0", "example.com/1/auditors"}) {
        EXPECT_EQ(history->list_related(key_of(first, name)).size(), 1u) << name;
    }
    const NoteKey witness{"example.com/1/audit", SignatureType::cosignature, key_of(first).key};
    EXPECT_EQ(history->list_related(witness).size(), 1u);
}

TEST(Rotation, TwoOfOneKeyAreAForgery) {
    EXPECT_FALSE(KeyHistory::from({change(first, second), change(first, third)}));
    EXPECT_FALSE(KeyHistory::from({change(first, third), change(second, third)}));
    EXPECT_TRUE(KeyHistory::from({change(first, second), change(first, second)}));
    const auto ring = KeyHistory::from({change(first, second), change(second, first)});
    ASSERT_TRUE(ring);
    EXPECT_LE(ring->list_related(key_of(first)).size(), 5u);
}

} // namespace
} // namespace atalaya::audit
