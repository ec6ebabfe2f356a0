// Sends the samples of made-up hosts by Prometheus' remote write, in the order of time, on several
// connections at once.
//
// What it takes itself is small beside what any receiver takes: about a tenth of a processor second
// for a million samples. Blocks until everything was taken; throws on the first refusal.
#pragma once

#include "bench/lanes.hpp"

#include <cstdint>
#include <string>

namespace atalaya::bench {

struct Sending {
    std::uint16_t port = 0; ///< of this machine, plain HTTP
    std::string path;
    std::string bearer; ///< none is sent when empty
    std::size_t first_host = 0;
    std::size_t hosts = 0;
    std::int64_t start_ms = 0;
    std::int64_t steps = 0;
};

inline constexpr std::int64_t step_ms = 15'000;

Sent send_samples(const Sending& what);

} // namespace atalaya::bench
