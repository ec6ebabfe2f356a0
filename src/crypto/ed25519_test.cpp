#include "crypto/ed25519.hpp"

#include "base/text.hpp"

#include <gtest/gtest.h>

namespace atalaya::crypto {
namespace {

struct Vector {
    const char *seed, *key, *message, *signature;
};
// RFC 8032, section 7.1, tests 1 to 3.
constexpr std::array vectors{
    Vector{
        "9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60",
        "d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a", "",
        "e5564300c360ac729086e2cc806e828a84877f1eb8e5d974d873e065224901555fb8821590a33bacc61e3970"
        "1cf9b46bd25bf5f0595bbe24655141438e7a100b"},
    Vector{
        "4ccd089b28ff96da9db6c346ec114e0f5b8a319f35aba624da8cf6ed4fb8a6fb",
        "3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c", "72",
        "92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da085ac1e43e15996e458f3613"
        "d0f11d8c387b2eaeb4302aeeb00d291612bb0c00"},
    Vector{
        "c5aa8df43f9f837bedb7442f31dcb7b166d38535076f094b85ce3a2e0b4458f7",
        "fc51cd8e6218a1a38da47ed00230f0580816ed13ba3303ac5deb911548908025", "af82",
        "6291d657deec24024827e69c3abe01a30ce548a284743a445e3680d7db5ac3ac18ff9b538d16f290ae67f760"
        "984dc6594a7c15e9716ed28dc027beceea1ec40a"},
};

TEST(Ed25519, AgreesWithTheStandard) {
    for (const Vector& vector : vectors) {
        const Secret seed(parse_hex(vector.seed).value());
        const Bytes message = parse_hex(vector.message).value();
        const PublicKey key = ed25519_public_key(seed);
        EXPECT_EQ(to_hex(key), vector.key);
        Signature signature = ed25519_sign(seed, message);
        EXPECT_EQ(to_hex(signature), vector.signature);
        EXPECT_TRUE(ed25519_verify(key, message, signature));
        Bytes other = message;
        other.push_back(1);
        EXPECT_FALSE(ed25519_verify(key, other, signature));
        EXPECT_FALSE(ed25519_verify(key, message, BytesView(signature).first(63)));
        signature[5] ^= 1;
        EXPECT_FALSE(ed25519_verify(key, message, signature));
    }
}

TEST(Ed25519, RefusesAKeyOfSmallOrder) {
    // Under the neutral element as key, R = S·B holds for every message: here S = 0.
    PublicKey key{};
    key[0] = 1;
    Signature signature{};
    signature[0] = 1;
    EXPECT_FALSE(ed25519_verify(key, as_bytes("anything"), signature));
}

} // namespace
} // namespace atalaya::crypto
