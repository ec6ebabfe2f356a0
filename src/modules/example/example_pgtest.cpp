#include "db/error.hpp"
#include "db/selftest.hpp"
#include "db_sql.hpp"
#include "example_sql.hpp"
#include "identity_sql.hpp"
#include "support/pgtest.hpp"
#include "team_sql.hpp"

#include <gtest/gtest.h>

namespace atalaya::pgtest {
db::MigrationLists migrations() {
    return {sql::db::migrations, sql::identity::migrations, sql::team::migrations,
            sql::example::migrations};
}
} // namespace atalaya::pgtest

namespace atalaya::example {
namespace {

TEST(ExampleTables, KeepTheRulesOfIsolation) {
    const pgtest::TestDatabase database;
    db::Connection connection(database.options());
    SystemRandom random;
    EXPECT_EQ(db::run_selftest(connection, random), std::vector<db::Breach>{});
}

TEST(ExampleStatements, FitTheSchema) {
    const pgtest::TestDatabase database;
    EXPECT_EQ(pgtest::unpreparable(database, {sql::example::statements}),
              std::vector<std::string>{});
}

TEST(ExampleTables, RefuseAChangeWithoutAnEvent) {
    const pgtest::TestDatabase database;
    try {
        // As a replica, so that foreign keys are not asked: what refuses is the demand for an
        // event.
        database.as_superuser("set session_replication_role = replica;"
                              "insert into app.examples (team_id, id, name_index, body) values ("
                              " gen_random_uuid(), gen_random_uuid(), sha256(''), '')");
        FAIL() << "it was committed";
    } catch (const db::Error& error) {
        EXPECT_EQ(error.sqlstate(), "AT002") << error.what();
    }
}

} // namespace
} // namespace atalaya::example
