#include "modules/trust/log_secrets.hpp"

#include "base/random.hpp"
#include "crypto/api_key.hpp"
#include "crypto/token.hpp"

#include <gtest/gtest.h>
#include <string>

namespace atalaya::trust {
namespace {

TEST(LogSecrets, KeysAndTokensAreFoundWhereverTheyStand) {
    SystemRandom random;
    const std::string key(crypto::make_api_key(random, "live").text.reveal_text());
    const std::string token = crypto::make_token(random, "sha_");
    for (const std::string& text :
         {key, "{\"reason\":\"" + key + "\"}\n", "Bearer " + key + " and"})
        EXPECT_EQ(count_secrets(text).api_keys, 1) << text;
    for (const std::string& text : {token, "token=\"" + token + "\"\n"})
        EXPECT_EQ(count_secrets(text).agent_tokens, 1) << text;
    EXPECT_EQ(count_secrets(key + "\n" + token + "\n" + key).sum(), 3);
}

TEST(LogSecrets, WhatMayStandInALogIsNoFind) {
    SystemRandom random;
    const crypto::ApiKey key = crypto::make_api_key(random, "live");
    std::string altered(key.text.reveal_text());
    altered.back() = altered.back() == 'a' ? 'b' : 'a';
    for (const std::string& text :
         {std::string(), key.prefix(), altered, std::string("sha_256"), std::string("atl_live_x"),
          "xsha_" + std::string(43, 'a'), "sha_" + std::string(44, 'a')})
        EXPECT_EQ(count_secrets(text).sum(), 0) << text;
}

TEST(LogSecrets, VerifiersAndPrivateKeysAreFound) {
    EXPECT_EQ(
        count_secrets("hash=$2b$12$abc $argon2id$v=19$m=19456 pbkdf2_sha256$870000$").verifiers, 3);
    EXPECT_EQ(count_secrets("-----BEGIN PRIVATE"
                            " KEY-----\nPRIVATE+KEY+log+1+x")
                  .private_keys,
              2);
}

} // namespace
} // namespace atalaya::trust
