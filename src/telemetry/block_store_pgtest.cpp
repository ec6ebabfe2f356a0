#include "db/selftest.hpp"
#include "telemetry/test_series.hpp"

#include <cmath>
#include <fstream>
#include <iterator>
#include <limits>
#include <random>

namespace atalaya::telemetry {
namespace {

using test::BlockStoreTest;
using test::CompactedTest;
using test::Interrupted;
using test::Lines;
using test::Model;
using test::series;

TEST_F(BlockStoreTest, GivesBackWhatWasWritten) {
    write(*store, ours, {{series("up", "a"), {{ago_ms(20), 1}, {ago_ms(10), 0}}}});
    write(*store, ours, {{series("up", "b"), {{ago_ms(10), 5}}}});
    EXPECT_EQ(read(*store, ours), model(ours));
    EXPECT_EQ(read(*store, ours).size(), 2u);
    store = make_store();
    EXPECT_EQ(read(*store, ours), model(ours));
}

TEST_F(BlockStoreTest, RefusesWhatCannotBeTakenAndTakesTheRest) {
    Written written =
        write(*store, ours,
              {{series("up", "a"), {{ago_ms(10), 1}, {ago_ms(-3600), 2}, {ago_ms(31 * 86400), 3}}},
               {{{"b", "1"}, {"a", "1"}}, {{ago_ms(10), 1}}}});
    EXPECT_EQ(written.samples, 1u);
    EXPECT_EQ(written.refused, (std::array<std::size_t, refusal_count>{1, 1, 1, 0}));
    EXPECT_EQ(written.first_refusal, "a sample lies in the future: up{instance=\"a\"}");
    written = {}; // before the store that it belongs to
    store = make_store({.series_max = 2});
    for (const char* instance : {"a", "b", "c"}) {
        write(*store, ours, {{series("up", instance), {{ago_ms(5), 1}}}});
    }
    const MemoryStats stats =
        db::transact(connection, ours, [&](db::Tx& tx) { return store->measure_memory(tx, 1); });
    EXPECT_EQ(stats.active_series, 2);
    EXPECT_EQ(stats.series, 2);
    EXPECT_EQ(stats.samples, 3);
    EXPECT_EQ(stats.refused.back(), 1);
    EXPECT_EQ(read(*store, ours).size(), 2u);
}

TEST_F(BlockStoreTest, ASeriesThatAnotherStoreMadeIsTheSame) {
    const auto other = make_store();
    EXPECT_TRUE(read(*other, ours).empty());
    write(*store, ours, {{series("up", "a"), {{ago_ms(20), 1}}}});
    // Its rows of the log come behind ours.
    write(*other, theirs, {{series("up", "a"), {{ago_ms(20), 1}}}});
    write(*other, theirs, {{series("up", "a"), {{ago_ms(10), 1}}}});
    db::transact(connection, ours, [&](db::Tx& tx) {
        const std::array labels{LabelView{"__name__", "up"}, LabelView{"instance", "a"}};
        const std::array samples{Sample{ago_ms(5), 1}};
        other->append(tx, std::array{SeriesWrite{labels, samples}});
    });
    EXPECT_EQ(*database.value("select count(distinct series_id) from app.series where team_id = '" +
                              to_string(ours.team) + "'"),
              "1");
}

TEST_F(CompactedTest, BlocksTakeThePlaceOfTheLog) {
    std::vector<Sample> samples;
    for (int i = 0; i < 1'000; ++i) {
        samples.push_back({ago_ms(60'000 - i * 60), std::sqrt(i)});
    }
    write(*store, ours, {{series("up", "a"), samples}});
    write(*store, theirs, {{series("up", "a"), {{ago_ms(60), 7}}}});
    compact();
    EXPECT_EQ(read(*store, ours), model(ours));
    EXPECT_EQ(read(*store, theirs), model(theirs));
    EXPECT_EQ(count("metric_log"), "0");
    EXPECT_EQ(count("metric_windows"), "0");
    EXPECT_EQ(*database.value("select count(*) from pg_inherits where inhparent in "
                              "('app.metric_log'::regclass, 'app.metric_windows'::regclass)"),
              "0");
    EXPECT_EQ(store->memory().bytes(), 0u);
    store = make_store();
    EXPECT_EQ(read(*store, ours), model(ours));
    SystemRandom other;
    EXPECT_TRUE(db::run_selftest(connection, other).empty());
    const auto measure = [&] {
        return db::transact(connection, ours,
                            [&](db::Tx& tx) { return store->measure_stored(tx); });
    };
    const StoredStats stored = measure();
    EXPECT_EQ(stored.samples, 1'000);
    EXPECT_GT(stored.bytes, 0);
    EXPECT_EQ(stored.at.us / 1000, clock.now().us / 1000);
    write(*store, ours, {{series("up", "a"), {{ago_ms(30), 1}}}});
    EXPECT_EQ(measure().bytes, stored.bytes) << "it is not counted anew each time";
    clock.advance(std::chrono::minutes(6));
    EXPECT_GT(measure().bytes, stored.bytes);
}

TEST_F(CompactedTest, WritesAWindowOnlyWhenItIsOver) {
    write(*store, ours, {{series("up", "a"), {{ago_ms(6 * 3600), 1}, {ago_ms(0), 2}}}});
    compact(false);
    EXPECT_EQ(count("metric_windows") + count("metric_blocks"), "00") << "it may come in pieces";
    clock.advance(std::chrono::seconds(61));
    compact(false);
    EXPECT_NE(count("metric_windows") + count("metric_blocks"), "00");
    EXPECT_GT(store->memory().bytes(), 0u);
    EXPECT_EQ(read(*store, ours), model(ours));
}

TEST_F(CompactedTest, ADayThatIsOverAndAllInMemoryIsWrittenAtOnce) {
    const std::int64_t midnight_ms = floor_to(ago_ms(3 * 86'400), day_ms);
    std::vector<Sample> samples;
    for (int i = 0; i < 24 * 12; ++i) {
        samples.push_back({midnight_ms + i * 300'000, std::sqrt(i)});
    }
    const auto send = [&](std::size_t first, std::size_t count) {
        const auto part = std::span(samples).subspan(first, count);
        write(*store, ours, {{series("up", "a"), {part.begin(), part.end()}}});
    };
    send(0, 200);
    compact(false);
    EXPECT_EQ(count("metric_blocks") + count("metric_windows"), "00") << "more may come";
    clock.advance(std::chrono::seconds(5));
    send(200, 88);
    clock.advance(std::chrono::seconds(6));
    compact(false);
    EXPECT_EQ(count("metric_blocks") + count("metric_windows"), "00") << "not all of it is quiet";
    clock.advance(std::chrono::seconds(5));
    EXPECT_THROW(compact(false, "day"), Interrupted);
    EXPECT_EQ(read(*store, ours), model(ours));
    compact(false);
    EXPECT_EQ(count("metric_blocks") + count("metric_windows"), "10");
    EXPECT_EQ(read(*store, ours), model(ours));
    samples[7].value = 5;
    send(7, 1);
    clock.advance(std::chrono::seconds(11));
    compact(false);
    EXPECT_EQ(count("metric_blocks") + count("metric_windows"), "10");
    EXPECT_EQ(read(*store, ours), model(ours)) << "the later one stands in the block";
    store = make_store();
    EXPECT_EQ(read(*store, ours), model(ours));
}

/// It holds locks since its first look, and nobody tells it of partitions that were attached since.
TEST_F(CompactedTest, ATransactionThatLooksAgainFindsWhatWentIntoBlocksMeanwhile) {
    go_to_afternoon_ms();
    write(*store, ours, {{series("up", "a"), {{ago_ms(3 * 86'400), 1}}}});
    compact();
    write(*store, ours, {{series("up", "a"), {{ago_ms(5 * 3'600), 2}}}});
    db::transact(connection, ours, [&](db::Tx& tx) {
        const auto count = [&] {
            std::size_t samples = 0;
            store->select(tx, {}, {0, ago_ms(0)},
                          [&](const promql::SeriesView& view) { samples += view.times_ms.size(); });
            return samples;
        };
        EXPECT_EQ(count(), 2u);
        EXPECT_THROW(compact(true, "day"), Interrupted);
        EXPECT_EQ(store->memory().bytes(), 0u);
        EXPECT_EQ(count(), 2u);
    });
}

TEST_F(CompactedTest, WhatCameLateIsMergedThoughTheDayGoesOn) {
    constexpr std::int64_t hour_s = 3'600;
    const std::int64_t midnight_s = go_to_afternoon_ms() / 1000;
    const auto send = [&](std::initializer_list<int> hours) {
        for (const int hour : hours) {
            write(*store, ours, {{series("up", "a"), {{(midnight_s + hour * hour_s) * 1000, 1}}}});
        }
        compact(false);
        EXPECT_NE(count("metric_log"), "0") << "more may come";
        clock.advance(std::chrono::seconds(11));
        compact(false);
        EXPECT_EQ(count("metric_log"), "0") << "nothing is in memory";
        EXPECT_EQ(read(*store, ours), model(ours));
        return count("metric_windows") + " " + count("metric_blocks");
    };
    EXPECT_EQ(send({1, 3, 5, 7, 9}), "5 0");
    EXPECT_EQ(send({11}), "0 1");
}

TEST_F(CompactedTest, ASeriesIsNotWrittenAgainForADayThatItsRowHas) {
    write(*store, ours, {{series("up", "a"), {{ago_ms(60), 7}}}});
    const std::string place = *database.value("select ctid from app.series");
    compact();
    EXPECT_EQ(*database.value("select ctid from app.series"), place);
}

TEST_F(CompactedTest, NoLabelLiesInTheDatabaseInPlainText) {
    write(*store, ours, {{series("planted_metric_name", "planted_value"), {{ago_ms(60), 1}}}});
    const auto finds_planted = [] {
        for (const auto& file :
             std::filesystem::recursive_directory_iterator(pgtest::data_directory())) {
            if (!file.is_regular_file())
                continue;
            std::ifstream in(file.path(), std::ios::binary);
            const std::string text((std::istreambuf_iterator<char>(in)), {});
            if (text.find("planted_metric") != text.npos || text.find("planted_v") != text.npos)
                return file.path().string();
        }
        return std::string();
    };
    compact();
    database.as_superuser("checkpoint");
    EXPECT_EQ(finds_planted(), "");
    database.as_superuser("create table plain as select 'planted_metric' as text; checkpoint");
    EXPECT_NE(finds_planted(), "") << "the search itself finds nothing";
}

/// Whatever is interrupted, and wherever the program ends, what was acknowledged is read back.
TEST_F(CompactedTest, IsWhatWasWrittenWhateverHappens) {
    std::mt19937_64 dice(20'261'123);
    const auto roll = [&](std::uint64_t sides) { return dice() % sides; };
    constexpr std::array<std::string_view, 4> steps{"window", "day", "generation", ""};
    for (int round = 0; round < 150; ++round) {
        std::vector<Lines> lines;
        for (std::uint64_t each = 0; each <= roll(4); ++each) {
            Lines& line = lines.emplace_back(
                Lines{series("m" + std::to_string(roll(3)), std::to_string(roll(4))), {}});
            std::int64_t time = ago_ms(static_cast<std::int64_t>(roll(3) == 0 ? roll(200'000) : 0));
            for (std::uint64_t i = 0; i <= roll(150); ++i) {
                const double value = roll(40) == 0  ? stale_value()
                                     : roll(3) == 0 ? std::bit_cast<double>(dice())
                                                    : static_cast<double>(roll(100)) / 10;
                // On a grid, so that samples are written over one another.
                line.samples.push_back({floor_to(time, 60'000), value});
                time -= static_cast<std::int64_t>(roll(3) * 60'000);
            }
        }
        const auto& scope = roll(4) == 0 ? theirs : ours;
        ASSERT_GT(write(*store, scope, lines).samples, 0u);
        clock.advance(std::chrono::minutes(roll(20)));
        if (roll(3) == 0) {
            const std::string_view break_at = steps[roll(steps.size())];
            try {
                compact(roll(4) != 0, break_at);
            } catch (const Interrupted& step) {
                EXPECT_EQ(step.what(), break_at);
            }
        }
        if (roll(8) == 0)
            store = make_store();
        ASSERT_TRUE(read(*store, ours) == model(ours)) << "round " << round;
        ASSERT_TRUE(read(*store, theirs) == model(theirs)) << "round " << round;
    }
}

} // namespace
} // namespace atalaya::telemetry
