// `atalaya up`: everything on one machine, until a signal ends it. On the main thread.
#pragma once

#include "config/config.hpp"
#include "db/postgres.hpp"

namespace atalaya::server_program {

/// Where the embedded PostgreSQL of this installation lies and what it may use.
db::PostgresOptions postgres_options(const config::Config& config);

/// Serves until SIGTERM or SIGINT; the exit status. Prints `ready https://…` when requests are
/// answered.
int run_up(const config::Config& config, bool with_local_agent);

} // namespace atalaya::server_program
