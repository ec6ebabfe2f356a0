#include "crypto/api_key.hpp"

#include <gtest/gtest.h>
#include <set>

namespace atalaya::crypto {
namespace {

// Written down once from another implementation of CRC-32 and base62.
constexpr std::string_view golden =
    "atl_live_0123456789ABCDEF_0123456789abcdefghijklmnopqrstuvwxyzABCDEFG_4ekDqV";

TEST(ApiKey, HasTheFormThatIsPublished) {
    SystemRandom random;
    const ApiKey key = make_api_key(random, "test");
    const std::string text(key.text.reveal_text());
    EXPECT_EQ(text.size(), 76u);
    EXPECT_TRUE(text.starts_with("atl_test_" + key.id + "_"));
    EXPECT_EQ(key.id.size(), 16u);
    EXPECT_EQ(key.prefix(), "atl_test_" + key.id);
    const auto again = parse_api_key(text);
    ASSERT_TRUE(again);
    EXPECT_EQ(again->env, "test");
    EXPECT_EQ(again->id, key.id);
    EXPECT_EQ(again->text.reveal_text(), text);
}

TEST(ApiKey, ReadsWhatAnotherImplementationWrote) {
    const auto key = parse_api_key(golden);
    ASSERT_TRUE(key);
    EXPECT_EQ(key->id, "0123456789ABCDEF");
    EXPECT_EQ(api_key_fingerprint(*key),
              (Fingerprint{0x21, 0xd9, 0xf0, 0x0d, 0x4f, 0x52, 0xa7, 0xba}));
}

TEST(ApiKey, UsesEveryCharacterAndNeverTheSameKeyTwice) {
    SystemRandom random;
    std::set<std::string> seen;
    std::set<char> characters;
    for (int i = 0; i < 200; ++i) {
        const ApiKey key = make_api_key(random, "live");
        seen.emplace(key.text.reveal_text());
        for (const char c : key.text.reveal_text().substr(26, 43))
            characters.insert(c);
    }
    EXPECT_EQ(seen.size(), 200u);
    EXPECT_EQ(characters.size(), 62u);
}

TEST(ApiKey, EveryChangedCharacterIsNoticed) {
    const std::string right(golden);
    for (std::size_t i = 0; i < right.size(); ++i) {
        for (const char c : {'0', 'z', '_', '-', '\0', ' ', '\xff'}) {
            std::string wrong = right;
            wrong[i] = c;
            const bool same = wrong == right;
            EXPECT_EQ(parse_api_key(wrong).has_value(), same) << i << " " << static_cast<int>(c);
        }
    }
}

TEST(ApiKey, AnythingElseIsNone) {
    const std::string right(golden);
    for (const std::string& text :
         {std::string(), std::string("atl_"), std::string("atl_live_"), right + "0",
          right.substr(1), right.substr(0, right.size() - 1), " " + right, right + "\n",
          std::string(76, '_'), std::string(76, '\0'), std::string(76, 'a'),
          std::string(1 << 20, 'a'), "sha_" + right.substr(4), "ATL_" + right.substr(4)})
        EXPECT_FALSE(parse_api_key(text)) << text.substr(0, 100);
    for (const char* env : {"prod", "LIVE", "li_e", "Test"}) {
        std::string wrong = right;
        wrong.replace(4, 4, env);
        EXPECT_FALSE(parse_api_key(wrong)) << env;
    }
}

TEST(ApiKey, TheVerifierIsMetByItsKeyOnly) {
    SystemRandom random;
    const ApiKey key = make_api_key(random, "live");
    const std::string verifier = hash_api_key(key);
    EXPECT_TRUE(verifier.starts_with("$argon2id$v=19$m=19456,t=2,p=1$"));
    EXPECT_TRUE(verify_api_key(verifier, key));
    EXPECT_FALSE(verify_api_key(verifier, make_api_key(random, "live")));
    EXPECT_EQ(verifier.find(key.text.reveal_text().substr(26, 8)), std::string::npos);
    for (const std::string& damaged :
         {std::string(), std::string("$argon2id$"), verifier.substr(0, verifier.size() - 1),
          verifier + "A", std::string("*"), std::string(1000, '$')})
        EXPECT_FALSE(verify_api_key(damaged, key)) << damaged;
}

TEST(ApiKey, FingerprintsTellKeysApart) {
    SystemRandom random;
    const ApiKey key = make_api_key(random, "live");
    EXPECT_EQ(api_key_fingerprint(key), api_key_fingerprint(key));
    EXPECT_NE(api_key_fingerprint(key), api_key_fingerprint(make_api_key(random, "live")));
}

} // namespace
} // namespace atalaya::crypto
