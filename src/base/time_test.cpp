#include "base/time.hpp"

#include <gtest/gtest.h>

namespace atalaya {
namespace {

TEST(Rfc3339, WritesSixDecimalsInUtc) {
    EXPECT_EQ(to_rfc3339({0}), "1970-01-01T00:00:00.000000Z");
    EXPECT_EQ(to_rfc3339({-1}), "1969-12-31T23:59:59.999999Z");
    EXPECT_EQ(to_rfc3339({1'709'210'096'000'007}), "2024-02-29T12:34:56.000007Z");
}

TEST(Rfc3339, ReadsOffsetsAndDecimals) {
    const Time noon{1'709'208'000'000'000};
    for (const std::string_view text :
         {"2024-02-29T12:00:00Z", "2024-02-29t12:00:00.0z", "2024-02-29 13:30:00.000000000+01:30",
          "2024-02-28T23:00:00-13:00"}) {
        EXPECT_EQ(parse_rfc3339(text), noon) << text;
    }
    EXPECT_EQ(parse_rfc3339("2024-02-29T12:00:00.1234567Z"), noon + Micros(123'456));
}

TEST(Rfc3339, RefusesWhatIsNoTime) {
    for (const std::string_view bad :
         {"", "2024-02-29", "2024-02-29T12:00:00", "2023-02-29T12:00:00Z", "2024-13-01T12:00:00Z",
          "2024-02-29T24:00:00Z", "2024-02-29T12:60:00Z", "2024-02-29T12:00:60Z",
          "2024-02-29T12:00:00.Z", "2024-02-29T12:00:00.0123456789Z", "2024-02-29T12:00:00+1:00",
          "2024-02-29T12:00:00+24:00", "2024-02-29T12:00:00Z ", "2024-2-29T12:00:00ZZ",
          "+024-02-29T12:00:00Z"}) {
        EXPECT_EQ(parse_rfc3339(bad), std::nullopt) << bad;
    }
}

TEST(Rfc3339, RoundTripsFarDates) {
    for (const std::string_view text :
         {"0001-01-01T00:00:00.000000Z", "9999-12-31T23:59:59.999999Z",
          "2000-02-29T00:00:00.000001Z"}) {
        const auto time = parse_rfc3339(text);
        ASSERT_TRUE(time) << text;
        EXPECT_EQ(to_rfc3339(*time), text);
    }
}

TEST(ManualClock, StandsStillUntilTold) {
    ManualClock clock({5});
    EXPECT_EQ(clock.now(), Time{5});
    clock.advance(std::chrono::seconds(1));
    EXPECT_EQ(clock.now() - Time{5}, Micros(1'000'000));
    clock.set({7});
    EXPECT_EQ(clock.now(), Time{7});
}

} // namespace
} // namespace atalaya
