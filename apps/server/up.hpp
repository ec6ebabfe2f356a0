// The server itself, until a signal ends it: `atalaya up` with a PostgreSQL of its own, `atalaya
// serve` with one that somebody else runs. On the main thread.
#pragma once

#include "config/config.hpp"

namespace atalaya::server_program {

/// Serves until SIGTERM or SIGINT; the exit status. Prints `ready https://…` when requests are
/// answered.
int run_up(const config::Config& config, bool with_local_agent);
int run_serve(const config::Config& config, bool with_local_agent);

} // namespace atalaya::server_program
