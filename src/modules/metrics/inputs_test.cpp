#include "modules/metrics/inputs.hpp"

#include <gtest/gtest.h>

namespace atalaya::metrics {
namespace {

TEST(Inputs, TimesAreSecondsOrRfc3339) {
    EXPECT_EQ(parse_time_ms("1435781451.781"), 1'435'781'451'781);
    EXPECT_EQ(parse_time_ms("1435781451"), 1'435'781'451'000);
    EXPECT_EQ(parse_time_ms("1.4357814517815e9"), 1'435'781'451'782);
    EXPECT_EQ(parse_time_ms("-1.5"), -1'500);
    EXPECT_EQ(parse_time_ms("2015-07-01T20:10:51.781Z"), 1'435'781'451'781);
    EXPECT_EQ(parse_time_ms("2015-07-01T22:10:51.781+02:00"), 1'435'781'451'781);
    EXPECT_EQ(parse_time_ms("1e300"), time_ms_max);
    for (const std::string_view bad :
         {"", "x", "1 ", "NaN", "Inf", "-inf", "1e999", "now", "0x10", "2015-07-01", "1435781451s"})
        EXPECT_EQ(parse_time_ms(bad), std::nullopt) << bad;
}

TEST(Inputs, EscapedLabelNamesAreUnescaped) {
    EXPECT_EQ(unescape_label_name("job"), "job");
    EXPECT_EQ(unescape_label_name("a__b_2e_c"), "a__b_2e_c");
    EXPECT_EQ(unescape_label_name("U__a_2e_b"), "a.b");
    EXPECT_EQ(unescape_label_name("U__a__b"), "a_b");
    EXPECT_EQ(unescape_label_name("U___e4__20ac__1f600_"), "\xc3\xa4\xe2\x82\xac\xf0\x9f\x98\x80");
    EXPECT_EQ(unescape_label_name("U__a_2e"), std::nullopt);
    EXPECT_EQ(unescape_label_name("U__a_zz_"), std::nullopt);
    EXPECT_EQ(unescape_label_name("U__a_110000_"), std::nullopt);
}

} // namespace
} // namespace atalaya::metrics
