#include "telemetry/buckets.hpp"

#include "base/problem.hpp"
#include "telemetry/test_push.hpp"

#include <gtest/gtest.h>

namespace atalaya::telemetry {
namespace {

constexpr std::int64_t second_us = 1'000'000;

RangeQuery query_s(std::int64_t from_s, std::int64_t to_s, std::size_t points = 600) {
    return {{from_s * second_us}, {to_s * second_us}, points, {}};
}

void add(Buckets& buckets, const wire::Series& series, std::int64_t time_ms, double value) {
    buckets.add(series, {&time_ms, 1}, {&value, 1});
}

TEST(Buckets, StepIsNiceAndNoShorterThanTheTicks) {
    EXPECT_EQ(choose_step_s(query_s(0, 900), 10'000), 10);
    EXPECT_EQ(choose_step_s(query_s(0, 900), 1'000), 2);
    EXPECT_EQ(choose_step_s(query_s(0, 900), 250), 2);
    EXPECT_EQ(choose_step_s(query_s(0, 900), 45'000), 60);
    EXPECT_EQ(choose_step_s(query_s(0, 24 * 3600), 10'000), 300);
    EXPECT_EQ(choose_step_s(query_s(0, 7 * 24 * 3600), 10'000), 1200);
    EXPECT_EQ(choose_step_s(query_s(0, 30 * 24 * 3600, 100), 10'000), 28'800);
    EXPECT_EQ(choose_step_s(query_s(0, 400LL * 24 * 3600, 100), 10'000), 4 * 86'400);
    EXPECT_EQ(choose_step_s(query_s(0, 10, 0), 1'000), 10);
    EXPECT_EQ(choose_step_s(query_s(0, 900 * 86'400LL, 1'000'000'000), 1'000), 6 * 3600);
}

TEST(Buckets, StepNeverGivesMorePointsThanAskedByMoreThanOne) {
    for (std::int64_t seconds = 1; seconds < 40LL * 86'400; seconds += seconds / 7 + 1) {
        for (const std::size_t points : {1u, 2u, 60u, 600u, 5'000u}) {
            const auto query = query_s(12'345, 12'345 + seconds, points);
            const Range range = Buckets(query, choose_step_s(query, 1'000)).finish();
            EXPECT_LE(range.times.size(), points + 1) << seconds << " s";
        }
    }
}

TEST(Buckets, IntervalIsTheMedianDistance) {
    std::vector<std::int64_t> distances{10'000, 600'000, 10'000, 10'000, 3'000};
    EXPECT_EQ(median_interval_ms(distances), 10'000);
    std::vector<std::int64_t> few{3'000'000, 3'000'000};
    EXPECT_EQ(median_interval_ms(few), usual_interval_ms) << "an outage is not a pace";
}

TEST(Buckets, AreAlignedAndTakeOnlyTheRange) {
    Buckets buckets(query_s(105, 125), 10);
    for (std::int64_t time_ms = 95'000; time_ms < 135'000; time_ms += 5'000) {
        add(buckets, test::small_table()[0], time_ms, static_cast<double>(time_ms));
    }
    const Range range = std::move(buckets).finish();
    ASSERT_EQ(range.times.size(), 3u);
    EXPECT_EQ(range.times[0].us, 100 * second_us);
    const RangeSeries& series = range.series.at(0);
    EXPECT_EQ(series.least, (std::vector<double>{105'000, 110'000, 120'000}));
    EXPECT_EQ(series.greatest, (std::vector<double>{105'000, 115'000, 120'000}));
    EXPECT_EQ(series.average[1], 112'500);
    EXPECT_EQ(series.unit, wire::Unit::percent);
}

TEST(Buckets, AverageStaysWithinItsBounds) {
    Buckets buckets(query_s(0, 60), 60);
    constexpr double huge = std::numeric_limits<double>::max();
    for (const std::int64_t time_ms : {1'000, 2'000}) {
        add(buckets, test::small_table()[0], time_ms, huge);
        add(buckets, test::small_table()[1], time_ms, std::numeric_limits<double>::infinity());
    }
    const Range range = std::move(buckets).finish();
    ASSERT_EQ(range.series.size(), 1u) << "infinity is no measurement";
    EXPECT_EQ(range.series[0].average[0], huge);
}

TEST(Buckets, RefuseAnAnswerWithoutBound) {
    Buckets buckets(query_s(0, 5'000, 5'000), 1);
    const auto add_up_to = [&](int count) {
        for (int i = 0; i < count; ++i) {
            add(buckets, {"metric_" + std::to_string(i), {}, wire::Unit::count}, 1'000, 1);
        }
    };
    add_up_to(100);
    EXPECT_THROW(add_up_to(101), Problem);
}

TEST(Buckets, AgreeWithTheNaiveAnswer) {
    std::mt19937 random(7);
    const auto below = [&](std::int64_t limit) {
        return static_cast<std::int64_t>(random() % static_cast<std::uint64_t>(limit));
    };
    for (int round = 0; round < 200; ++round) {
        const auto query = query_s(below(200), 201 + below(2'000), 1 + random() % 50);
        test::Oracle oracle;
        Buckets buckets(query, choose_step_s(query, 1 + below(30'000)));
        std::int64_t time_ms = 0;
        for (int tick = 0; tick < 100; ++tick) {
            time_ms += 1 + below(30'000);
            const auto push = test::small_push(
                1, time_ms,
                below(1'000) == 0 ? wire::absent() : 0.1 * static_cast<double>(below(1'000)),
                static_cast<double>(below(5)));
            oracle.write(push);
            for (std::size_t i = 0; i < push.series_count; ++i) {
                add(buckets, push.series->at(i), time_ms, push.values[i]);
            }
        }
        const Range range = std::move(buckets).finish();
        EXPECT_EQ(oracle.judge(range, query), "") << "round " << round;
    }
}

} // namespace
} // namespace atalaya::telemetry
