// Where PromQL gets its samples from: the seam between the language and whatever keeps the series.
//
// A Source belongs to one query of one team and is used on that query's thread.
#pragma once

#include "promql/matcher.hpp"

#include <cstdint>
#include <functional>
#include <memory>
#include <span>

namespace atalaya::promql {

/// Milliseconds since 1970 UTC; both ends belong to it.
struct TimeRange {
    std::int64_t from_ms;
    std::int64_t to_ms;
};

/// One series as far as the range reaches; the spans live for the call that gets it.
struct SeriesView {
    const std::shared_ptr<const Labels>& labels; ///< with the metric's name
    std::span<const std::int64_t> times_ms;      ///< strictly ascending
    std::span<const double> values;              ///< as many; stale_value() where the series ended
};

class Source {
  public:
    using OnSeries = std::function<void(const SeriesView&)>;

    virtual ~Source() = default;

    /// Calls `use` once for each series that all matchers accept and that has a sample in the
    /// range, in any order. What `use` throws ends the search.
    virtual void select(const Matchers& matchers, TimeRange range, const OnSeries& use) = 0;
};

} // namespace atalaya::promql
