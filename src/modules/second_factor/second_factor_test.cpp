#include "modules/second_factor/qr.hpp"
#include "modules/second_factor/recovery_code.hpp"

#include <array>
#include <gtest/gtest.h>
#include <set>

namespace atalaya::second_factor {
namespace {

TEST(RecoveryCodes, AreReadAsTheyWereWritten) {
    SystemRandom random;
    std::set<std::string> secrets;
    for (int number = 1; number <= recovery_codes_count; ++number) {
        const RecoveryCode code = make_recovery_code(random, number);
        const std::string text = to_text(code);
        EXPECT_EQ(text.size(), 14U);
        const auto parsed = parse_recovery_code(text);
        ASSERT_TRUE(parsed) << text;
        EXPECT_EQ(parsed->number, number);
        EXPECT_EQ(parsed->secret, code.secret);
        secrets.insert(code.secret);
    }
    EXPECT_EQ(secrets.size(), std::size_t{recovery_codes_count});
}

TEST(RecoveryCodes, AreForgivingToWhoeverTypesThem) {
    for (const char* text :
         {"07-4KXQ1-M9TR0", "074kxq1m9tr0", "o7 4kxqI m9trO", "07-4kxql-m9tro"}) {
        const auto parsed = parse_recovery_code(text);
        ASSERT_TRUE(parsed) << text;
        EXPECT_EQ(to_text(*parsed), "07-4KXQ1-M9TR0");
    }
    for (const char* text :
         {"", "07", "123456", "00-4KXQ1-M9TR0", "A7-4KXQ1-M9TR0", "07-4KXQU-M9TR0", "07-4KXQ1-M9TR",
          "07-4KXQ1-M9TR00", "07-4KXQ1-M9TR\xc3\xa9"})
        EXPECT_FALSE(parse_recovery_code(text)) << text;
}

/// The dark modules as the path draws them.
std::set<std::pair<int, int>> dark_modules(const std::string& svg) {
    std::set<std::pair<int, int>> out;
    std::size_t at = svg.rfind(" d=\"");
    while ((at = svg.find('M', at)) != std::string::npos) {
        int x = 0, y = 0;
        EXPECT_EQ(std::sscanf(svg.c_str() + at, "M%d %dh1v1h-1z", &x, &y), 2);
        out.insert({x, y});
        ++at;
    }
    return out;
}

TEST(QrCode, HasItsThreeFinderPatternsInsideAQuietZone) {
    const std::string svg = draw_qr_code("otpauth://totp/x:ada%40example.com?secret=GEZDGNBVGY3TQ");
    int size = 0;
    ASSERT_EQ(std::sscanf(svg.c_str() + svg.find("viewBox"), "viewBox=\"0 0 %d", &size), 1);
    const auto dark = dark_modules(svg);
    const int far = size - 4 - 7;
    for (const auto& [left, top] : {std::pair{4, 4}, std::pair{far, 4}, std::pair{4, far}}) {
        for (int y = 0; y < 7; ++y) {
            for (int x = 0; x < 7; ++x) {
                const int ring = std::max(std::abs(x - 3), std::abs(y - 3));
                EXPECT_EQ(dark.contains({left + x, top + y}), ring != 2);
            }
        }
    }
    for (const auto& [x, y] : dark)
        EXPECT_TRUE(x >= 4 && y >= 4 && x < size - 4 && y < size - 4);
    EXPECT_EQ(svg.find("style"), std::string::npos);
    EXPECT_EQ(svg.find("script"), std::string::npos);
}

} // namespace
} // namespace atalaya::second_factor
