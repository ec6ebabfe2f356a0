#include "base/text.hpp"

#include "base/ids.hpp"

#include <gtest/gtest.h>

namespace atalaya {
namespace {

TEST(Hex, RoundTripsAndRefuses) {
    const Bytes bytes{0x00, 0x7f, 0xff};
    EXPECT_EQ(to_hex(bytes), "007fff");
    EXPECT_EQ(parse_hex("007FfF"), bytes);
    EXPECT_EQ(parse_hex("0"), std::nullopt);
    EXPECT_EQ(parse_hex("0g"), std::nullopt);
}

TEST(Base64, MatchesRfc4648) {
    constexpr std::array<std::pair<std::string_view, std::string_view>, 7> vectors{{
        {"", ""},
        {"f", "Zg=="},
        {"fo", "Zm8="},
        {"foo", "Zm9v"},
        {"foob", "Zm9vYg=="},
        {"fooba", "Zm9vYmE="},
        {"foobar", "Zm9vYmFy"},
    }};
    for (const auto& [plain, coded] : vectors) {
        EXPECT_EQ(to_base64(as_bytes(plain)), coded);
        EXPECT_EQ(parse_base64(coded), to_bytes(plain));
    }
}

TEST(Base64, HasOneTextForEachValue) {
    for (const std::string_view bad :
         {"Zg", "Zg=", "Zh==", "Zm9=", "Z===", "Zm9v=", "Zm 9", "Zg==Zg=="}) {
        EXPECT_EQ(parse_base64(bad), std::nullopt) << bad;
    }
}

TEST(Base64Url, UsesItsOwnAlphabetWithoutPadding) {
    const Bytes bytes{0xfb, 0xff};
    EXPECT_EQ(to_base64url(bytes), "-_8");
    EXPECT_EQ(parse_base64url("-_8"), bytes);
    EXPECT_EQ(parse_base64url("+/8"), std::nullopt);
    EXPECT_EQ(parse_base64url("-_8="), std::nullopt);
    EXPECT_EQ(parse_base64url("-_9"), std::nullopt);
}

TEST(Utf8, AcceptsWhatIsWellFormed) {
    for (const std::string_view good : {"", "plain", "\xc3\xa9", "\xe2\x82\xac", "\xf0\x9f\x97\xbc",
                                        "\xed\x9f\xbf", "\xf4\x8f\xbf\xbf"}) {
        EXPECT_TRUE(is_utf8(good)) << to_hex(as_bytes(good));
    }
    EXPECT_EQ(count_code_points("a\xc3\xa9\xe2\x82\xac\xf0\x9f\x97\xbc"), 4u);
}

TEST(Utf8, RefusesOverlongSurrogateTruncatedAndNul) {
    using namespace std::string_view_literals;
    for (const std::string_view bad :
         {"\0"sv, "\xc0\x80"sv, "\xc1\xbf"sv, "\xe0\x9f\xbf"sv, "\xed\xa0\x80"sv,
          "\xf0\x8f\xbf\xbf"sv, "\xf4\x90\x80\x80"sv, "\xf5\x80\x80\x80"sv, "\x80"sv, "\xc3"sv,
          "\xe2\x82"sv, "\xe2\x28\xa1"sv}) {
        EXPECT_FALSE(is_utf8(bad)) << to_hex(as_bytes(bad));
    }
}

TEST(Text, ComparesAsciiOnly) {
    EXPECT_EQ(to_lower("Content-TYPE"), "content-type");
    EXPECT_EQ(to_lower("\xc3\x89"), "\xc3\x89");
    EXPECT_TRUE(equal_ignoring_case("Host", "hOST"));
    EXPECT_FALSE(equal_ignoring_case("Host", "Hosts"));
    EXPECT_FALSE(equal_ignoring_case("Host", "Hos"));
}

TEST(Text, TrimsAndSplits) {
    EXPECT_EQ(trim(" \t a b\r\n"), "a b");
    EXPECT_EQ(trim(" \n "), "");
    EXPECT_EQ(split("a,,b", ','), (std::vector<std::string_view>{"a", "", "b"}));
    EXPECT_EQ(split("", ','), (std::vector<std::string_view>{""}));
    EXPECT_EQ(split("a,", ','), (std::vector<std::string_view>{"a", ""}));
}

TEST(Text, ParsesWholeIntegersOnly) {
    EXPECT_EQ(parse_integer("-9223372036854775808"), std::numeric_limits<std::int64_t>::min());
    for (const std::string_view bad : {"", " 1", "1 ", "+1", "0x1", "1.0", "9223372036854775808"}) {
        EXPECT_EQ(parse_integer(bad), std::nullopt) << bad;
    }
}

TEST(Percent, DecodesOnce) {
    EXPECT_EQ(percent_decode("a%20b+c", false), "a b+c");
    EXPECT_EQ(percent_decode("a+b", true), "a b");
    EXPECT_EQ(percent_decode("%252e", false), "%2e");
    for (const std::string_view bad : {"%", "%4", "%g1", "a%1"}) {
        EXPECT_EQ(percent_decode(bad, false), std::nullopt) << bad;
    }
}

TEST(Percent, EncodesAllButUnreserved) {
    EXPECT_EQ(percent_encode("aZ09-._~"), "aZ09-._~");
    EXPECT_EQ(percent_encode("a b/\xc3\xa9"), "a%20b%2F%C3%A9");
}

TEST(Uuid, RoundTripsAndRefuses) {
    const std::string text = "0192f3a4-5b6c-7d8e-9fa0-b1c2d3e4f506";
    const auto id = parse_uuid(text);
    ASSERT_TRUE(id);
    EXPECT_EQ(to_string(*id), text);
    EXPECT_EQ(parse_uuid("0192F3A4-5B6C-7D8E-9FA0-B1C2D3E4F506"), id);
    for (const std::string_view bad :
         {"", "0192f3a45b6c7d8e9fa0b1c2d3e4f506", "{192f3a4-5b6c-7d8e-9fa0-b1c2d3e4f506",
          "0192f3a4-5b6c-7d8e-9fa0-b1c2d3e4f50", "0192f3a4-5b6c-7d8e-9fa0-b1c2d3e4f50g",
          "0192f3a45-b6c-7d8e-9fa0-b1c2d3e4f506"}) {
        EXPECT_EQ(parse_uuid(bad), std::nullopt) << bad;
    }
}

} // namespace
} // namespace atalaya
