#include "telemetry/block_cache.hpp"

#include <gtest/gtest.h>

namespace atalaya::telemetry {
namespace {

TeamId team(std::uint8_t number) {
    TeamId id;
    id.bytes[0] = number;
    return id;
}

OpenedDay rows(std::size_t bytes) {
    return std::make_shared<const std::vector<Bytes>>(1, Bytes(bytes));
}

struct BlockCacheTest : testing::Test {
    bool has(TeamId of, std::int64_t series, std::int64_t day) {
        return cache.find({of, series, day}) != nullptr;
    }
    void keep(TeamId of, std::int64_t series, std::int64_t day, std::size_t bytes = 100) {
        cache.keep({of, series, day}, rows(bytes), cache.version(of));
    }

    BlockCache cache{10'000};
    const TeamId ours = team(1), theirs = team(2);
};

TEST_F(BlockCacheTest, GivesBackWhatWasKeptToItsTeamAlone) {
    const OpenedDay day = rows(7);
    cache.keep({ours, 1, 2}, day, cache.version(ours));
    EXPECT_EQ(cache.find({ours, 1, 2}), day);
    EXPECT_FALSE(has(theirs, 1, 2));
    EXPECT_FALSE(has(ours, 2, 2));
    EXPECT_FALSE(has(ours, 1, 1));
}

TEST_F(BlockCacheTest, WhatWasUsedLongestAgoGoes) {
    for (std::int64_t series = 0; series < 5; ++series) {
        keep(ours, series, 0, 1'500);
    }
    EXPECT_TRUE(has(ours, 0, 0));
    keep(ours, 5, 0, 1'500);
    EXPECT_TRUE(has(ours, 0, 0));
    EXPECT_FALSE(has(ours, 1, 0));
    EXPECT_LE(cache.bytes(), 10'000u);
    keep(ours, 6, 0, 20'000);
    EXPECT_FALSE(has(ours, 6, 0)) << "what is larger than all is not kept";
    EXPECT_EQ(cache.bytes(), 0u);
}

TEST_F(BlockCacheTest, ADayThatChangedIsReadAnew) {
    keep(ours, 1, 1);
    keep(ours, 1, 2);
    keep(theirs, 1, 1);
    cache.drop_day(ours, 1);
    EXPECT_FALSE(has(ours, 1, 1));
    EXPECT_TRUE(has(ours, 1, 2));
    EXPECT_TRUE(has(theirs, 1, 1));
    keep(ours, 1, 3);
    cache.drop_before(ours, 3);
    EXPECT_FALSE(has(ours, 1, 2));
    EXPECT_TRUE(has(ours, 1, 3));
    cache.drop_team(ours);
    EXPECT_FALSE(has(ours, 1, 3));
    EXPECT_TRUE(has(theirs, 1, 1));
}

TEST_F(BlockCacheTest, RowsThatWereReadBeforeAChangeAreNotKept) {
    const std::uint64_t before = cache.version(ours);
    const std::uint64_t elsewhere = cache.version(theirs);
    cache.drop_day(ours, 9);
    cache.keep({ours, 1, 1}, rows(1), before);
    EXPECT_FALSE(has(ours, 1, 1));
    cache.keep({theirs, 1, 1}, rows(1), elsewhere);
    EXPECT_TRUE(has(theirs, 1, 1));
    cache.keep({ours, 1, 1}, rows(1), cache.version(ours));
    EXPECT_TRUE(has(ours, 1, 1));
}

TEST_F(BlockCacheTest, TheSameAgainCountsOnce) {
    keep(ours, 1, 1, 500);
    const std::size_t bytes = cache.bytes();
    keep(ours, 1, 1, 500);
    EXPECT_EQ(cache.bytes(), bytes);
}

} // namespace
} // namespace atalaya::telemetry
