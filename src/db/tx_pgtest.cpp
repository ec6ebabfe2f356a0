#include "base/problems.hpp"
#include "db/error.hpp"
#include "db/test_schema.hpp"

#include <gtest/gtest.h>

namespace atalaya::db {
namespace {

using namespace notes;

Uuid uuid() { return SystemRandom().uuid(); }

struct TxTest : testing::Test {
    std::int64_t count(const Scope& whose) {
        return transact(connection, whose, [](Tx& tx) {
            return tx.query_one(count_notes).get<std::int64_t>("count");
        });
    }
    std::string count_all() { return database.value("select count(*) from app.notes").value(); }

    NotesDatabase database;
    Connection connection{database.options()};
    Scope scope = make_scope();
};

TEST_F(TxTest, OfDeferredStatementsIsOneRoundTrip) {
    connection.ensure();
    const auto before = connection.round_trips();
    std::int64_t affected = 0;
    Tx tx(connection, scope);
    tx.defer(insert_note, {{"id", uuid()}, {"body", "one"}},
             [&](const Rows& rows) { affected += rows.affected(); });
    tx.defer(insert_note, {{"id", uuid()}, {"body", "two"}},
             [&](const Rows& rows) { affected += rows.affected(); });
    EXPECT_EQ(affected, 0);
    EXPECT_TRUE(tx.wrote());
    tx.commit();
    EXPECT_EQ(connection.round_trips() - before, 1u);
    EXPECT_EQ(affected, 2);
    EXPECT_EQ(count(scope), 2);
}

TEST_F(TxTest, OpensWithItsFirstStatement) {
    connection.ensure();
    const auto before = connection.round_trips();
    Tx tx(connection, scope);
    EXPECT_EQ(connection.round_trips() - before, 0u);
    const Row row = tx.query_one(read_scope);
    EXPECT_EQ(connection.round_trips() - before, 1u);
    EXPECT_EQ(row.get<TeamId>("team"), scope.team);
    EXPECT_EQ(row.get<UserId>("actor"), scope.actor);
    EXPECT_FALSE(tx.wrote());
}

TEST_F(TxTest, WithoutStatementsAsksNothing) {
    Tx tx(connection, scope);
    tx.commit();
    EXPECT_EQ(connection.round_trips(), 0u);
}

TEST_F(TxTest, IsRolledBackByAnException) {
    EXPECT_THROW(transact(connection, scope,
                          [](Tx& tx) {
                              tx.query(insert_note, {{"id", uuid()}, {"body", "waited for"}});
                              tx.defer(insert_note, {{"id", uuid()}, {"body", "queued"}});
                              throw Problem(problems::conflict);
                          }),
                 Problem);
    EXPECT_EQ(count_all(), "0");
    EXPECT_TRUE(connection.is_connected());
    EXPECT_EQ(count(scope), 0);
}

TEST_F(TxTest, LeavesNoScopeBehind) {
    transact(connection, scope, [](Tx& tx) {
        tx.query(insert_note, {{"id", uuid()}, {"body", "mine"}});
    });
    try {
        transact(connection, scope, [](Tx& tx) {
            tx.query(read_scope);
            throw Problem(problems::conflict);
        });
    } catch (const Problem&) {
    }
    // A team that is not this one's, and the nil team that is the platform's.
    EXPECT_EQ(count(make_scope()), 0);
    EXPECT_EQ(count(Scope{}), 0);
    EXPECT_EQ(count(scope), 1);
}

TEST_F(TxTest, EntersAnotherScopeWithoutWaiting) {
    const Scope other = make_scope();
    connection.ensure();
    const auto before = connection.round_trips();
    transact(connection, scope, [&](Tx& tx) {
        tx.defer(insert_note, {{"id", uuid()}, {"body", "here"}});
        tx.enter(other);
        EXPECT_EQ(tx.scope().team, other.team);
        tx.defer(insert_note, {{"id", uuid()}, {"body", "there"}});
    });
    EXPECT_EQ(connection.round_trips() - before, 1u);
    EXPECT_EQ(count(scope), 1);
    EXPECT_EQ(count(other), 1);
}

TEST_F(TxTest, RefusesAContextSealedWithAnotherKey) {
    ConnectionOptions options = database.options();
    options.context_key = Secret(Bytes(32, 7));
    Connection forger(options);
    try {
        transact(forger, scope, [](Tx& tx) { tx.query(count_notes); });
        FAIL() << "the database took a forged context";
    } catch (const Error& error) {
        EXPECT_EQ(error.sqlstate(), "42501");
    }
}

TEST_F(TxTest, RefusesAContextThatIsTooOld) {
    ManualClock clock({SystemClock().now().us - 3'600'000'000});
    ConnectionOptions options = database.options();
    options.clock = &clock;
    Connection late(options);
    EXPECT_THROW(transact(late, scope, [](Tx& tx) { tx.query(count_notes); }), Error);
}

TEST_F(TxTest, NamesTheViolatedConstraint) {
    try {
        transact(connection, scope, [](Tx& tx) {
            tx.defer(insert_note, {{"id", uuid()}, {"body", "same"}});
            tx.defer(insert_note, {{"id", uuid()}, {"body", "same"}});
            tx.defer(count_notes, {}, [](const Rows&) { FAIL() << "answered after a failure"; });
        });
        FAIL();
    } catch (const Error& error) {
        EXPECT_TRUE(error.is_unique_violation());
        EXPECT_EQ(error.constraint(), "notes_body");
        EXPECT_EQ(error.statement(), "test.insert_note");
        EXPECT_EQ(std::string(error.what()).find("same"), std::string::npos) << error.what();
    }
    EXPECT_EQ(count(scope), 0);
}

TEST_F(TxTest, IsOverAfterAFailure) {
    Tx tx(connection, scope);
    EXPECT_THROW(tx.query(insert_note, {{"id", "not a uuid"}, {"body", "x"}}), Error);
    EXPECT_THROW(tx.query(count_notes), LogicFault);
    EXPECT_THROW(tx.commit(), LogicFault);
}

TEST_F(TxTest, PreparesAgainWhatFailedToPrepare) {
    static constexpr Statement later{"test.later", "select * from app.later", {}, false};
    EXPECT_THROW(transact(connection, scope, [](Tx& tx) { tx.query(later); }), Error);
    database.as_superuser(
        "create table app.later (n int); grant select on app.later to atalaya_app");
    transact(connection, scope, [](Tx& tx) { EXPECT_EQ(tx.query(later).size(), 0u); });
}

TEST_F(TxTest, RunsAgainAfterALostRaceAndGivesUpInTheEnd) {
    static constexpr Statement lose{"test.lose", "select app.lose()", {}, false};
    database.as_superuser("create function app.lose() returns void language plpgsql as $$ begin "
                          "raise exception 'the head has moved' using errcode = 'AT001'; end $$");
    int runs = 0;
    transact(connection, scope, [&](Tx& tx) {
        if (++runs < 3)
            tx.query(lose);
        tx.query(insert_note, {{"id", uuid()}, {"body", "third time"}});
    });
    EXPECT_EQ(runs, 3);
    EXPECT_EQ(count(scope), 1);
    runs = 0;
    try {
        transact(connection, scope, [&](Tx& tx) {
            ++runs;
            tx.query(lose);
        });
        FAIL();
    } catch (const Problem& problem) {
        EXPECT_EQ(problem.kind().code, "unavailable");
    }
    EXPECT_EQ(runs, 3);
}

TEST_F(TxTest, RunsAgainWhenTheConnectionBreaksBeforeCommit) {
    int runs = 0;
    transact(connection, scope, [&](Tx& tx) {
        tx.defer(insert_note, {{"id", uuid()}, {"body", "once"}});
        if (++runs == 1)
            tx.defer(kill_own_backend);
    });
    EXPECT_EQ(runs, 2);
    EXPECT_EQ(count(scope), 1);
}

TEST_F(TxTest, IsNeverRunAgainWhenTheConnectionBreaksAtCommit) {
    database.as_superuser(
        "create function app.break_off() returns trigger language plpgsql security definer as $$ "
        "begin perform pg_terminate_backend(pg_backend_pid()); return null; end $$;"
        "create constraint trigger break_off after insert on app.notes deferrable initially "
        "deferred "
        "for each row execute function app.break_off()");
    int runs = 0;
    try {
        transact(connection, scope, [&](Tx& tx) {
            ++runs;
            tx.query(insert_note, {{"id", uuid()}, {"body", "who knows"}});
        });
        FAIL();
    } catch (const Problem& problem) {
        EXPECT_EQ(problem.kind().code, "unavailable");
        EXPECT_NE(problem.private_reason().find("outcome is unknown"), std::string::npos);
    }
    EXPECT_EQ(runs, 1);
}

TEST_F(TxTest, ReportsARefusalAtCommit) {
    database.as_superuser(
        "create function app.refuse() returns trigger language plpgsql as $$ "
        "begin raise exception 'no' using errcode = 'AT002'; end $$;"
        "create constraint trigger refuse after insert on app.notes deferrable initially deferred "
        "for each row execute function app.refuse()");
    try {
        transact(connection, scope, [](Tx& tx) {
            tx.defer(insert_note, {{"id", uuid()}, {"body", "x"}});
        });
        FAIL();
    } catch (const Error& error) {
        EXPECT_EQ(error.sqlstate(), "AT002");
        EXPECT_EQ(error.statement(), "db.commit");
    }
    EXPECT_EQ(count(scope), 0);
}

TEST_F(TxTest, EndsStatementsThatTakeTooLong) {
    static constexpr Statement sleep{"test.sleep", "select pg_catalog.pg_sleep(60)", {}, false};
    ConnectionOptions options = database.options();
    options.statement_timeout = std::chrono::milliseconds(30);
    Connection hasty(options);
    try {
        transact(hasty, scope, [](Tx& tx) { tx.query(sleep); });
        FAIL();
    } catch (const Problem& problem) {
        EXPECT_EQ(problem.kind().code, "unavailable");
    }
    EXPECT_TRUE(hasty.is_connected());
}

TEST_F(TxTest, TellsAFullDiskAsSuch) {
    static constexpr Statement fill{"test.fill", "select app.fill()", {}, false};
    database.as_superuser("create function app.fill() returns void language plpgsql as $$ begin "
                          "raise exception 'no space' using errcode = '53100'; end $$");
    try {
        transact(connection, scope, [](Tx& tx) { tx.query(fill); });
        FAIL();
    } catch (const Problem& problem) {
        EXPECT_EQ(problem.kind().code, "storage_full");
    }
}

TEST_F(TxTest, CommitsEvenWhenACallbackThrowsAfterwards) {
    EXPECT_THROW(transact(connection, scope,
                          [](Tx& tx) {
                              tx.defer(insert_note, {{"id", uuid()}, {"body", "stays"}},
                                       [](const Rows&) { throw Problem(problems::conflict); });
                          }),
                 Problem);
    EXPECT_EQ(count(scope), 1);
}

TEST_F(TxTest, WaitsForTheServerOnlyAsLongAsItsPatience) {
    ConnectionOptions options = database.options();
    options.dsn = "host=/nonexistent dbname=none";
    options.patience = std::chrono::milliseconds(50);
    Connection nowhere(options);
    for (int i = 0; i < 2; ++i) {
        try {
            transact(nowhere, scope, [](Tx& tx) { tx.query(count_notes); });
            FAIL();
        } catch (const Problem& problem) {
            EXPECT_EQ(problem.kind().code, "unavailable");
            EXPECT_GT(problem.retry_after_s(), 0);
        }
    }
}

} // namespace
} // namespace atalaya::db
