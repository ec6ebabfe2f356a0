#include "wire/column.hpp"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>
#include <random>

namespace atalaya::wire {
namespace {

Bytes written(const std::vector<double>& values) {
    Writer out;
    write_column(out, values);
    return std::move(out).take();
}

/// Bit by bit, because NaN is not equal to itself and -0.0 is equal to 0.0.
void expect_round_trip(const std::vector<double>& values) {
    const Bytes bytes = written(values);
    std::vector<double> back(values.size());
    Reader in(bytes);
    read_column(in, back);
    ASSERT_TRUE(in.done());
    for (std::size_t i = 0; i < values.size(); ++i) {
        EXPECT_EQ(std::bit_cast<std::uint64_t>(back[i]), std::bit_cast<std::uint64_t>(values[i]))
            << "value " << i << ": " << values[i] << " came back as " << back[i];
    }
}

TEST(Column, GivesBackEveryBitOfSpecialValues) {
    using limits = std::numeric_limits<double>;
    const std::vector<double> special{0.0,
                                      -0.0,
                                      1.0,
                                      -1.0,
                                      limits::infinity(),
                                      -limits::infinity(),
                                      limits::quiet_NaN(),
                                      limits::signaling_NaN(),
                                      std::bit_cast<double>(0xfff8'0000'dead'beefu),
                                      limits::denorm_min(),
                                      -limits::denorm_min(),
                                      limits::min(),
                                      limits::max(),
                                      limits::lowest(),
                                      0.1 + 0.2,
                                      9007199254740992.0,
                                      -9007199254740993.0,
                                      1e300,
                                      absent()};
    for (const double value : special) {
        expect_round_trip({value});
        expect_round_trip({1.25, value, 1.5});
        expect_round_trip({value, absent(), value});
    }
    expect_round_trip(special);
}

TEST(Column, GivesBackRandomBitPatternsAndRandomDecimals) {
    std::mt19937_64 random(20261122);
    for (int round = 0; round < 2000; ++round) {
        std::vector<double> bits, decimals;
        for (std::uint64_t i = 0; i < 1 + random() % 20; ++i) {
            bits.push_back(std::bit_cast<double>(random()));
            const double scale = std::pow(10.0, static_cast<double>(random() % 12));
            decimals.push_back(
                static_cast<double>(static_cast<std::int64_t>(random() >> (random() % 64))) /
                scale);
        }
        expect_round_trip(bits);
        expect_round_trip(decimals);
    }
}

TEST(Column, IsSmallForWhatHostsMeasure) {
    EXPECT_EQ(written({}).size(), 1u);
    EXPECT_EQ(written({0}).size(), 3u);
    EXPECT_EQ(written({12.5}).size(), 3u);
    EXPECT_EQ(written(std::vector<double>(1000, 8'200'000'000.0)).size(), 1u + 5u + 1u + 2u);
    EXPECT_EQ(written({1, 2, absent(), 4}).size(), 1u + 1u + 3u);
    EXPECT_EQ(written({std::numeric_limits<double>::infinity()}).size(), 9u);
}

TEST(Column, RefusesBrokenBytes) {
    const auto refused = [](Bytes bytes, std::size_t ticks) {
        std::vector<double> values(ticks);
        Reader in(bytes);
        read_column(in, values);
        return !in.done();
    };
    EXPECT_FALSE(refused({0x00, 0x02}, 1));               // one, as a check of the check
    EXPECT_TRUE(refused({}, 1));                          // nothing
    EXPECT_TRUE(refused({0x00}, 1));                      // no value
    EXPECT_TRUE(refused({0x0a, 0x02}, 1));                // unknown coding
    EXPECT_TRUE(refused({0x20, 0x02}, 1));                // unknown flag
    EXPECT_TRUE(refused({0x00, 0x00, 0x05}, 3));          // run longer than the row
    EXPECT_TRUE(refused({0x0f, 1, 2, 3, 4, 5, 6, 7}, 1)); // raw value cut short
    EXPECT_TRUE(refused({0x10}, 1));                      // no bitmap
    Bytes beyond = Writer().u8(0).varint(zigzag((std::int64_t{1} << 53) + 1)).bytes();
    EXPECT_TRUE(refused(beyond, 1)); // beyond what a double counts exactly
}

TEST(Column, ZigzagIsItsOwnInverse) {
    for (const std::int64_t value :
         {std::int64_t{0}, std::int64_t{-1}, std::int64_t{1},
          std::numeric_limits<std::int64_t>::min(), std::numeric_limits<std::int64_t>::max()}) {
        EXPECT_EQ(unzigzag(zigzag(value)), value);
    }
    EXPECT_EQ(zigzag(-1), 1u);
    EXPECT_EQ(zigzag(1), 2u);
}

} // namespace
} // namespace atalaya::wire
