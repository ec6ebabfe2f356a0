#include "crypto/hash.hpp"

#include "base/text.hpp"
#include "crypto/token.hpp"

#include <gtest/gtest.h>

namespace atalaya::crypto {
namespace {

Bytes hex(std::string_view text) { return parse_hex(text).value(); }

TEST(Sha256, KnownAnswers) { // FIPS 180-4 examples
    EXPECT_EQ(to_hex(sha256("")),
              "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
    EXPECT_EQ(to_hex(sha256("abc")),
              "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
}

TEST(Sha256, PiecesHashLikeTheWholeAndTheHasherStartsAnew) {
    Sha256 hasher;
    for (int round = 0; round < 2; ++round) {
        hasher.update("a").update("").update("bc");
        EXPECT_EQ(hasher.finish(), sha256("abc"));
    }
}

TEST(Hmac, KnownAnswers) { // RFC 4231, cases 2 and 6
    EXPECT_EQ(to_hex(hmac_sha256(as_bytes("Jefe"), as_bytes("what do ya want for nothing?"))),
              "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843");
    const Bytes long_key(131, 0xaa);
    EXPECT_EQ(to_hex(hmac_sha256(
                  long_key, as_bytes("Test Using Larger Than Block-Size Key - Hash Key First"))),
              "60e431591ee0b67f0d8a26aacbf5b77f8e0bc6213728c5140546040f0ee37f54");
}

TEST(Hkdf, KnownAnswers) { // RFC 5869, A.1 and A.3
    const Bytes key(22, 0x0b);
    const Bytes info = hex("f0f1f2f3f4f5f6f7f8f9");
    EXPECT_EQ(
        to_hex(hkdf_sha256(key, as_text(info), 42, hex("000102030405060708090a0b0c"))),
        "3cb25f25faacd57a90434f64d0362f2a2d2d0a90cf1a5a4c5db02d56ecc4c5bf34007208d5b887185865");
    EXPECT_EQ(
        to_hex(hkdf_sha256(key, "", 42)),
        "8da4e775a563c18f715f802a063c5a31b8a11f5c5ee1879ec3454e5f3c738d2d9d201395faa4b61a96c8");
}

TEST(EqualConstantTime, ComparesWholeValues) {
    EXPECT_TRUE(equal_constant_time({}, {}));
    EXPECT_TRUE(equal_constant_time(as_bytes("same"), as_bytes("same")));
    EXPECT_FALSE(equal_constant_time(as_bytes("same"), as_bytes("samf")));
    EXPECT_FALSE(equal_constant_time(as_bytes("same"), as_bytes("sam")));
}

TEST(Token, HasItsPrefixAnd256BitsAndIsNeverTheSame) {
    SystemRandom random;
    const std::string token = make_token(random, "sha_");
    ASSERT_EQ(token.size(), 4u + 43u);
    EXPECT_EQ(token.substr(0, 4), "sha_");
    EXPECT_EQ(parse_base64url(token.substr(4)).value().size(), 32u);
    EXPECT_NE(token, make_token(random, "sha_"));
    EXPECT_EQ(token_hash(token), sha256(token));
}

} // namespace
} // namespace atalaya::crypto
