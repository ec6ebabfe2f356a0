#include "db/test_schema.hpp"
#include "db_sql.hpp"

#include <gtest/gtest.h>

namespace atalaya::db {
namespace {

TEST(RegistryTest, PreparesEveryStatementOfThisRoom) {
    const pgtest::TestDatabase database;
    for (const std::string& fault : pgtest::unpreparable(database, {sql::db::statements}))
        ADD_FAILURE() << fault;
}

TEST(RegistryTest, NamesAStatementThatTheSchemaDoesNotFit) {
    static constexpr Statement wrong{"test.wrong", "select colour from ctl.tables", {}, false};
    static constexpr std::array<const Statement*, 1> room{&wrong};
    const pgtest::TestDatabase database;
    const auto faults = pgtest::unpreparable(database, {room});
    ASSERT_EQ(faults.size(), 1u);
    EXPECT_TRUE(faults[0].starts_with("test.wrong: ")) << faults[0];
    EXPECT_NE(faults[0].find("colour"), std::string::npos) << faults[0];
}

TEST(RegistryTest, NamesAStatementThatIsWronglyMarked) {
    static constexpr Statement forgotten{
        "test.forgotten", "delete from app.canaries", {}, true, true};
    static constexpr Statement marked{
        "test.marked", "Update  app.notes set body = 'x'", {}, true, false};
    static constexpr std::array<const Statement*, 2> room{&forgotten, &marked};
    const notes::NotesDatabase database;
    database.as_superuser("set local role atalaya_owner; select ctl.audit('app.notes')");
    const auto faults = pgtest::unpreparable(database, {room});
    ASSERT_EQ(faults.size(), 2u);
    EXPECT_EQ(faults[0], "test.forgotten: writes what is not audited: mark it `-- unaudited`");
    EXPECT_EQ(faults[1], "test.marked: is marked `-- unaudited` and writes what is audited");
}

} // namespace
} // namespace atalaya::db
