#include "db_sql.hpp"
#include "support/pgtest.hpp"

namespace atalaya::pgtest {

db::MigrationLists migrations() { return {sql::db::migrations}; }

} // namespace atalaya::pgtest
