// A PostgreSQL that somebody else runs, for `atalaya serve`: where it is, and whether this program
// may stand on it.
//
// Called while starting, on that thread. Everything looks at the server without changing anything;
// what is wrong is a Finding of one line, never an exception, except for a text that cannot be
// read: that throws StartRefused. No text holds a password.
#pragma once

#include "base/secret.hpp"
#include "db/postgres.hpp"

#include <optional>

namespace atalaya::db {

struct ExternalServer {
    /// libpq's keywords without user, password and dbname. Whatever the operator wrote, a host that
    /// takes changes is demanded, so that among several the primary is found.
    std::string hosts;
    std::string database;
    /// The user of the operator's text, who lays down roles and schemas; empty: that was done.
    std::string administrator;
    /// Of the administrator, or without one of the program's own roles. May be empty.
    Secret password;

    /// For bootstrap(): `hosts` with the administrator's password.
    std::string administrator_dsn() const;
};

/// `dsn` is libpq's: keywords or URI, one host or several.
ExternalServer parse_external(const std::string& dsn);

/// Why a server of this `server_version_num` is refused, or nothing.
std::optional<std::string> find_version_fault(int version);

/// Whether the server is there, is new enough and takes changes, and whether the administrator may
/// do what is asked of him.
std::vector<Finding> check(const ExternalServer& server);

/// Whether the roles of the program are there, and may do what they must and nothing more. After
/// bootstrap.
std::vector<Finding> check_roles(const ExternalServer& server);

/// What a superuser runs with psql where the program is given no administrator: bootstrap() as a
/// text.
std::string bootstrap_script(const std::string& database);

} // namespace atalaya::db
