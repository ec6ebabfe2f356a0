#include "db_sql.hpp"
#include "support/pgtest.hpp"

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

} // namespace
} // namespace atalaya::db
