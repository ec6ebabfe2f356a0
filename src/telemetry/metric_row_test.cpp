#include "telemetry/metric_row.hpp"

#include <bit>
#include <gtest/gtest.h>
#include <limits>
#include <random>

namespace atalaya::telemetry {
namespace {

MetricRow make_row(std::mt19937_64& random, std::size_t series, bool one_each, bool same_time) {
    MetricRow row;
    for (std::size_t i = 0; i < series; ++i) {
        row.series.push_back(static_cast<std::int64_t>(random() >> random() % 60) + 1);
        row.counts.push_back(one_each ? 1 : 1 + static_cast<std::uint32_t>(random() % 9));
        for (std::uint32_t each = 0; each < row.counts.back(); ++each) {
            const auto time = same_time ? 1'700'000'000'000 : static_cast<std::int64_t>(random());
            const double value = random() % 2 == 0 ? static_cast<double>(random() % 100)
                                                   : std::bit_cast<double>(random());
            row.samples.push_back({time, value});
        }
    }
    return row;
}

std::string judge(const MetricRow& row) {
    const auto back = parse_metric_row(encode_metric_row(row));
    if (!back)
        return "cannot be read";
    if (back->series != row.series || back->counts != row.counts ||
        back->samples.size() != row.samples.size())
        return "other series";
    for (std::size_t i = 0; i < row.samples.size(); ++i) {
        if (back->samples[i].time_ms != row.samples[i].time_ms ||
            std::bit_cast<std::uint64_t>(back->samples[i].value) !=
                std::bit_cast<std::uint64_t>(row.samples[i].value))
            return "another sample";
    }
    return "";
}

TEST(MetricRow, GivesBackEveryBit) {
    for (std::uint64_t seed = 1; seed <= 1'000; ++seed) {
        std::mt19937_64 random(seed);
        const MetricRow row = make_row(random, 1 + random() % 40, seed % 2 == 0, seed % 3 == 0);
        ASSERT_EQ(judge(row), "") << "seed " << seed;
    }
}

TEST(MetricRow, ASampleOfACounterTakesFewBytes) {
    MetricRow row;
    for (int i = 0; i < 2'000; ++i) {
        row.series.push_back(i + 1);
        row.counts.push_back(1);
        row.samples.push_back({1'700'000'000'000, 1'000.0 + i});
    }
    EXPECT_LT(encode_metric_row(row).size(), 2'000u * 6);
}

TEST(MetricRow, DamageIsNoMoreThanAbsent) {
    for (std::uint64_t seed = 1; seed <= 2'000; ++seed) {
        std::mt19937_64 random(seed);
        Bytes bytes = encode_metric_row(make_row(random, 20, seed % 2 == 0, seed % 3 == 0));
        bytes[random() % bytes.size()] = static_cast<std::uint8_t>(random());
        bytes.resize(random() % (bytes.size() + 1));
        if (const auto row = parse_metric_row(bytes)) {
            EXPECT_EQ(row->series.size(), row->counts.size());
        }
    }
}

} // namespace
} // namespace atalaya::telemetry
