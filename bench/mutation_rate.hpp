// How many audited mutations a second the database floor commits.
//
// Called on the main thread; the work is done by a Pool's workers.
#pragma once

#include "bench/stage.hpp"

#include <chrono>
#include <cstddef>

namespace atalaya::bench {

/// Eight connections and 64 clients, each with one mutation under way, over the first `teams`
/// teams. Every mutation is BEGIN, scope, UPDATE, append and COMMIT in one round trip. Throws when
/// any mutation failed.
double measure_mutations(Stage& stage, std::size_t teams, std::chrono::milliseconds time);

} // namespace atalaya::bench
