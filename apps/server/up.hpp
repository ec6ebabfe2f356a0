// The server itself, until a signal ends it: `atalaya up` with a PostgreSQL of its own, `atalaya
// serve` with one that somebody else runs. On the main thread.
#pragma once

#include "config/config.hpp"

namespace atalaya::server_program {

/// In the data directory: where people reach the page of the server that was started last.
inline constexpr const char* url_file = "url";
/// Where people reach the page: server.public_url, or made from server.https. `https_port` is the
/// one that was taken.
std::string public_url(const config::Config& config, std::uint16_t https_port);

/// Serves until SIGTERM or SIGINT; the exit status. Prints `ready https://…` when requests are
/// answered.
int run_up(const config::Config& config, bool with_local_agent);
int run_serve(const config::Config& config, bool with_local_agent);

} // namespace atalaya::server_program
