#include "agent/memory_disk.hpp"
#include "agent/spool.hpp"

#include <gtest/gtest.h>

namespace atalaya::agent {
namespace {

const wire::SeriesTable two_series{{.name = "cpu_percent", .labels = {{"mode", "user"}}},
                                   {.name = "uptime_s", .labels = {}}};

Tick tick_at(std::int64_t index) {
    return {.time_ms = 1'763'800'000'000 + index * 10'000,
            .series = two_series,
            .values = {static_cast<double>(index) / 4, static_cast<double>(index)}};
}

/// A spool on a disk that outlives it.
struct Bench {
    MemoryDisk disk;
    SeededRandom random{1};
    SpoolLimits limits{};
    std::optional<Spool> spool{};

    Bench() { open(); }
    void open() {
        spool.reset();
        spool.emplace(disk, random, limits);
    }
    void fill(std::int64_t from, std::int64_t to) {
        for (std::int64_t i = from; i < to; ++i)
            ASSERT_TRUE(spool->append(tick_at(i)));
    }
};

TEST(SpoolRecord, Crc32cIsCastagnolis) {
    EXPECT_EQ(crc32c(as_bytes("123456789")), 0xe3069283u); // RFC 3720, B.4 lists others of the kind
}

TEST(Spool, GivesTicksBackInOneOrderedPush) {
    Bench bench;
    bench.fill(0, 5);
    ASSERT_TRUE(bench.spool->cut({}, {}));
    const auto push = bench.spool->read_pending();
    ASSERT_TRUE(push);
    EXPECT_EQ(push->seq, 1u);
    EXPECT_EQ(push->stream, bench.spool->stream());
    EXPECT_EQ(push->times_ms.size(), 5u);
    EXPECT_EQ(push->times_ms.front(), tick_at(0).time_ms);
    EXPECT_EQ(push->column(1)[4], 4.0);
    EXPECT_EQ(push->column(0)[2], 0.5);
    EXPECT_EQ(*push->series, two_series);
    EXPECT_TRUE(bench.spool->pending()->with_table);
    bench.spool->settle(1, true);
    EXPECT_EQ(bench.spool->waiting(), 0u);
    EXPECT_FALSE(bench.spool->cut({}, {}));
}

TEST(Spool, APushUnderWayIsTheSameAfterARestartThoughMoreTicksWait) {
    Bench bench;
    bench.fill(0, 3);
    const wire::HostFacts facts{.hostname = "host.example"};
    ASSERT_TRUE(bench.spool->cut({}, facts));
    const Bytes before = encode_push(*bench.spool->read_pending());
    bench.fill(3, 6);
    bench.open();
    EXPECT_EQ(bench.spool->waiting(), 6u);
    ASSERT_TRUE(bench.spool->pending());
    EXPECT_EQ(encode_push(*bench.spool->read_pending()), before);
    bench.spool->settle(1, true);
    ASSERT_TRUE(bench.spool->cut({}, {}));
    EXPECT_EQ(bench.spool->read_pending()->seq, 2u);
    EXPECT_EQ(bench.spool->read_pending()->times_ms.front(), tick_at(3).time_ms);
}

TEST(Spool, AStreamGoesOnAfterARestartAndSeqsAreNotUsedTwice) {
    Bench bench;
    bench.fill(0, 1);
    ASSERT_TRUE(bench.spool->cut({}, {}));
    bench.spool->settle(1, true);
    const std::uint64_t stream = bench.spool->stream();
    bench.open();
    EXPECT_EQ(bench.spool->stream(), stream);
    EXPECT_EQ(bench.spool->waiting(), 0u);
    EXPECT_EQ(bench.spool->last_time_ms(), tick_at(0).time_ms);
    bench.fill(1, 2);
    ASSERT_TRUE(bench.spool->cut({}, {}));
    EXPECT_EQ(bench.spool->pending()->seq, 2u);
}

TEST(Spool, LeavesTheTableOutWhenTheServerKnowsIt) {
    Bench bench;
    bench.fill(0, 1);
    ASSERT_TRUE(bench.spool->cut({}, {}));
    const wire::TableId id = bench.spool->read_pending()->table;
    bench.spool->settle(1, true);
    bench.fill(1, 2);
    ASSERT_TRUE(bench.spool->cut(id, {}));
    EXPECT_FALSE(bench.spool->pending()->with_table);
}

TEST(Spool, APushEndsWhereTheTableChangesOrTimeRunsBack) {
    Bench bench;
    bench.fill(0, 2);
    Tick other = tick_at(2);
    other.series.pop_back();
    other.values.pop_back();
    ASSERT_TRUE(bench.spool->append(other));
    bench.fill(3, 5);
    ASSERT_TRUE(bench.spool->append(tick_at(1)));
    std::vector<std::size_t> sizes;
    while (bench.spool->cut({}, {})) {
        const auto push = bench.spool->read_pending();
        sizes.push_back(push->times_ms.size());
        bench.spool->settle(push->seq, true);
    }
    EXPECT_EQ(sizes, (std::vector<std::size_t>{2, 1, 2, 1}));
}

TEST(Spool, BackfillsAtMostTheTicksOfOnePushAtOnce) {
    Bench bench;
    bench.fill(0, 1000);
    ASSERT_TRUE(bench.spool->cut({}, {}));
    EXPECT_EQ(bench.spool->read_pending()->times_ms.size(), bench.limits.push_ticks_max);
}

TEST(Spool, DropsTheOldestAtItsBoundAndCountsThem) {
    Bench bench;
    bench.limits = {.bytes_max = 4096, .segment_bytes = 512};
    bench.open();
    bench.fill(0, 1000);
    EXPECT_LE(bench.spool->size_bytes(), 4096u + 512u);
    const std::uint64_t dropped = bench.spool->dropped();
    EXPECT_GT(dropped, 500u);
    EXPECT_EQ(bench.spool->waiting() + dropped, 1000u);
    bench.open();
    EXPECT_EQ(bench.spool->dropped(), dropped);
    ASSERT_TRUE(bench.spool->cut({}, {}));
    const auto push = bench.spool->read_pending();
    EXPECT_EQ(push->dropped, dropped);
    EXPECT_EQ(push->times_ms.front(), tick_at(static_cast<std::int64_t>(dropped)).time_ms);
}

TEST(Spool, RemovesSegmentsThatAreSettled) {
    Bench bench;
    bench.limits.segment_bytes = 512;
    bench.open();
    bench.fill(0, 300);
    EXPECT_GT(bench.disk.files.size(), 5u);
    while (bench.spool->cut({}, {}))
        bench.spool->settle(bench.spool->pending()->seq, true);
    EXPECT_EQ(bench.disk.files.size(), 1u);
}

TEST(Spool, AFullDiskLosesTicksAndCountsThemButNothingElse) {
    Bench bench;
    bench.fill(0, 3);
    bench.disk.full = true;
    EXPECT_FALSE(bench.spool->append(tick_at(3)));
    EXPECT_FALSE(bench.spool->cut({}, {}));
    EXPECT_EQ(bench.spool->dropped(), 1u);
    bench.disk.full = false;
    bench.fill(4, 5);
    ASSERT_TRUE(bench.spool->cut({}, {}));
    EXPECT_EQ(bench.spool->read_pending()->times_ms.size(), 4u);
    EXPECT_EQ(bench.spool->pending()->seq, 1u);
}

TEST(Spool, ARefusedPushIsCounted) {
    Bench bench;
    bench.fill(0, 3);
    ASSERT_TRUE(bench.spool->cut({}, {}));
    bench.spool->settle(1, false);
    EXPECT_EQ(bench.spool->dropped(), 3u);
    EXPECT_EQ(bench.spool->waiting(), 0u);
}

/// Whatever byte a crash tears the file at: all ticks before it are there, and writing goes on.
TEST(Spool, CutsATornTailAtTheLastGoodRecord) {
    Bench whole;
    std::vector<std::size_t> ends{whole.disk.files.begin()->second.content.size()};
    for (std::int64_t i = 0; i < 6; ++i) {
        whole.fill(i, i + 1);
        ends.push_back(whole.disk.files.begin()->second.content.size());
    }
    const std::string name = whole.disk.files.begin()->first;
    const std::uint64_t stream = whole.spool->stream();
    for (std::size_t size = 0; size <= ends.back(); ++size) {
        Bench torn;
        torn.disk.files = whole.disk.files;
        torn.disk.files.at(name).content.resize(size);
        torn.disk.files.at(name).synced = size;
        torn.random = SeededRandom(size + 2);
        torn.open();
        const auto good =
            static_cast<std::uint64_t>(std::ranges::upper_bound(ends, size) - ends.begin() - 1);
        EXPECT_EQ(torn.spool->waiting(), size < ends.front() ? 0 : good) << "torn at " << size;
        if (size >= ends.front()) {
            EXPECT_EQ(torn.spool->stream(), stream);
        }
        ASSERT_TRUE(torn.spool->append(tick_at(100)));
        torn.open();
        EXPECT_EQ(torn.spool->waiting(), (size < ends.front() ? 0 : good) + 1);
        ASSERT_TRUE(torn.spool->cut({}, {}));
        ASSERT_TRUE(torn.spool->read_pending());
        EXPECT_EQ(torn.spool->read_pending()->times_ms.back(), tick_at(100).time_ms);
    }
}

/// A flipped bit anywhere is noticed: no tick comes back changed.
TEST(Spool, NoticesEveryFlippedBit) {
    Bench whole;
    whole.fill(0, 3);
    const std::string name = whole.disk.files.begin()->first;
    const std::size_t bits = whole.disk.files.at(name).content.size() * 8;
    for (std::size_t bit = 0; bit < bits; ++bit) {
        Bench damaged;
        damaged.disk.files = whole.disk.files;
        damaged.disk.files.at(name).content[bit / 8] ^= static_cast<std::uint8_t>(1 << bit % 8);
        damaged.open();
        ASSERT_LT(damaged.spool->waiting(), 3u);
        if (!damaged.spool->cut({}, {}))
            continue;
        const auto push = damaged.spool->read_pending();
        ASSERT_TRUE(push);
        for (std::size_t i = 0; i < push->times_ms.size(); ++i) {
            const Tick good = tick_at(static_cast<std::int64_t>(i));
            ASSERT_EQ(push->times_ms[i], good.time_ms);
            ASSERT_EQ(push->column(0)[i], good.values[0]);
        }
    }
}

} // namespace
} // namespace atalaya::agent
