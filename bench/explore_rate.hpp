// How fast a long record is searched.
//
// Called on the main thread.
#pragma once

#include "bench/stage.hpp"

#include <cstdint>
#include <string>

namespace atalaya::bench {

struct ExploreRate {
    std::int64_t events = 0;
    double indexed_per_s = 0; ///< how fast the index follows the record
    double index_bytes = 0;   ///< for each event
    double page_p95_ms = 0;   ///< a page of 50, over all kinds of filters and depths
    std::string slowest;      ///< the filter whose median is the highest, without spaces
    double slowest_median_ms = 0;
    double text_first_ms = 0; ///< until the only event with a word was found, at the far end
    double text_none_ms = 0;  ///< until it is certain that no event has a word
};

/// Lengthens the chain of the second team to `events`, indexes it and searches it. Throws when a
/// search finds something else than was put there.
ExploreRate measure_explore(Stage& stage, std::int64_t events);

} // namespace atalaya::bench
