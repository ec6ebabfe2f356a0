// The agent's programs: `run`, until a signal ends it, and `prove`.
#pragma once

#include "agent/config.hpp"

#include <string>

namespace atalaya::agent {

/// Collects and sends until SIGTERM or SIGINT; then ends the process with status 0 within a second.
/// Throws std::runtime_error or std::invalid_argument with one clear line when it cannot start.
[[noreturn]] void run(const Config& config);

/// What this agent may do, its policy's hash, and the hash of its own program file.
std::string prove();

} // namespace atalaya::agent
