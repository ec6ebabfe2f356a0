#include "base/problems.hpp"
#include "db/error.hpp"
#include "db/test_schema.hpp"

#include <gtest/gtest.h>

#include <atomic>
#include <functional>
#include <future>
#include <latch>
#include <map>
#include <set>
#include <signal.h>

namespace atalaya::db {
namespace {

using namespace notes;
using namespace std::chrono_literals;

TeamId team() { return TeamId(SystemRandom().uuid()); }

struct PoolTest : testing::Test {
    PoolOptions options(std::size_t connections, std::size_t queue_max = 1000) const {
        return {database.options(), connections, queue_max};
    }
    NotesDatabase database;
};

TEST_F(PoolTest, KeepsTheOrderOfATeamAndNeverRunsTwoOfItAtOnce) {
    const std::array teams{team(), team(), team()};
    std::map<TeamId, std::vector<int>> order;
    std::map<TeamId, std::atomic<int>> inside;
    for (const TeamId& each : teams) {
        order[each];
        inside[each] = 0;
    }
    std::atomic<int> overlaps = 0;
    {
        Pool pool(options(4));
        for (int i = 0; i < 300; ++i) {
            const TeamId key = teams[static_cast<std::size_t>(i) % teams.size()];
            // The vectors have no lock of their own: serial keys are what keeps them whole.
            ASSERT_TRUE(pool.submit({&key, 1}, [&, key, i](Connection& connection) {
                overlaps += inside.at(key).fetch_add(1);
                order.at(key).push_back(i);
                transact(connection, Scope{key, {}}, [](Tx& tx) { tx.query(count_notes); });
                inside.at(key).fetch_sub(1);
            }));
        }
    }
    EXPECT_EQ(overlaps, 0);
    for (const TeamId& each : teams) {
        EXPECT_EQ(order.at(each).size(), 100u);
        EXPECT_TRUE(std::is_sorted(order.at(each).begin(), order.at(each).end()));
    }
}

TEST_F(PoolTest, RunsDifferentTeamsAndReadsAtTheSameTime) {
    Pool pool(options(3));
    std::latch all_inside(3);
    const TeamId one = team(), two = team();
    // Each waits for the others: were they to run in turn, this would never end.
    const auto meet = [&](Connection&) { all_inside.arrive_and_wait(); };
    ASSERT_TRUE(pool.submit({&one, 1}, meet));
    ASSERT_TRUE(pool.submit({&two, 1}, meet));
    ASSERT_TRUE(pool.submit({}, meet));
    pool.stop();
}

TEST_F(PoolTest, LetsNoYoungerTaskOvertakeOneThatWaitsForSeveralTeams) {
    Pool pool(options(3));
    const TeamId one = team(), two = team();
    std::latch first_inside(1), first_may_end(1);
    std::vector<int> order;
    ASSERT_TRUE(pool.submit({&one, 1}, [&](Connection&) {
        first_inside.count_down();
        first_may_end.wait();
        order.push_back(1);
    }));
    first_inside.wait();
    const std::array both{one, two};
    ASSERT_TRUE(pool.submit(both, [&](Connection&) { order.push_back(2); }));
    ASSERT_TRUE(pool.submit({&two, 1}, [&](Connection&) { order.push_back(3); }));
    std::latch read_done(1);
    ASSERT_TRUE(pool.submit({}, [&](Connection&) { read_done.count_down(); }));
    read_done.wait(); // reads pass them all
    EXPECT_EQ(pool.load().queued, 2u);
    first_may_end.count_down();
    pool.stop();
    EXPECT_EQ(order, (std::vector{1, 2, 3}));
}

TEST_F(PoolTest, RefusesWhatDoesNotFitAndRunsWhatItTook) {
    std::latch inside(1), may_end(1);
    std::atomic<int> ran = 0;
    Pool pool(options(1, 2));
    ASSERT_TRUE(pool.submit({}, [&](Connection&) {
        inside.count_down();
        may_end.wait();
    }));
    inside.wait();
    EXPECT_TRUE(pool.submit({}, [&](Connection&) { ++ran; }));
    EXPECT_TRUE(pool.submit({}, [&](Connection&) { ++ran; }));
    EXPECT_FALSE(pool.submit({}, [&](Connection&) { ran = 100; }));
    EXPECT_EQ(pool.load().running, 1u);
    EXPECT_EQ(pool.load().queued, 2u);
    may_end.count_down();
    pool.stop();
    EXPECT_EQ(ran, 2);
    EXPECT_FALSE(pool.submit({}, [&](Connection&) { ran = 100; }));
    pool.stop();
    EXPECT_EQ(ran, 2);
}

TEST_F(PoolTest, SurvivesATaskThatThrows) {
    Pool pool(options(1));
    const TeamId key = team();
    ASSERT_TRUE(
        pool.submit({&key, 1}, [](Connection&) { throw std::runtime_error("on purpose"); }));
    std::promise<std::int64_t> answer;
    ASSERT_TRUE(pool.submit({&key, 1}, [&](Connection& connection) {
        answer.set_value(transact(connection, make_scope(), [](Tx& tx) {
            return tx.query_one(count_notes).get<std::int64_t>("count");
        }));
    }));
    EXPECT_EQ(answer.get_future().get(), 0);
}

TEST_F(PoolTest, HandsTheNextTaskNothingOfTheLastOne) {
    Pool pool(options(1));
    const Scope mine = make_scope();
    std::promise<std::string> seen;
    ASSERT_TRUE(pool.submit({}, [&](Connection& connection) {
        transact(connection, mine, [](Tx& tx) {
            tx.query(insert_note, {{"id", SystemRandom().uuid()}, {"body", "mine"}});
        });
        Tx left_open(connection, mine);
        left_open.query(count_notes);
    }));
    ASSERT_TRUE(pool.submit({}, [&](Connection& connection) {
        static constexpr Statement bare{
            "test.bare",
            "select pg_catalog.current_setting('app.ctx', true) as context",
            {},
            false};
        transact(connection, Scope{}, [&](Tx& tx) {
            const auto context = tx.query_one(bare).get<std::string>("context");
            const auto count = tx.query_one(count_notes).get<std::int64_t>("count");
            seen.set_value(context.substr(64, 36) + " sees " + std::to_string(count));
        });
    }));
    EXPECT_EQ(seen.get_future().get(), to_string(platform_team) + " sees 0");
}

TEST_F(PoolTest, TellsTasksWhenThereIsNoServer) {
    PoolOptions nowhere = options(1);
    nowhere.connection.dsn = "host=/nonexistent dbname=none";
    nowhere.connection.patience = 20ms;
    Pool pool(nowhere);
    std::promise<std::string> told;
    ASSERT_TRUE(pool.submit({}, [&](Connection& connection) {
        try {
            transact(connection, Scope{}, [](Tx& tx) { tx.query(count_notes); });
            told.set_value("nothing");
        } catch (const Problem& problem) {
            told.set_value(std::string(problem.kind().code));
        }
    }));
    EXPECT_EQ(told.get_future().get(), "unavailable");
}

/// What a client of the pool was told about each insert.
struct Ledger {
    std::mutex mutex;
    std::set<std::string> acknowledged, refused;
};

TEST_F(PoolTest, LosesNothingAcknowledgedWhenTheServerIsKilledUnderLoad) {
    Ledger ledger;
    const Scope scope = make_scope();
    std::atomic<bool> enough = false;
    std::atomic<int> acknowledged = 0;
    const int restarts_before = pgtest::server().restarts();
    Pool pool(options(4, 16));
    std::thread client([&] {
        while (!enough) {
            const Uuid id = SystemRandom().uuid();
            const bool taken = pool.submit({}, [&, id](Connection& connection) {
                bool done = false;
                try {
                    transact(connection, scope, [&](Tx& tx) {
                        tx.defer(insert_note, {{"id", id}, {"body", to_string(id)}});
                    });
                    done = true;
                    ++acknowledged;
                } catch (const Problem&) {
                }
                const std::lock_guard lock(ledger.mutex);
                (done ? ledger.acknowledged : ledger.refused).insert(to_string(id));
            });
            if (!taken)
                std::this_thread::yield();
        }
    });
    const auto wait_for_more = [&](int more) {
        const auto deadline = std::chrono::steady_clock::now() + 20s;
        for (const int target = acknowledged + more; acknowledged < target;) {
            ASSERT_LT(std::chrono::steady_clock::now(), deadline) << "the pool did not recover";
            std::this_thread::sleep_for(1ms);
        }
    };
    const auto wait_until = [](const std::function<bool()>& holds) {
        const auto deadline = std::chrono::steady_clock::now() + 20s;
        while (!holds()) {
            ASSERT_LT(std::chrono::steady_clock::now(), deadline) << "the server did not recover";
            std::this_thread::sleep_for(1ms);
        }
    };
    for (int round = 0; round < 3; ++round) {
        wait_for_more(50);
        const int restarts = pgtest::server().restarts();
        int victim = 0;
        wait_until([&] { return (victim = pgtest::server().pid()) > 0; });
        ASSERT_GT(victim, 0);
        kill(victim, SIGKILL);
        // Its children go on committing for a moment, which is no recovery yet.
        wait_until([&] { return pgtest::server().restarts() > restarts; });
    }
    wait_for_more(50);
    enough = true;
    client.join();
    pool.stop();
    EXPECT_GE(pgtest::server().restarts() - restarts_before, 3);

    std::set<std::string> stored;
    Connection connection(database.options());
    static constexpr Statement list_bodies{
        "test.list_bodies", "select body from app.notes", {}, false};
    transact(connection, scope, [&](Tx& tx) {
        for (const Row row : tx.query(list_bodies))
            stored.insert(row.get<std::string>("body"));
    });
    for (const std::string& id : ledger.acknowledged)
        EXPECT_TRUE(stored.contains(id)) << id;
    for (const std::string& id : stored)
        EXPECT_TRUE(ledger.acknowledged.contains(id) || ledger.refused.contains(id)) << id;
}

} // namespace
} // namespace atalaya::db
