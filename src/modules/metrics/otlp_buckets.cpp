#include "modules/metrics/otlp_buckets.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <map>

namespace atalaya::metrics {
namespace {

/// Powers of the fourth root of two, so that a bound has the same digits on every machine.
constexpr std::array quarters{1.0, 1.189207115002721, 1.4142135623730951, 1.681792830507429};

/// base^n at a scale of at most scale_max; 0 and infinity where a double ends.
double power(std::int64_t n, int scale) {
    const std::int64_t in_quarters = n * (std::int64_t{1} << (scale_max - scale));
    const auto exponent = static_cast<int>(std::clamp<std::int64_t>(in_quarters >> 2, -1100, 1100));
    return std::ldexp(quarters[static_cast<std::size_t>(in_quarters & 3)], exponent);
}

/// Counts by the upper bound of their bucket.
using Counts = std::map<double, std::uint64_t>;

/// Bounds lie at `sign` times a power. False when there are too many.
bool add_side(Counts& counts, const wire::OtlpBuckets& side, int scale, int sign) {
    const int target = std::min(scale, scale_max);
    for (std::size_t i = 0; i < side.counts.size(); ++i) {
        if (side.counts[i] == 0)
            continue;
        const std::int64_t n = (side.offset + static_cast<std::int64_t>(i)) >> (scale - target);
        const double near = sign * power(n, target);
        const double far = sign * power(n + 1, target);
        counts[std::max(near, far)] += side.counts[i];
        counts.try_emplace(std::min(near, far)); // else it would seem to begin where another ends
        if (counts.size() > explicit_buckets_max)
            return false;
    }
    return true;
}

} // namespace

bool make_explicit(wire::OtlpPoint& point) {
    const wire::OtlpExponential& from = *point.exponential;
    const bool is_possible = from.scale >= -10 && from.scale <= 20 && from.zero_threshold >= 0 &&
                             std::isfinite(from.zero_threshold);
    Counts counts{{from.zero_threshold, from.zero_count}};
    if (!is_possible || !add_side(counts, from.below, from.scale, -1) ||
        !add_side(counts, from.above, from.scale, 1))
        return false;
    for (const auto& [bound, count] : counts) {
        if (bound == -std::numeric_limits<double>::infinity() ||
            bound == std::numeric_limits<double>::infinity())
            continue; // what has no bound is the rest, of which the count of all tells
        point.bounds.push_back(bound);
        point.buckets.push_back(count);
    }
    point.buckets.push_back(0);
    return true;
}

} // namespace atalaya::metrics
