#include "crypto/totp.hpp"

#include <gtest/gtest.h>

namespace atalaya::crypto {
namespace {

const Secret seed(std::string_view("12345678901234567890"));

Time at(std::int64_t seconds) { return {seconds * 1'000'000}; }

TEST(Totp, KnownAnswers) { // RFC 6238, appendix B, SHA1
    const std::pair<std::int64_t, const char*> answers[] = {
        {59, "94287082"},         {1111111109, "07081804"}, {1111111111, "14050471"},
        {1234567890, "89005924"}, {2000000000, "69279037"}, {20000000000, "65353130"}};
    for (const auto& [seconds, code] : answers) {
        EXPECT_EQ(totp_code(seed, totp_step(at(seconds)), 8), code);
        EXPECT_EQ(totp_code(seed, totp_step(at(seconds))), std::string(code).substr(2));
    }
}

TEST(Totp, ACodeIsGoodForOneStepOnEitherSide) {
    const std::int64_t step = 41152263;
    const std::string code = totp_code(seed, step);
    for (const std::int64_t second : {-30, -1, 0, 29, 30, 59})
        EXPECT_EQ(find_totp_step(seed, code, at(step * 30 + second), 0), step) << second;
    for (const std::int64_t second : {-31, 60})
        EXPECT_FALSE(find_totp_step(seed, code, at(step * 30 + second), 0)) << second;
}

TEST(Totp, ACodeIsNotGoodAfterItsStepWasUsed) {
    const std::int64_t step = 41152263;
    const std::string code = totp_code(seed, step);
    EXPECT_EQ(find_totp_step(seed, code, at(step * 30), step - 1), step);
    EXPECT_FALSE(find_totp_step(seed, code, at(step * 30), step));
    EXPECT_FALSE(find_totp_step(seed, code, at(step * 30), step + 1));
}

TEST(Totp, AnythingElseIsNoCode) {
    const Time now = at(1234567890);
    for (const char* code : {"", "0", "00592", "0059241", "89005924", "abcdef", " 005924"})
        EXPECT_FALSE(find_totp_step(seed, code, now, 0)) << code;
}

TEST(Base32, KnownAnswers) { // RFC 4648, section 10
    const std::pair<const char*, const char*> answers[] = {{"", ""},
                                                           {"f", "MY"},
                                                           {"fo", "MZXQ"},
                                                           {"foo", "MZXW6"},
                                                           {"foob", "MZXW6YQ"},
                                                           {"fooba", "MZXW6YTB"},
                                                           {"foobar", "MZXW6YTBOI"}};
    for (const auto& [plain, text] : answers)
        EXPECT_EQ(to_base32(as_bytes(plain)), text);
}

TEST(OtpauthUri, NamesTheInstanceAndTheAccount) {
    EXPECT_EQ(make_otpauth_uri(seed, "watch.example", "ada+x@example.com"),
              "otpauth://totp/watch.example:ada%2Bx%40example.com?secret="
              "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ&issuer=watch.example&algorithm=SHA1&digits=6"
              "&period=30");
}

} // namespace
} // namespace atalaya::crypto
