// Sends the samples of made-up hosts as agents do: one connection and one token for each host, some
// ticks in each frame, the table of series with the first one.
//
// Blocks until everything was taken; throws on the first refusal.
#pragma once

#include "bench/lanes.hpp"

#include <cstdint>
#include <string>
#include <vector>

namespace atalaya::bench {

struct Pushing {
    std::uint16_t port = 0;          ///< of this machine, plain HTTP
    std::vector<std::string> tokens; ///< of the agents, one for each host
    std::int64_t start_ms = 0;
    std::int64_t steps = 0;
    std::size_t ticks_at_once = 1;
};

Sent push_samples(const Pushing& what);

} // namespace atalaya::bench
