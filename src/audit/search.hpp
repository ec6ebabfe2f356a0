// Finds events by what they say: led by the search index where there is one, by looking at each
// event where there is none yet, newest first.
//
// On a worker's thread, inside a transaction in the scope of the team. A search that takes longer
// than its budget gives what it has and how far it looked; it goes on from there when it is asked
// again.
#pragma once

#include "audit/facts.hpp"

#include <chrono>

namespace atalaya::audit {

struct Search {
    std::vector<Condition> conditions{}; ///< all of them hold
    std::optional<Time> from{}, to{};    ///< from <= occurred_at < to
};

struct SearchLimits {
    std::int64_t before = newest; ///< only events with a lower number
    std::int64_t count = 50;
    std::chrono::milliseconds budget{120}; ///< at least one step is made
};

struct Found {
    std::vector<EventView> events; ///< newest first
    /// All events from this number on, below SearchLimits::before, were looked at.
    std::int64_t looked_to = 1;
};

Found search_events(db::Tx& tx, const PayloadSealer& sealer, const Search& search,
                    const SearchLimits& limits);

} // namespace atalaya::audit
