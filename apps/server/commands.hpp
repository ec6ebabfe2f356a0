// The commands beside `up`. On the main thread; each gives the exit status.
#pragma once

#include "config/config.hpp"

#include <string>
#include <vector>

namespace atalaya::server_program {

/// What would keep the server from starting, looked at without changing anything.
int run_doctor(const config::Config& config);
/// Follows every chain of the installation. Needs the running server's database.
int run_audit_verify(const config::Config& config);
/// Lets the watch over the chains take one that does not hold as it is, up to this event.
int run_audit_accept(const config::Config& config, const std::string& team, const std::string& seq);
/// Accounts and operators, past the server: `admin create|list|disable|enable|reset-2fa|reset-link
/// [E-MAIL]`, on its running database and on the record. 2 for words that mean nothing.
int run_admin(const config::Config& config, const std::vector<std::string>& words);
/// Makes an account of each line of the file, with the password hashes of another program, and
/// reports on every line. The server must not run. 1 when a line was refused; a dry run changes
/// nothing.
int run_import_users(const config::Config& config, const std::string& file, bool dry_run);
/// psql on the database, as owner (what a database administrator may) or app.
int run_psql(const config::Config& config, const std::string& role,
             std::vector<std::string> arguments);
/// What a superuser runs on an external PostgreSQL before the first `serve`.
int print_database_sql(const config::Config& config);
/// The API document.
int print_openapi();

} // namespace atalaya::server_program
