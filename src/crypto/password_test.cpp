#include "crypto/common_passwords.hpp"
#include "crypto/password.hpp"
#include "crypto/password_rules.hpp"

#include <crypt.h>

#include <bit>
#include <cmath>
#include <gtest/gtest.h>

namespace atalaya::crypto {
namespace {

const Secret pepper(std::string_view("a pepper of the test"));

Verdict verify(std::string_view stored, std::string_view password, PasswordScheme wanted) {
    return verify_password(stored, Secret(password), pepper, wanted);
}

TEST(Password, BcryptMeetsOnlyItsOwnPassword) {
    // Longer than the 72 bytes that bare bcrypt reads, with a NUL in it: only the last byte
    // differs.
    const std::string right = std::string(80, 'x') + '\0' + "a";
    const std::string wrong = std::string(80, 'x') + '\0' + "b";
    const std::string stored = hash_password(Secret(right), pepper, PasswordScheme::bcrypt);
    EXPECT_EQ(stored.substr(0, 12), "atl1:$2b$12$");
    EXPECT_TRUE(verify(stored, right, PasswordScheme::bcrypt).ok);
    EXPECT_FALSE(verify(stored, right, PasswordScheme::bcrypt).needs_rehash);
    EXPECT_FALSE(verify(stored, wrong, PasswordScheme::bcrypt).ok);
    EXPECT_FALSE(verify_password(stored, Secret(right), Secret(std::string_view("other pepper")),
                                 PasswordScheme::bcrypt)
                     .ok);
}

TEST(Password, StretchingIsTheSameForTheSameSaltOnly) {
    const Hash salt{1}, other{2};
    const Secret secret(std::string_view("guessable"));
    EXPECT_EQ(stretch(secret, salt), stretch(secret, salt));
    EXPECT_NE(stretch(secret, salt), stretch(secret, other));
    EXPECT_NE(stretch(secret, salt), stretch(Secret(std::string_view("guessed")), salt));
}

TEST(Password, Argon2idMeetsOnlyItsOwnPassword) {
    const std::string stored =
        hash_password(Secret(std::string_view("right")), pepper, PasswordScheme::argon2id);
    EXPECT_EQ(stored.substr(0, 36), "atl1:$argon2id$v=19$m=19456,t=2,p=1$");
    EXPECT_TRUE(verify(stored, "right", PasswordScheme::argon2id).ok);
    EXPECT_FALSE(verify(stored, "right", PasswordScheme::argon2id).needs_rehash);
    EXPECT_FALSE(verify(stored, "wrong", PasswordScheme::argon2id).ok);
    EXPECT_TRUE(verify(stored, "right", PasswordScheme::bcrypt).needs_rehash);
    EXPECT_FALSE(verify(stored, "wrong", PasswordScheme::bcrypt).needs_rehash);
}

TEST(Password, VerifiersOfOtherProgramsAreMetOnceAndThenReplaced) {
    // Made by crypt(3) and by Python's hashlib in the form in which Django writes it.
    const char* const bcrypt = "$2b$12$abcdefghijklmnopqrstuu261ouAgQVyLOin5vPUMgN6lOzCOg/V6";
    const char* const django =
        "pbkdf2_sha256$870000$seasalt2$+dVYP3GI2C0reoPX+/LlHgImgN1nluKL35D/4R29ZsY=";
    for (const char* stored : {bcrypt, django}) {
        EXPECT_TRUE(is_foreign_verifier(stored));
        const Verdict verdict = verify(stored, "seven green bicycles", PasswordScheme::bcrypt);
        EXPECT_TRUE(verdict.ok) << stored;
        EXPECT_TRUE(verdict.needs_rehash) << stored;
        EXPECT_FALSE(verify(stored, "seven green bicycle", PasswordScheme::bcrypt).ok) << stored;
    }
}

TEST(Password, ForeignBcryptMeetsNothingBeyondWhatItReads) {
    const std::string stored = "$2b$10$abcdefghijklmnopqrstuuhBb/0dYbuuS1CS8hp30IXhlFBW2VAWG";
    const std::string most(72, 'x');
    EXPECT_TRUE(verify(stored, most, PasswordScheme::bcrypt).ok);
    EXPECT_FALSE(verify(stored, most + "x", PasswordScheme::bcrypt).ok);
    EXPECT_FALSE(verify(stored, most + '\0', PasswordScheme::bcrypt).ok);
}

TEST(Password, OnlyKnownFormsAreForeignVerifiers) {
    const std::string tail = "$seasalt2$+dVYP3GI2C0reoPX+/LlHgImgN1nluKL35D/4R29ZsY=";
    EXPECT_TRUE(is_foreign_verifier("pbkdf2_sha256$100000" + tail));
    for (const std::string& stored :
         {"pbkdf2_sha256$99999" + tail, "pbkdf2_sha256$1000001" + tail, "pbkdf2_sha1$870000" + tail,
          "pbkdf2_sha256$870000$" + tail, std::string("pbkdf2_sha256$870000$salt$AAAA"),
          std::string("$2a$12$abcdefghijklmnopqrstuu261ouAgQVyLOin5vPUMgN6lOzCOg/V6"),
          std::string("$2b$14$abcdefghijklmnopqrstuu261ouAgQVyLOin5vPUMgN6lOzCOg/V6"),
          std::string("$2b$04$abcdefghijklmnopqrstuu261ouAgQVyLOin5vPUMgN6lOzCOg/V6"),
          std::string("$2b$12$abcdefghijklmnopqrstuu261ouAgQVyLOin5vPUMgN6lOzCOg/V"),
          std::string("$argon2id$v=19$m=19456,t=2,p=1$c2FsdA$aGFzaA"), std::string()})
        EXPECT_FALSE(is_foreign_verifier(stored)) << stored;
}

TEST(Password, DamagedVerifiersAreNotMet) {
    for (const char* stored :
         {"", "atl1:", "atl1:$2b$", "atl1:$2b$12$short", "atl1:$argon2id$", "atl1:*0", "*0",
          "atl1:plain", "plain", "$2b$12$K3mn7m4wQPZh0jQKxK1Cce3fQ3d6M6n4i5yqz5n1S5c6z8iPq0V2K"}) {
        EXPECT_FALSE(verify(stored, "plain", PasswordScheme::bcrypt).ok) << stored;
    }
}

std::string faults(std::string_view password) {
    const PasswordOwner owner{"Ada Lovelace", "countess.ada@example.com"};
    std::string out;
    for (const Violation& fault : check_password_rules(Secret(password), owner, 12, "/password")) {
        EXPECT_EQ(fault.pointer, "/password");
        out += (out.empty() ? "" : " ") + fault.code;
    }
    return out;
}

TEST(PasswordRules, LengthCountsCharactersAndHasALimitInBytes) {
    EXPECT_EQ(faults("tQ7-vm2-xKp"), "too_short");
    EXPECT_EQ(faults("tQ7-vm2-xKpz"), "");
    EXPECT_EQ(faults("ñandú-ñoqui"), "too_short"); // eleven characters, fifteen bytes
    EXPECT_EQ(faults("ñandú-ñoquis"), "");
    const std::string words = "tQ7-vm2-xKpz wR4 ";
    std::string longest;
    while (longest.size() < 1024) {
        longest += words + std::to_string(longest.size());
    }
    longest.resize(1024);
    EXPECT_EQ(faults(longest), "");
    EXPECT_EQ(faults(longest + "x"), "too_long");
    EXPECT_EQ(faults(""), "too_short");
}

TEST(PasswordRules, OnlyDigitsAreRefused) {
    EXPECT_EQ(faults("830274659164"), "only_digits");
    EXPECT_EQ(faults("830274-659164"), "");
}

TEST(PasswordRules, CommonPasswordsAreRefusedInTheirUsualDisguises) {
    for (const char* password :
         {"administrator", "password1234", "Password123!", "P@ssw0rd-2026!", "passwordpassword",
          "qwerty123456", "1q2w3e4r5t6y", "1qaz2wsx3edc", "abcdefghijkl", "aaaaaaaaaaaa",
          "abcabcabcabc", "qwertyuiop[]", "!!letmein2024", "iloveyou12345", "Dragon!!!!!!!",
          "zxcvbnm,./123", "abc123456789", "123456789012a"}) {
        EXPECT_EQ(faults(password), "too_common") << password;
    }
    for (const char* password :
         {"correct horse battery staple", "Tr0ub4dor&3-lamp", "password of my garden gate",
          "kRv9#2mLw!qZ", "9384-729104qq", "seven-kites-over-oslo"}) {
        EXPECT_EQ(faults(password), "") << password;
    }
}

TEST(PasswordRules, LongPasswordsThatManyHaveAreKnown) {
    // Of the published list: none of them is a shorter one in disguise.
    for (const char* password :
         {"123qweasdzxc", "motherfucker", "qazwsxedcrfv", "mailcreated5240", "sojdlg123aljg"}) {
        EXPECT_EQ(faults(password), "too_common") << password;
    }
    std::size_t bits = 0;
    for (const std::uint8_t byte : common_passwords())
        bits += static_cast<std::size_t>(std::popcount(byte));
    // Of m bits with k set for each entry: n = -(m / k) ln(1 - set / m).
    const double size = static_cast<double>(common_passwords().size()) * 8;
    EXPECT_GT(-size / 17 * std::log(1 - static_cast<double>(bits) / size), 50'000);
}

TEST(PasswordRules, OthersAreHardlyEverTakenForCommon) {
    std::uint64_t state = 7;
    int refused = 0;
    for (int i = 0; i < 20'000; ++i) {
        std::string password;
        while (password.size() < 16) {
            state = state * 6364136223846793005U + 1442695040888963407U;
            password += "bcdfghjkmnpqrtvwxz23456789-_"[(state >> 33) % 28];
        }
        refused += faults(password).empty() ? 0 : 1;
    }
    EXPECT_LE(refused, 10);
}

TEST(PasswordRules, TheTeamAndTheSiteAreNoPassword) {
    const std::vector<std::string> places{"Northern Harbour", "https://beacon.example.net"};
    for (const char* password : {"northernharbour", "Harbour-20-north", "beacon-x7-99-qq"}) {
        const auto found =
            check_password_rules(Secret(std::string_view(password)),
                                 {"Ada", "ada@example.com", places}, 12, "/password");
        ASSERT_EQ(found.size(), 1U) << password;
        EXPECT_EQ(found.front().code, "too_similar") << password;
        EXPECT_EQ(faults(password), "") << password;
    }
}

TEST(PasswordRules, OwnNameAndAddressAreNoPassword) {
    for (const char* password :
         {"AdaLovelace1815", "lovelace.ada.1", "countess.ada@example.com", "ecalevol-ada-7",
          "L0vel@ce-99-x", "atalaya-admin", "Countess-12345"}) {
        EXPECT_EQ(faults(password), "too_similar") << password;
    }
    EXPECT_EQ(faults("lovelace met seven kites"), "");
    EXPECT_EQ(faults("canada-moss-rivets"), ""); // holds "ada", and enough besides
}

} // namespace
} // namespace atalaya::crypto
