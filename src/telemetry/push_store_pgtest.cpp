#include "db/error.hpp"
#include "db/selftest.hpp"
#include "db_sql.hpp"
#include "telemetry/body.hpp"
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
using test::StoreTest;

wire::Push without_table(wire::Push push) {
    push.series.reset();
    return push;
}

TEST_F(StoreTest, StatementsFitTheSchema) {
    EXPECT_EQ(pgtest::unpreparable(database, {sql::telemetry::statements}),
              std::vector<std::string>{});
}

TEST_F(StoreTest, StoresEachPushOnce) {
    const auto one = small_push(1, ago_ms(20s), 90, 1);
    EXPECT_EQ(push(*store, one), AppendResult::stored);
    EXPECT_EQ(push(*store, one), AppendResult::duplicate);
    EXPECT_EQ(push(*store, small_push(2, ago_ms(10s), 80, 2)), AppendResult::stored);
    const auto restarted = make_store();
    EXPECT_EQ(push(*restarted, one), AppendResult::duplicate);
    for (PushStore* each : {store.get(), restarted.get()}) {
        const Range range = read(*each, last(1min));
        EXPECT_EQ(range.step_s, 10);
        ASSERT_EQ(range.series.size(), 2u);
        EXPECT_EQ(std::ranges::count(range.series[0].average, 90), 1);
        EXPECT_EQ(std::ranges::count(range.series[0].average, 80), 1);
        EXPECT_EQ(range.series[1].labels, (std::vector<wire::Label>{{"window", "1m"}}));
    }
    const Stats stats =
        db::transact(connection, ours, [&](db::Tx& tx) { return store->stats(tx); });
    EXPECT_EQ(stats.rows, 2);
    EXPECT_GT(stats.bytes, 60);
}

TEST_F(StoreTest, AsksForATableThatItDoesNotKnow) {
    const auto one = small_push(1, ago_ms(20s), 90, 1);
    EXPECT_EQ(push(*store, without_table(one)), AppendResult::unknown_table);
    EXPECT_EQ(push(*store, one), AppendResult::stored);
    EXPECT_EQ(push(*store, without_table(small_push(2, ago_ms(10s), 80, 1))), AppendResult::stored);
    EXPECT_EQ(push(*make_store(), without_table(small_push(3, ago_ms(5s), 70, 1))),
              AppendResult::stored);
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
        EXPECT_EQ(store->append(tx, server, one).result, AppendResult::stored);
        EXPECT_EQ(store->append(tx, server, without_table(small_push(2, ago_ms(10s), 1, 1))).result,
                  AppendResult::stored);
    }
    EXPECT_EQ(push(*store, without_table(one)), AppendResult::unknown_table);
    EXPECT_EQ(push(*store, one), AppendResult::stored);
}

TEST_F(StoreTest, AnswersTheRecentPastFromMemory) {
    push(*store, small_push(1, ago_ms(50min), 90, 1));
    const auto restarted = make_store();
    (void)read(*restarted, last(1h));
    push(*restarted, small_push(2, ago_ms(10s), 80, 1));
    connection.ensure();
    const auto before = connection.round_trips();
    const Range range = read(*restarted, last(1h));
    EXPECT_EQ(connection.round_trips(), before);
    EXPECT_EQ(std::ranges::count(range.series.at(0).average, 90), 1);
    EXPECT_EQ(std::ranges::count(range.series.at(0).average, 80), 1);
    (void)read(*restarted, last(3h));
    EXPECT_GT(connection.round_trips(), before);
}

TEST_F(StoreTest, ShowsAPushWhoseFirstAnswerWasLost) {
    (void)read(*store, last(1h)); // memory is filled
    const auto one = small_push(1, ago_ms(10s), 90, 1);
    db::transact(connection, ours, [&](db::Tx& tx) { (void)store->append(tx, server, one); });
    EXPECT_TRUE(read(*store, last(1h)).series.empty());
    EXPECT_EQ(push(*store, one), AppendResult::duplicate);
    EXPECT_EQ(read(*store, last(1h)).series.size(), 2u);
}

TEST_F(StoreTest, ShowsOnlyNewsToSubscribers) {
    std::vector<std::string> seen;
    const Subscription subscription = store->subscribe(ours.team, [&](const LivePoint& point) {
        seen.push_back(point.table.series.at(0).name + " " +
                       std::to_string(std::lround(point.values[0])));
        EXPECT_EQ(point.server, server);
    });
    const Subscription other =
        store->subscribe(theirs.team, [](const LivePoint&) { FAIL() << "not their server"; });
    push(*store, small_push(1, ago_ms(20s), 90, 1));
    push(*store, small_push(1, ago_ms(20s), 90, 1)); // a duplicate
    push(*store, small_push(2, ago_ms(30s), 80, 1)); // older than what was seen
    push(*store, test::make_push(small_table(), 3, {ago_ms(10min), ago_ms(10s), ago_ms(0s)},
                                 {60, 70, 75, 1, 1, 1}));
    const std::vector<std::string> expected{"cpu_percent 90", "cpu_percent 70", "cpu_percent 75"};
    // The duplicate made the store forget what it had shown, so the older tick is news once more.
    std::erase(seen, "cpu_percent 80");
    EXPECT_EQ(seen, expected);
}

TEST_F(StoreTest, KnowsTheUsageAfterARestart) {
    push(*store, small_push(1, ago_ms(20s), 90, 1));
    push(*store, small_push(2, ago_ms(10s), 75, 1));
    const auto restarted = make_store();
    const auto usage_in = [&](PushStore& of, const db::Scope& scope) {
        return db::transact(connection, scope,
                            [&](db::Tx& tx) { return of.find_usage(tx, server); });
    };
    for (PushStore* each : {store.get(), restarted.get()}) {
        const auto usage = usage_in(*each, ours);
        ASSERT_TRUE(usage);
        EXPECT_EQ(usage->cpu_percent, 25);
        EXPECT_EQ(usage->at, clock.now() - 10s);
        EXPECT_FALSE(usage_in(*each, theirs));
    }
    clock.advance(3h);
    EXPECT_FALSE(usage_in(*store, ours)) << "that was hours ago";
}

TEST_F(StoreTest, IsClosedToOtherTeams) {
    push(*store, small_push(1, ago_ms(20s), 90, 1));
    const auto restarted = make_store();
    for (PushStore* each : {store.get(), restarted.get()}) {
        const Range range = db::transact(
            connection, theirs, [&](db::Tx& tx) { return each->range(tx, server, last(5h)); });
        EXPECT_TRUE(range.series.empty());
        EXPECT_TRUE(db::transact(connection, theirs, [&](db::Tx& tx) {
                        return each->range(tx, server, last(1h));
                    }).series.empty());
    }
    db::transact(connection, theirs, [&](db::Tx& tx) { store->erase_server(tx, server); });
    EXPECT_EQ(read(*restarted, last(5h)).series.size(), 2u);
    const std::string partition = database
                                      .value("select inhrelid::regclass::text from pg_inherits "
                                             "where inhparent = 'app.pushes'::regclass")
                                      .value();
    for (const std::string verb : {"select count(*) from ", "delete from "}) {
        EXPECT_THROW(database.as("atalaya_app", verb + partition), db::Error) << partition;
    }
    EXPECT_THROW(database.as("atalaya_app", "update app.pushes set ticks = 1"), db::Error);
    EXPECT_EQ(database.value("select count(*) from app.pushes", "atalaya_app"), "0")
        << "without a context there are no rows";
    EXPECT_EQ(db::run_selftest(connection, random), std::vector<db::Breach>{});
}

TEST_F(StoreTest, ErasesAServer) {
    push(*store, small_push(1, ago_ms(20s), 90, 1));
    const ServerId erased = std::exchange(server, ServerId(random.uuid()));
    push(*store, small_push(1, ago_ms(20s), 90, 1));
    db::transact(connection, ours, [&](db::Tx& tx) { store->erase_server(tx, erased); });
    EXPECT_EQ(database.value("select count(*) from app.pushes"), "1");
    EXPECT_EQ(database.value("select count(*) from app.series_tables"), "1");
    EXPECT_EQ(read(*store, last(1h)).series.size(), 2u);
    server = erased;
    EXPECT_TRUE(read(*store, last(1h)).series.empty());
    EXPECT_EQ(push(*store, without_table(small_push(2, ago_ms(10s), 1, 1))),
              AppendResult::unknown_table);
}

TEST_F(StoreTest, DropsHoursThatAreOver) {
    for (int hours = 0; hours < 50; hours += 10) {
        push(*store, small_push(static_cast<std::uint64_t>(hours), ago_ms(1h * hours), 90, 1));
    }
    const auto kept = [&] { return *database.value("select count(*) from app.pushes"); };
    EXPECT_EQ(store->drop_before(connection, clock.now() - 45h), 0);
    EXPECT_EQ(kept(), "5");
    EXPECT_EQ(store->drop_before(connection, clock.now() - 35h), 1);
    EXPECT_EQ(kept(), "4");
    EXPECT_EQ(store->drop_before(connection, clock.now() + 1h), 1)
        << "the last day stays whatever the caller thinks";
    EXPECT_EQ(kept(), "3");
    EXPECT_EQ(push(*store, small_push(99, ago_ms(40h), 90, 1)), AppendResult::stored)
        << "a partition that was dropped is made again";
    EXPECT_THROW(database.as("atalaya_app", "select ctl.ensure_push_partition(now() + '2 hours')"),
                 db::Error);
    EXPECT_THROW(database.as("atalaya_app",
                             "select ctl.ensure_push_partition(now() - '401 days'::interval)"),
                 db::Error);
}

TEST_F(StoreTest, DropsTablesThatNoPushNamesAnyMore) {
    push(*store, small_push(1, ago_ms(10s), 90, 1));
    clock.advance(24h * 20);
    const auto table_after_days = [&](const char* name) {
        const auto one = test::make_push({{name, {}, wire::Unit::count}}, 1, {}, {});
        return db::transact(connection, ours,
                            [&](db::Tx& tx) { return store->append(tx, server, one).result; });
    };
    EXPECT_EQ(table_after_days("first"), AppendResult::stored);
    clock.advance(24h * 13);
    EXPECT_EQ(table_after_days("second"), AppendResult::stored);
    EXPECT_EQ(database.value("select count(*) from app.series_tables"), "2");
    EXPECT_EQ(table_after_days("first"), AppendResult::stored);
    clock.advance(24h * 31);
    EXPECT_EQ(table_after_days("third"), AppendResult::stored);
    EXPECT_EQ(database.value("select count(*) from app.series_tables"), "3")
        << "the day of use moves on with each day's first push";
}

TEST_F(StoreTest, LeavesOutADamagedRow) {
    push(*store, small_push(1, ago_ms(20s), 90, 1));
    push(*store, small_push(2, ago_ms(10s), 80, 1));
    database.as_superuser(
        "update app.pushes set body = set_byte(body, 40, 255 - get_byte(body, 40))"
        " where seq = 1");
    const Range range = read(*make_store(), last(1min));
    EXPECT_EQ(std::ranges::count(range.series.at(0).average, 90), 0);
    EXPECT_EQ(std::ranges::count(range.series.at(0).average, 80), 1);
    database.as_superuser("update app.pushes set seq = 3 where seq = 2");
    EXPECT_TRUE(read(*make_store(), last(1min)).series.empty()) << "a row is sealed to its place";
}

TEST_F(StoreTest, MakesAnHourOnceForManyWriters) {
    constexpr int writers = 6;
    std::vector<std::thread> threads;
    std::atomic<int> stored = 0;
    for (int writer = 0; writer < writers; ++writer) {
        threads.emplace_back([&, writer] {
            db::Connection own(database.options());
            const ServerId each{random.uuid()};
            for (int hour = 1; hour <= 8; ++hour) {
                const auto one = small_push(static_cast<std::uint64_t>(writer * 100 + hour),
                                            ago_ms(1h * hour), 1, 1);
                const auto done = db::transact(
                    own, ours, [&](db::Tx& tx) { return store->append(tx, each, one); });
                stored += done.result == AppendResult::stored;
            }
        });
    }
    for (std::thread& thread : threads) {
        thread.join();
    }
    EXPECT_EQ(stored, writers * 8);
    EXPECT_EQ(
        database.value("select count(*) from pg_inherits where inhparent = 'app.pushes'::regclass"),
        "8");
}

} // namespace
} // namespace telemetry
} // namespace atalaya
