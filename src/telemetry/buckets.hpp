// Many samples in, few points out: average, least and greatest of each series in buckets of equal
// length.
//
// A bucket is floor(time / step), counted from 1970, so that a range that moves with the clock
// keeps its buckets. Pure; used by one thread at a time. Throws Problem too_large when an answer
// would grow beyond what one may hold.
#pragma once

#include "telemetry/store.hpp"

#include <map>
#include <span>
#include <vector>

namespace atalaya::telemetry {

/// Agents tick at this pace unless told otherwise; assumed when too few ticks are known to tell.
inline constexpr std::int64_t usual_interval_ms = 10'000;

/// The median distance; `distances_ms` is reordered.
std::int64_t median_interval_ms(std::span<std::int64_t> distances_ms);

/// The least of 1, 2, 5, 10, 15, 20, 30 seconds, minutes and so on that is no shorter than the
/// interval of the ticks (a shorter one would show holes between them) and gives at most
/// `max_points` buckets.
std::int64_t choose_step_s(const RangeQuery& query, std::int64_t interval_ms);

class Buckets {
  public:
    Buckets(const RangeQuery& query, std::int64_t step_s);

    /// In ascending order of time. Of one series also in several parts.
    void add(const wire::Series& series, std::span<const std::int64_t> times_ms,
             std::span<const double> values);
    Range finish() &&;

  private:
    struct Cell {
        double sum = 0;
        double least = 0;
        double greatest = 0;
        std::uint32_t count = 0;
    };
    struct BySeries {
        bool operator()(const wire::Series& left, const wire::Series& right) const {
            return wire::order(left, right) < 0;
        }
    };

    const RangeQuery query_;
    const std::int64_t step_us_;
    const std::int64_t first_bucket_;
    const std::size_t points_;
    std::map<wire::Series, std::vector<Cell>, BySeries> series_;
};

} // namespace atalaya::telemetry
