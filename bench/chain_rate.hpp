// How fast a chain is followed, and how fast the hashing alone would be, by processor time.
//
// Called on the main thread.
#pragma once

#include "bench/stage.hpp"

#include <cstdint>

namespace atalaya::bench {

struct ChainRate {
    std::int64_t events = 0;
    /// Read from the database, payloads opened, all checked; the session's time is in it.
    double stored_per_s = 0;
    double database_share = 0; ///< of the session, of that
    std::int64_t links = 0;
    double links_per_s = 0; ///< the same checks on links that lie in memory, payloads open
    double bound_per_s = 0; ///< SHA-256 over as many bytes for each link, in one piece
};

/// Follows the chain of the first team, which is made some length, and one of `links` made up in
/// memory.
/// Throws when a chain does not hold.
ChainRate measure_chain(Stage& stage, std::int64_t links);

} // namespace atalaya::bench
