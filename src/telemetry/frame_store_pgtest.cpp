#include "db/error.hpp"
#include "db/selftest.hpp"
#include "db_sql.hpp"
#include "telemetry/test_store.hpp"
#include "telemetry_sql.hpp"

#include <thread>

namespace atalaya {

db::MigrationLists pgtest::migrations() {
    return {sql::db::migrations, sql::telemetry::migrations};
}

namespace telemetry {
namespace {

using namespace std::chrono_literals;
using test::small_push;
using test::small_table;
using test::Stores;
using test::StoreTest;

wire::Push without_table(wire::Push push) {
    push.series.reset();
    return push;
}

TEST_F(StoreTest, StatementsFitTheSchema) {
    EXPECT_EQ(pgtest::unpreparable(database, {sql::telemetry::statements}),
              std::vector<std::string>{});
}

TEST_F(StoreTest, APushThatComesAgainChangesNothing) {
    const auto one = small_push(1, ago_ms(20s), 90, 1);
    EXPECT_EQ(push(*store, one), AppendResult::stored);
    EXPECT_EQ(push(*store, one), AppendResult::stored);
    EXPECT_EQ(push(*store, small_push(2, ago_ms(10s), 80, 2)), AppendResult::stored);
    const auto restarted = make_store();
    EXPECT_EQ(push(*restarted, one), AppendResult::stored);
    for (Stores* each : {store.get(), restarted.get()}) {
        const Range range = read(*each, last(1min));
        EXPECT_EQ(range.step_s, 10);
        ASSERT_EQ(range.series.size(), 2u);
        EXPECT_EQ(std::ranges::count(range.series[0].average, 90), 1);
        EXPECT_EQ(std::ranges::count(range.series[0].average, 80), 1);
        EXPECT_EQ(range.series[0].unit, wire::Unit::percent);
        EXPECT_EQ(range.series[1].labels, (std::vector<wire::Label>{{"window", "1m"}}));
    }
    compact(*restarted);
    EXPECT_EQ(*database.value("select sum(samples) from app.metric_blocks"), "4");
}

TEST_F(StoreTest, EachColumnIsASeriesOfItsServer) {
    push(*store, small_push(1, ago_ms(20s), 90, 1));
    const std::vector<Labels> all = list(*store);
    const Labels expected{{"__name__", "load"},
                          {"server", "web-1"},
                          {"server_id", to_string(server)},
                          {"window", "1m"}};
    ASSERT_EQ(all.size(), 2u);
    EXPECT_EQ(all[1], expected);
    EXPECT_EQ(list(*make_store()), all);
}

TEST_F(StoreTest, ARenamedServerKeepsItsPast) {
    push(*store, small_push(1, ago_ms(20s), 90, 1));
    name = "web-2";
    store->frames.note_renamed(ours.team, server);
    const auto next = small_push(2, ago_ms(10s), 80, 1);
    EXPECT_EQ(push(*store, without_table(next)), AppendResult::unknown_table);
    EXPECT_EQ(push(*store, next), AppendResult::stored);
    EXPECT_EQ(list(*store).size(), 4u);
    for (const auto& each : {make_store(), std::exchange(store, nullptr)}) {
        const Range range = read(*each, last(1min));
        ASSERT_EQ(range.series.size(), 2u);
        EXPECT_EQ(std::ranges::count(range.series[0].average, 90), 1);
        EXPECT_EQ(std::ranges::count(range.series[0].average, 80), 1);
    }
}

/// It asks for the name, and somebody else changes it before the push is in memory.
TEST_F(StoreTest, APushUnderAnOldNameDoesNotOutliveTheNewOne) {
    const auto one = small_push(1, ago_ms(20s), 90, 1);
    const Appended done =
        db::transact(connection, ours, [&](db::Tx& tx) { return append(*store, tx, one); });
    store->frames.note_renamed(ours.team, server);
    store->frames.publish(one, done);
    EXPECT_EQ(push(*store, without_table(small_push(2, ago_ms(10s), 80, 1))),
              AppendResult::unknown_table);
}

TEST_F(StoreTest, NobodyElseWritesToTheSeriesOfAServer) {
    push(*store, small_push(1, ago_ms(20s), 90, 1));
    const std::array samples{Sample{ago_ms(10s), 7}};
    const auto refused = [&](Stores& by, const Labels& labels) {
        std::vector<LabelView> views;
        for (const Label& label : labels) {
            views.push_back({label.name, label.value});
        }
        const std::array writes{SeriesWrite{views, samples}};
        const Written written = db::transact(
            connection, ours, [&](db::Tx& tx) { return by.series.append(tx, writes); });
        by.series.publish(ours.team, written);
        return written.refused[static_cast<std::size_t>(Refusal::bad_labels)] == 1;
    };
    const auto restarted = make_store();
    for (Stores* each : {store.get(), restarted.get()}) {
        EXPECT_TRUE(refused(*each, list(*each).front()));
        EXPECT_TRUE(refused(*each, {{"__name__", "forged"}, {"server_id", to_string(server)}}));
        EXPECT_FALSE(refused(*each, {{"__name__", "m"}, {"server_id", "NATS7"}}));
    }
}

TEST_F(StoreTest, AnAgentSetsNoLabelOfOurs) {
    for (const char* label : {"server", "server_id", "__name__"}) {
        const wire::SeriesTable table{{"load", {{label, "other"}}, wire::Unit::count}};
        EXPECT_EQ(push(*store, test::make_push(table, 1, {ago_ms(10s)}, {1})),
                  AppendResult::wrong_table)
            << label;
    }
}

TEST_F(StoreTest, TheTeamsCapMakesNoServerBlindButEachHasItsOwn) {
    store = make_store({.series_max = 1});
    EXPECT_EQ(push(*store, small_push(1, ago_ms(20s), 90, 1)), AppendResult::stored);
    const auto active = [&] {
        return db::transact(connection, ours, [&](db::Tx& tx) {
            return store->series.measure_memory(tx, 1).active_series;
        });
    };
    EXPECT_EQ(active(), 2);
    wire::SeriesTable wide;
    for (int i = 10'000; i < 19'999; ++i) {
        wide.push_back({"metric_" + std::to_string(i), {}, wire::Unit::count});
    }
    const auto all = test::make_push(wide, 2, {ago_ms(10s)}, std::vector<double>(wide.size(), 1));
    EXPECT_EQ(push(*store, all), AppendResult::too_wide);
    EXPECT_EQ(active(), 2);
    clock.advance(5h);
    EXPECT_EQ(push(*store, all), AppendResult::stored) << "the others are active no more";
}

TEST_F(StoreTest, AGapIsNoSample) {
    push(*store, test::make_push(small_table(), 1, {ago_ms(20s), ago_ms(10s)},
                                 {1, wire::absent(), std::nan(""), 2}));
    EXPECT_EQ(store->series.memory().find_team(ours.team)->index.all().size(), 2u);
    compact(*store);
    EXPECT_EQ(*database.value("select sum(samples) from app.metric_blocks"), "2");
}

TEST_F(StoreTest, WhatWasCompactedIsReadAsBefore) {
    std::vector<std::int64_t> times;
    std::vector<double> values;
    for (int i = 360; i > 0; --i) {
        times.push_back(ago_ms(10s * i + 26h));
    }
    for (std::size_t i = 0; i < 2 * times.size(); ++i) {
        values.push_back(static_cast<double>(i % 7));
    }
    push(*store, test::make_push(small_table(), 1, times, values));
    push(*store, small_push(2, ago_ms(10s), 90, 1));
    const Range before = read(*store, last(48h));
    compact(*store);
    EXPECT_EQ(count("metric_log"), "0");
    for (const auto& each : {make_store(), std::exchange(store, nullptr)}) {
        const Range after = read(*each, last(48h));
        ASSERT_EQ(after.series.size(), 2u);
        EXPECT_EQ(after.step_s, before.step_s);
        for (std::size_t i = 0; i < before.times.size(); ++i) {
            const double was = before.series[0].average[i], is = after.series[0].average[i];
            EXPECT_TRUE(was == is || (std::isnan(was) && std::isnan(is))) << i;
        }
    }
}

TEST_F(StoreTest, AsksForATableThatItDoesNotKnow) {
    const auto one = small_push(1, ago_ms(20s), 90, 1);
    EXPECT_EQ(push(*store, without_table(one)), AppendResult::unknown_table);
    EXPECT_EQ(push(*store, one), AppendResult::stored);
    EXPECT_EQ(push(*store, without_table(small_push(2, ago_ms(10s), 80, 1))), AppendResult::stored);
    EXPECT_EQ(push(*make_store(), without_table(small_push(3, ago_ms(5s), 70, 1))),
              AppendResult::unknown_table)
        << "a start knows no tables";
    EXPECT_EQ(read(*store, last(1min)).series.size(), 2u);
    server = ServerId(random.uuid());
    EXPECT_EQ(push(*store, without_table(one)), AppendResult::unknown_table)
        << "a table is known for one server, not for all";
}

TEST_F(StoreTest, RefusesATableWithAnotherId) {
    auto one = small_push(1, ago_ms(20s), 90, 1);
    ++one.table.value;
    EXPECT_EQ(push(*store, one), AppendResult::wrong_table);
    one = small_push(1, ago_ms(20s), 90, 1);
    EXPECT_EQ(push(*store, one), AppendResult::stored);
    auto narrow = without_table(one);
    narrow.seq = 2;
    narrow.series_count = 1;
    narrow.values.resize(1);
    EXPECT_EQ(push(*store, narrow), AppendResult::wrong_table);
}

TEST_F(StoreTest, JudgesTicksByTheirTime) {
    EXPECT_EQ(push(*store, small_push(1, ago_ms(-10min) + 1, 90, 1)), AppendResult::rejected_time);
    EXPECT_EQ(push(*store, small_push(2, ago_ms(-10min), 90, 1)), AppendResult::stored);
    EXPECT_EQ(push(*store, small_push(3, ago_ms(24h * 30) - 1, 90, 1)), AppendResult::too_old);
    EXPECT_EQ(push(*store, small_push(4, ago_ms(24h * 30), 90, 1)), AppendResult::stored);
    const std::vector<std::int64_t> times{ago_ms(24h * 31), ago_ms(24h * 29), ago_ms(10s)};
    const auto partly = test::make_push(small_table(), 5, times, {11, 22, 99, 1, 1, 1});
    EXPECT_EQ(push(*store, partly), AppendResult::stored);
    const Range range =
        read(*store, {clock.now() - 24h * 40, clock.now() + 1h, 2'000, {"cpu_percent"}});
    ASSERT_EQ(range.series.size(), 1u);
    EXPECT_EQ(std::ranges::count(range.series[0].average, 11), 0);
    EXPECT_EQ(std::ranges::count(range.series[0].average, 22), 1);
    EXPECT_EQ(std::ranges::count(range.series[0].greatest, 99), 1);
}

TEST_F(StoreTest, RemembersNothingOfARollback) {
    const auto one = small_push(1, ago_ms(20s), 90, 1);
    {
        db::Tx tx(connection, ours);
        EXPECT_EQ(append(*store, tx, one).result, AppendResult::stored);
    }
    EXPECT_EQ(push(*store, without_table(one)), AppendResult::unknown_table);
    EXPECT_TRUE(list(*store).empty());
    EXPECT_EQ(push(*store, one), AppendResult::stored);
    EXPECT_EQ(list(*store).size(), 2u);
}

TEST_F(StoreTest, ShowsAPushWhoseFirstAnswerWasLost) {
    const auto one = small_push(1, ago_ms(10s), 90, 1);
    db::transact(connection, ours, [&](db::Tx& tx) { (void)append(*store, tx, one); });
    EXPECT_TRUE(read(*store, last(1h)).series.empty());
    EXPECT_EQ(push(*store, one), AppendResult::stored);
    EXPECT_EQ(read(*store, last(1h)).series.size(), 2u);
}

TEST_F(StoreTest, ShowsOnlyNewsToSubscribers) {
    std::vector<std::string> seen;
    const Subscription subscription =
        store->frames.subscribe(ours.team, [&](const LivePoint& point) {
            seen.push_back(point.table.series.at(0).name + " " +
                           std::to_string(std::lround(point.values[0])));
            EXPECT_EQ(point.server, server);
        });
    const Subscription other = store->frames.subscribe(
        theirs.team, [](const LivePoint&) { FAIL() << "not their server"; });
    push(*store, small_push(1, ago_ms(20s), 90, 1));
    push(*store, small_push(1, ago_ms(20s), 90, 1)); // a duplicate
    push(*store, small_push(2, ago_ms(30s), 80, 1)); // older than what was seen
    push(*store, test::make_push(small_table(), 3, {ago_ms(10min), ago_ms(10s), ago_ms(0s)},
                                 {60, 70, 75, 1, 1, 1}));
    const std::vector<std::string> expected{"cpu_percent 90", "cpu_percent 70", "cpu_percent 75"};
    EXPECT_EQ(seen, expected);
}

TEST_F(StoreTest, KnowsTheUsageAfterARestart) {
    push(*store, small_push(1, ago_ms(20s), 90, 1));
    push(*store, small_push(2, ago_ms(10s), 75, 1));
    const auto restarted = make_store();
    const auto usage_in = [&](Stores& of, const db::Scope& scope) {
        return db::transact(connection, scope,
                            [&](db::Tx& tx) { return of.frames.find_usage(tx, server); });
    };
    for (Stores* each : {store.get(), restarted.get()}) {
        const auto usage = usage_in(*each, ours);
        ASSERT_TRUE(usage);
        EXPECT_EQ(usage->cpu_percent, 25);
        EXPECT_EQ(usage->at, clock.now() - 10s);
        EXPECT_FALSE(usage_in(*each, theirs));
        const auto before = connection.round_trips();
        (void)db::transact(connection, ours, [&](db::Tx& tx) {
            const auto begun = connection.round_trips();
            (void)each->frames.find_usage(tx, server);
            EXPECT_EQ(connection.round_trips(), begun);
        });
        EXPECT_GE(connection.round_trips(), before);
    }
    clock.advance(3h);
    EXPECT_FALSE(usage_in(*store, ours)) << "that was hours ago";
}

TEST_F(StoreTest, IsClosedToOtherTeams) {
    push(*store, small_push(1, ago_ms(20s), 90, 1));
    const auto restarted = make_store();
    for (Stores* each : {store.get(), restarted.get()}) {
        EXPECT_TRUE(read(*each, last(5h), theirs).series.empty());
        EXPECT_TRUE(read(*each, last(1h), theirs).series.empty());
    }
    db::transact(connection, theirs, [&](db::Tx& tx) { store->frames.erase_server(tx, server); });
    store->frames.note_erased(theirs.team, server);
    EXPECT_EQ(read(*store, last(5h)).series.size(), 2u);
    const std::string partition = database
                                      .value("select inhrelid::regclass::text from pg_inherits "
                                             "where inhparent = 'app.metric_log'::regclass")
                                      .value();
    for (const std::string verb : {"select count(*) from ", "delete from "}) {
        EXPECT_THROW(database.as("atalaya_app", verb + partition), db::Error) << partition;
    }
    EXPECT_THROW(database.as("atalaya_app", "update app.metric_log set seq = 1"), db::Error);
    EXPECT_EQ(database.value("select count(*) from app.metric_log", "atalaya_app"), "0")
        << "without a context there are no rows";
    EXPECT_EQ(db::run_selftest(connection, random), std::vector<db::Breach>{});
}

TEST_F(StoreTest, NothingIsKeptLongerThanItsTime) {
    for (int days = 0; days < 20; days += 2) {
        push(*store, small_push(static_cast<std::uint64_t>(days), ago_ms(24h * days), 90, 1));
    }
    compact(*store);
    make_compactor(*store)->drop_before(clock.now() - 24h * 9);
    EXPECT_EQ(*database.value("select min(at) > now() - interval '10 days' from app.metric_blocks"),
              "t");
    EXPECT_EQ(count("metric_blocks"), "10");
    make_compactor(*store)->drop_before(clock.now() + 24h);
    EXPECT_GE(count("metric_blocks"), "2") << "the last day stays whatever the caller thinks";
}

TEST_F(StoreTest, LeavesOutADamagedRow) {
    push(*store, small_push(1, ago_ms(20s), 90, 1));
    push(*store, small_push(2, ago_ms(10s), 80, 1));
    database.as_superuser(
        "update app.metric_log set body = set_byte(body, 40, 255 - get_byte(body, 40))"
        " where seq = 1");
    const Range range = read(*make_store(), last(1min));
    EXPECT_EQ(std::ranges::count(range.series.at(0).average, 90), 0);
    EXPECT_EQ(std::ranges::count(range.series.at(0).average, 80), 1);
    database.as_superuser("update app.metric_log set seq = 3 where seq = 2");
    EXPECT_TRUE(read(*make_store(), last(1min)).series.empty()) << "a row is sealed to its place";
}

TEST_F(StoreTest, ManyAgentsSendAtOnce) {
    constexpr int writers = 6;
    std::vector<std::thread> threads;
    std::atomic<int> stored = 0;
    for (int writer = 0; writer < writers; ++writer) {
        threads.emplace_back([&, writer] {
            db::Connection own(database.options());
            const ServerId each{random.uuid()};
            const std::function<std::string()> find_name = [&] { return std::to_string(writer); };
            for (int hour = 8; hour > 0; --hour) {
                const auto one = small_push(static_cast<std::uint64_t>(writer * 100 + hour),
                                            ago_ms(1h * hour), 1, 1);
                const Bytes bytes = wire::encode_push(one);
                const auto done = db::transact(own, ours, [&](db::Tx& tx) {
                    return store->frames.append(tx, each, {one, bytes, find_name});
                });
                store->frames.publish(one, done);
                stored += done.result == AppendResult::stored;
            }
        });
    }
    for (std::thread& thread : threads) {
        thread.join();
    }
    EXPECT_EQ(stored, writers * 8);
    EXPECT_EQ(list(*store).size(), 2u * writers);
    compact(*store);
    EXPECT_EQ(*database.value("select sum(samples) from app.metric_blocks"), "96");
}

} // namespace
} // namespace telemetry
} // namespace atalaya
