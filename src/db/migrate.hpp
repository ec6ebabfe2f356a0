// From an empty cluster to the schema of this program, and forward from any older one.
//
// Runs at start, before any Pool, on the starting thread. Throws MigrationRefused with one line for
// the operator when the database is not one that this program may go on with.
#pragma once

#include "base/secret.hpp"
#include "db/statement.hpp"

#include <span>
#include <stdexcept>
#include <string>
#include <vector>

namespace atalaya::db {

struct MigrationRefused : std::runtime_error {
    using std::runtime_error::runtime_error;
};

/// Each room's list, in the order in which the rooms build on each other.
using MigrationLists = std::vector<std::span<const Migration>>;

/// As a superuser: makes the roles, the database if it is missing, and its schemas,
/// grants and revokes. Safe to repeat. `server` is a dsn without dbname ("host=/run/atalaya").
void bootstrap(const std::string& server, const std::string& database,
               const std::string& superuser = "atalaya_super");

/// As atalaya_migrate: runs what is missing, each migration in a transaction of its own. Gives the
/// names of those that ran. Refuses a recorded migration that changed, and one that this program
/// does not know.
std::vector<std::string> migrate(const std::string& server, const std::string& database,
                                 const MigrationLists& lists);

/// Hands the database the key with which it checks sealed contexts (Connection seals with the
/// same).
void set_context_key(const std::string& server, const std::string& database, const Secret& key);

} // namespace atalaya::db
