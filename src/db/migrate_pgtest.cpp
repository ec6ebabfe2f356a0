#include "db_sql.hpp"
#include "support/pgtest.hpp"

#include <gtest/gtest.h>

namespace atalaya::db {
namespace {

constexpr Migration one{"room.0001_one",
                        "create table app.one (n int); insert into app.one values (1)", "aa"};
constexpr Migration two{"room.0002_two", "create table app.two (n int)", "bb"};
constexpr Migration broken{"room.0002_broken",
                           "create table app.two (n int); select no_such_function()", "cc"};
constexpr Migration committing{"room.0002_committing", "create table app.two (n int); commit",
                               "dd"};

struct MigrateTest : testing::Test {
    std::vector<std::string> run(const std::vector<Migration>& room) {
        return migrate(pgtest::server_dsn(), database.name(), {sql::db::migrations, room});
    }
    std::string refusal(const std::vector<Migration>& room) {
        try {
            run(room);
        } catch (const MigrationRefused& refused) {
            return refused.what();
        }
        return "not refused";
    }
    bool has_table(const std::string& name) {
        return database.value("select to_regclass('app." + name + "')::text").has_value();
    }
    pgtest::TestDatabase database;
};

TEST_F(MigrateTest, RunsWhatIsMissingAndNothingTwice) {
    EXPECT_EQ(run({one}), std::vector<std::string>{"room.0001_one"});
    EXPECT_EQ(run({one, two}), std::vector<std::string>{"room.0002_two"});
    EXPECT_TRUE(run({one, two}).empty());
    EXPECT_EQ(database.value("select count(*) from app.one"), "1");
    EXPECT_EQ(database.value("select tableowner from pg_tables where tablename = 'one'"),
              "atalaya_owner");
}

TEST_F(MigrateTest, RefusesOneThatChanged) {
    run({one});
    Migration changed = one;
    changed.sha256 = "ee";
    const std::string words = refusal({changed, two});
    EXPECT_NE(words.find("room.0001_one"), std::string::npos) << words;
    EXPECT_FALSE(has_table("two"));
}

TEST_F(MigrateTest, RefusesADatabaseOfANewerProgram) {
    run({one, two});
    const std::string words = refusal({one});
    EXPECT_NE(words.find("room.0002_two"), std::string::npos) << words;
    EXPECT_NE(words.find("newer"), std::string::npos) << words;
}

TEST_F(MigrateTest, LeavesNothingOfOneThatFails) {
    const std::string words = refusal({one, broken});
    EXPECT_NE(words.find("room.0002_broken"), std::string::npos) << words;
    EXPECT_TRUE(has_table("one"));
    EXPECT_FALSE(has_table("two"));
    EXPECT_EQ(run({one, two}), std::vector<std::string>{"room.0002_two"});
}

TEST_F(MigrateTest, RefusesOneThatEndsItsOwnTransaction) {
    EXPECT_THROW(run({one, committing}), LogicFault);
}

TEST_F(MigrateTest, MayBootstrapAgain) {
    database.as_superuser("grant create on schema app to public");
    bootstrap(pgtest::server_dsn(), database.name());
    EXPECT_EQ(database.value("select has_schema_privilege('atalaya_app', 'app', 'create')"), "f");
}

} // namespace
} // namespace atalaya::db
