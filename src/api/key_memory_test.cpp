#include "api/key_memory.hpp"

#include <gtest/gtest.h>

namespace atalaya::api {
namespace {

constexpr Micros second = std::chrono::seconds(1);

class KeyMemoryTest : public testing::Test {
  protected:
    static SharedKeyIdentity identity(const crypto::ApiKey& whose, const std::string& verifier) {
        KeyIdentity out;
        out.key = KeyId(SystemRandom().uuid());
        out.creator = UserId(SystemRandom().uuid());
        out.fingerprint = crypto::api_key_fingerprint(whose);
        out.verifier = verifier;
        return std::make_shared<const KeyIdentity>(out);
    }
    /// Remembered and proved.
    SharedKeyIdentity enter(const crypto::ApiKey& whose) {
        auto known = identity(whose, crypto::hash_api_key(whose));
        memory.remember(whose.id, known, memory.epoch());
        EXPECT_TRUE(memory.verify(*known, whose));
        return known;
    }

    SystemRandom random;
    ManualClock clock{Time{1'700'000'000'000'000}};
    KeyMemory memory{clock, random};
    crypto::ApiKey key = crypto::make_api_key(random, "live");
    crypto::ApiKey other = crypto::make_api_key(random, "live");
};

TEST_F(KeyMemoryTest, WhoAKeyIsHoldsForASecondAndItsProofForAMinute) {
    const auto known = enter(key);
    clock.advance(second);
    EXPECT_EQ(memory.recall(key.id), known);
    clock.advance(second / 2);
    EXPECT_EQ(memory.recall(key.id), nullptr);
    EXPECT_TRUE(memory.is_verified(*known, key));
    clock.advance(60 * second);
    EXPECT_FALSE(memory.is_verified(*known, key));
}

TEST_F(KeyMemoryTest, AProofIsOfOneSecretOneKeyAndOneVerifier) {
    const auto known = enter(key);
    EXPECT_FALSE(memory.is_verified(*known, other));
    KeyIdentity renamed = *known;
    renamed.key = KeyId(random.uuid());
    EXPECT_FALSE(memory.is_verified(renamed, key));
    KeyIdentity replaced = *known;
    replaced.verifier += "x";
    EXPECT_FALSE(memory.is_verified(replaced, key));
}

TEST_F(KeyMemoryTest, OnlyWhatWasMetIsRemembered) {
    const auto known = identity(key, crypto::hash_api_key(other));
    EXPECT_FALSE(memory.verify(*known, key));
    EXPECT_FALSE(memory.is_verified(*known, key));
    EXPECT_FALSE(memory.verify(*known, key));
    EXPECT_EQ(memory.verifications(), 2u);
}

TEST_F(KeyMemoryTest, TheVerifierRunsOnce) {
    const auto known = enter(key);
    EXPECT_TRUE(memory.verify(*known, key));
    EXPECT_EQ(memory.verifications(), 1u);
}

TEST_F(KeyMemoryTest, WhatIsForgottenIsGoneAtOnceAndStaysSo) {
    const auto known = enter(key);
    const auto bystander = enter(other);
    const std::uint64_t before = memory.epoch();
    memory.forget_key(known->key);
    EXPECT_EQ(memory.recall(key.id), nullptr);
    EXPECT_FALSE(memory.is_verified(*known, key));
    EXPECT_EQ(memory.recall(other.id), bystander);
    EXPECT_TRUE(memory.is_verified(*bystander, other));
    memory.remember(key.id, known, before); // a look-up that began before
    EXPECT_EQ(memory.recall(key.id), nullptr);
    memory.forget_creator(bystander->creator);
    EXPECT_EQ(memory.recall(other.id), nullptr);
}

TEST_F(KeyMemoryTest, OriginsHoldForASecondAndGoWithAnyKey) {
    const crypto::Hash origin{1};
    EXPECT_FALSE(memory.recall_origin(origin).has_value());
    memory.remember_origin(origin, true, memory.epoch());
    EXPECT_EQ(memory.recall_origin(origin), true);
    memory.forget_key(KeyId(random.uuid()));
    EXPECT_FALSE(memory.recall_origin(origin).has_value());
    memory.remember_origin(origin, false, memory.epoch());
    EXPECT_EQ(memory.recall_origin(origin), false);
    clock.advance(2 * second);
    EXPECT_FALSE(memory.recall_origin(origin).has_value());
}

TEST_F(KeyMemoryTest, AUseIsDueOnceAMinute) {
    const KeyId id(random.uuid());
    EXPECT_TRUE(memory.is_use_due(id));
    EXPECT_FALSE(memory.is_use_due(id));
    EXPECT_TRUE(memory.is_use_due(KeyId(random.uuid())));
    clock.advance(60 * second);
    EXPECT_TRUE(memory.is_use_due(id));
}

} // namespace
} // namespace atalaya::api
