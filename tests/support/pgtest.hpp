// For `*_pgtest.cpp`: one private PostgreSQL for the test program, a fresh database for each test.
//
// The library has its own main(): it starts the server in a temporary directory before the first
// test that wants a database and ends it after the last. Everything here is for the main thread
// unless said otherwise.
#pragma once

#include "base/random.hpp"
#include "db/connection.hpp"
#include "db/migrate.hpp"
#include "db/pool.hpp"
#include "db/postgres.hpp"
#include "db/statement.hpp"
#include "db/tx.hpp"

#include <filesystem>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace atalaya::pgtest {

/// Each test program defines this once: the migrations that its databases start with, in order.
db::MigrationLists migrations();

/// The program's server, started by the first call.
db::Postgres& server();
/// "host=...", without dbname: for db::bootstrap and db::migrate.
std::string server_dsn();
/// Where the server keeps its files, WAL included.
std::filesystem::path data_directory();

/// A database of its own with all migrations applied, dropped at the end. Cloned from a template:
/// about 50 ms.
class TestDatabase {
  public:
    TestDatabase();
    ~TestDatabase();
    TestDatabase(const TestDatabase&) = delete;
    TestDatabase& operator=(const TestDatabase&) = delete;

    const std::string& name() const { return name_; }
    std::string dsn() const;
    /// For a Connection or a Pool of this database as `role`.
    db::ConnectionOptions options(std::string_view role = "atalaya_app") const;

    /// Runs any SQL as superuser; several statements make one transaction. Throws db::Error.
    void as_superuser(std::string_view sql) const { as("atalaya_super", sql); }
    void as(std::string_view role, std::string_view sql) const;
    /// The first column of the first row as text, or nullopt for no row or NULL.
    std::optional<std::string> value(std::string_view sql,
                                     std::string_view role = "atalaya_super") const;

  private:
    std::string name_;
};

/// Puts the statement on this program's list of what was ever executed, which tools/test.py gathers
/// from all programs. Any thread.
void note_executed(const db::Statement& statement);

/// Statements that the schema of `database` refuses to prepare, as "name: reason".
std::vector<std::string>
unpreparable(const TestDatabase& database,
             const std::vector<std::span<const db::Statement* const>>& rooms,
             std::string_view role = "atalaya_app");

} // namespace atalaya::pgtest
