#include "telemetry/chunk.hpp"

#include <bit>
#include <cmath>
#include <gtest/gtest.h>
#include <limits>
#include <random>

namespace atalaya::telemetry {
namespace {

std::vector<std::uint64_t> bits_of(std::span<const double> values) {
    std::vector<std::uint64_t> bits;
    for (const double value : values) {
        bits.push_back(std::bit_cast<std::uint64_t>(value));
    }
    return bits;
}

/// "" when the points come back as they were.
std::string judge(const Points& points) {
    Bytes bytes;
    encode_chunks(points, bytes);
    Points back;
    if (!decode_chunks(bytes, back))
        return "cannot be read";
    if (back.times_ms != points.times_ms)
        return "other times";
    return bits_of(back.values) == bits_of(points.values) ? "" : "other values";
}

std::size_t size_of(const Points& points) {
    Bytes bytes;
    encode_chunks(points, bytes);
    return bytes.size();
}

Points regular(const std::vector<double>& values) {
    Points points;
    for (std::size_t i = 0; i < values.size(); ++i) {
        points.add({1'700'000'000'000 + static_cast<std::int64_t>(i) * 15'000, values[i]});
    }
    return points;
}

/// Of every kind that a series may be made of, and mixed.
double draw(std::mt19937_64& random, unsigned kind, double before) {
    constexpr double odd[] = {0.0,
                              -0.0,
                              std::numeric_limits<double>::infinity(),
                              -std::numeric_limits<double>::infinity(),
                              std::numeric_limits<double>::denorm_min(),
                              std::numeric_limits<double>::max(),
                              -1e300,
                              0x1p50,
                              0x1p53 + 2,
                              -0x1p63,
                              1e15};
    switch (kind) {
    case 0:
        return before + static_cast<double>(random() % 1000);
    case 1:
        return static_cast<double>(random() % 10'000) / 100;
    case 2:
        return std::bit_cast<double>(random());
    case 3:
        return odd[random() % std::size(odd)];
    case 4:
        return random() % 8 == 0 ? stale_value() : before;
    case 5:
        return static_cast<double>(static_cast<std::int64_t>(random())) / 1e9;
    case 6:
        return random() % 50 == 0 ? std::sqrt(2.0) : 0.25;
    default:
        return -static_cast<double>(random() % 7) * 0.001;
    }
}

TEST(Chunk, GivesBackEveryBitOfEverySeries) {
    for (std::uint64_t seed = 1; seed <= 3'000; ++seed) {
        std::mt19937_64 random(seed);
        const std::size_t count = 1 + random() % (seed % 10 == 0 ? 1'300 : 130);
        const unsigned kind = static_cast<unsigned>(random() % 9);
        const auto steps = random() % 4;
        Points points;
        std::int64_t time = static_cast<std::int64_t>(random() % 4'000'000'000'000) - 1'000'000;
        double value = 0;
        for (std::size_t i = 0; i < count; ++i) {
            value = draw(random, kind < 8 ? kind : static_cast<unsigned>(random() % 8), value);
            points.add({time, value});
            time += 15'000;
            if (steps == 1)
                time += static_cast<std::int64_t>(random() % 11) - 5;
            if (steps == 2 && random() % 20 == 0)
                time += static_cast<std::int64_t>(random() % 100'000'000);
            if (steps == 3)
                time += static_cast<std::int64_t>(random() >> 12);
        }
        ASSERT_EQ(judge(points), "") << "seed " << seed;
    }
}

TEST(Chunk, TimesMayWrapAround) {
    Points points;
    points.add({std::numeric_limits<std::int64_t>::min(), 1});
    points.add({0, 2});
    points.add({std::numeric_limits<std::int64_t>::max(), 3});
    EXPECT_EQ(judge(points), "");
}

TEST(Chunk, RegularSeriesAreSmall) {
    std::vector<double> same(480, 42), counter, two_digits, one_odd;
    std::mt19937_64 random(7);
    for (std::size_t i = 0; i < 480; ++i) {
        counter.push_back(static_cast<double>(1'000'000 + 15 * i));
        two_digits.push_back(20 + static_cast<double>(random() % 64) / 100);
        one_odd.push_back(i == 200 ? 1.0 / 3 : two_digits.back());
    }
    EXPECT_LT(size_of(regular(same)), 24u);
    EXPECT_LT(size_of(regular(counter)), 64u);
    EXPECT_LT(size_of(regular(two_digits)), 480u * 9 / 10);
    EXPECT_LT(size_of(regular(one_odd)), size_of(regular(two_digits)) + 16)
        << "one odd value must not spoil the others";
    counter[300] = 0;
    EXPECT_LT(size_of(regular(counter)), 96u) << "nor one jump";
}

TEST(Chunk, WhatAllValuesAreMultiplesOfCostsNothing) {
    std::mt19937_64 random(7);
    std::vector<double> pages, bytes;
    for (std::size_t i = 0; i < 480; ++i) {
        pages.push_back(static_cast<double>(1'000'000 + random() % 64));
        bytes.push_back(pages.back() * 4096);
    }
    EXPECT_LE(size_of(regular(bytes)), size_of(regular(pages)) + 8);
    bytes[200] = std::numeric_limits<double>::quiet_NaN();
    EXPECT_LE(size_of(regular(bytes)), size_of(regular(pages)) + 24);
}

TEST(Chunk, WhatStandsApartAtTheStartIsNoNumber) {
    EXPECT_EQ(judge(regular({std::sqrt(2.0), stale_value(), 4096, 8192, 4096, 0, 1, 2})), "");
    EXPECT_EQ(judge(regular({std::sqrt(2.0), -4096, 8192, 8192})), "");
}

TEST(Chunk, OnlyChunksThatTouchTheRangeAreRead) {
    std::vector<double> values;
    for (std::size_t i = 0; i < 4 * chunk_points_max; ++i) {
        values.push_back(static_cast<double>(i * i % 977));
    }
    Points points = regular(values);
    points.times_ms[3 * chunk_points_max / 2] += 7;
    Bytes bytes;
    encode_chunks(points, bytes);
    const auto time = [&](std::size_t i) { return points.times_ms[i]; };
    const auto read = [&](std::int64_t from_ms, std::int64_t to_ms) {
        Points back;
        EXPECT_TRUE(decode_chunks(bytes, back, from_ms, to_ms));
        EXPECT_EQ(back.times_ms.size(), back.values.size());
        const PointsView given = points_within(back, from_ms, to_ms);
        const PointsView wanted = points_within(points, from_ms, to_ms);
        EXPECT_TRUE(std::ranges::equal(given.times_ms, wanted.times_ms));
        EXPECT_EQ(bits_of(given.values), bits_of(wanted.values));
        Points whole;
        EXPECT_TRUE(decode_chunks(bytes, whole, from_ms, to_ms));
        return whole.size();
    };
    EXPECT_EQ(read(time(0) - 9, time(0) - 1), 0u);
    EXPECT_EQ(read(time(0), time(0)), chunk_points_max);
    EXPECT_EQ(read(time(chunk_points_max), time(chunk_points_max)), chunk_points_max);
    EXPECT_EQ(read(time(chunk_points_max - 1), time(chunk_points_max)), 2 * chunk_points_max);
    EXPECT_EQ(read(time(3 * chunk_points_max + 5), time(points.size() - 1) + 9), chunk_points_max);
    EXPECT_EQ(read(time(points.size() - 1) + 1, time(points.size() - 1) + 9), 0u);
}

TEST(Chunk, DamageIsNoMoreThanFalse) {
    for (std::uint64_t seed = 1; seed <= 2'000; ++seed) {
        std::mt19937_64 random(seed);
        Points points;
        for (std::size_t i = 0; i < 60; ++i) {
            points.add({static_cast<std::int64_t>(i * 1000 + random() % 3),
                        draw(random, static_cast<unsigned>(seed % 8), 1)});
        }
        Bytes bytes;
        encode_chunks(points, bytes);
        for (int hit = 0; hit < 3; ++hit) {
            bytes[random() % bytes.size()] = static_cast<std::uint8_t>(random());
        }
        bytes.resize(1 + random() % bytes.size());
        Points back;
        if (decode_chunks(bytes, back)) {
            EXPECT_EQ(back.times_ms.size(), back.values.size());
        }
    }
    Points back;
    EXPECT_FALSE(decode_chunks(Bytes{0}, back));
    EXPECT_FALSE(decode_chunks(Bytes(8, 0xff), back));
}

} // namespace
} // namespace atalaya::telemetry
