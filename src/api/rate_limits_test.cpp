#include "api/rate_limits.hpp"

#include <gtest/gtest.h>

namespace atalaya::api {
namespace {

constexpr Micros second = std::chrono::seconds(1);

Uuid uuid(std::uint8_t last) {
    Uuid out;
    out.bytes[15] = last;
    return out;
}

TEST(RateLimits, AMinutesWorthAtOnceAndThenAsItFills) {
    ManualClock clock(Time{1'700'000'000'000'000});
    RateLimits limits(clock);
    for (int i = 59; i >= 0; --i) {
        const Allowance allowed = limits.take(uuid(1), 60);
        EXPECT_EQ(allowed.wait_s, 0);
        EXPECT_EQ(allowed.limit, 60);
        EXPECT_EQ(allowed.remaining, i);
        EXPECT_EQ(allowed.reset_s, 60 - i);
    }
    EXPECT_EQ(limits.take(uuid(1), 60).wait_s, 1);
    clock.advance(second / 2);
    EXPECT_EQ(limits.take(uuid(1), 60).wait_s, 1);
    clock.advance(second / 2);
    EXPECT_EQ(limits.take(uuid(1), 60).wait_s, 0);
    EXPECT_EQ(limits.take(uuid(1), 60).wait_s, 1);
    clock.advance(3600 * second);
    EXPECT_EQ(limits.take(uuid(1), 60).remaining, 59);
}

TEST(RateLimits, NobodyPaysForAnother) {
    ManualClock clock(Time{1'700'000'000'000'000});
    RateLimits limits(clock);
    for (int i = 0; i < 1000; ++i)
        limits.take(uuid(1), 10);
    EXPECT_GT(limits.take(uuid(1), 10).wait_s, 0);
    EXPECT_EQ(limits.take(uuid(2), 10).wait_s, 0);
}

TEST(RateLimits, ARefusedRequestCostsNothing) {
    ManualClock clock(Time{1'700'000'000'000'000});
    RateLimits limits(clock);
    limits.take(uuid(1), 1);
    for (int i = 0; i < 100; ++i)
        EXPECT_EQ(limits.take(uuid(1), 1).wait_s, 60);
    clock.advance(60 * second);
    EXPECT_EQ(limits.take(uuid(1), 1).wait_s, 0);
}

TEST(RateLimits, AClockThatGoesBackFillsNothingAndZeroIsNoLimit) {
    ManualClock clock(Time{1'700'000'000'000'000});
    RateLimits limits(clock);
    limits.take(uuid(1), 1);
    clock.advance(-3600 * second);
    EXPECT_GT(limits.take(uuid(1), 1).wait_s, 0);
    for (int i = 0; i < 100; ++i)
        EXPECT_EQ(limits.take(uuid(2), 0).wait_s, 0);
}

} // namespace
} // namespace atalaya::api
