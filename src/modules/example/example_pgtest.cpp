#include "crypto/hash.hpp"
#include "db/error.hpp"
#include "db/selftest.hpp"
#include "db_sql.hpp"
#include "example_sql.hpp"
#include "identity_sql.hpp"
#include "modules/example/example.hpp"
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

TEST(ExampleStatements, DoWhatTheirNamesSay) {
    const pgtest::TestDatabase database;
    db::Connection connection(database.options());
    SystemRandom random;
    const TeamId team(random.uuid());
    const ExampleId id(random.uuid());
    db::Tx tx(connection, {team, UserId{}}); // rolled back: the events are the handlers' task
    tx.query(sql::team::insert_team, {{"team_id", team}, {"body", Bytes{}}});
    const auto inserted = tx.query_one(
        sql::example::insert_example,
        {{"team_id", team}, {"id", id}, {"name_index", crypto::sha256("one")}, {"body", Bytes{1}}});
    EXPECT_EQ(inserted.get<std::int64_t>("revision"), 1);
    EXPECT_EQ(tx.query(sql::example::list_examples, {{"team_id", team}}).size(), 1u);
    const auto updated =
        tx.query_one(sql::example::update_example, {{"team_id", team},
                                                    {"id", id},
                                                    {"revision", std::int64_t{1}},
                                                    {"name_index", crypto::sha256("two")},
                                                    {"body", Bytes{2}}});
    EXPECT_EQ(updated.get<std::int64_t>("revision"), 2);
    const db::Args last{{"team_id", team}, {"id", id}, {"revision", std::int64_t{2}}};
    EXPECT_EQ(tx.query(sql::example::delete_example, last).affected(), 1);
    EXPECT_FALSE(tx.query_optional(sql::example::find_example, {{"team_id", team}, {"id", id}}));
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
