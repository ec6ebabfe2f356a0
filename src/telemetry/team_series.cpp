#include "telemetry/team_series.hpp"

#include <algorithm>

namespace atalaya::telemetry {

std::int64_t TeamSeries::count_active(std::int64_t now_ms) const {
    std::int64_t count = 0;
    for (auto each = active.lower_bound(floor_to(now_ms, window_ms) - window_ms);
         each != active.end(); ++each) {
        count += each->second;
    }
    return count;
}

void TeamSeries::add_samples(Series& series, std::span<const Sample> samples, std::int64_t now_ms) {
    const std::int64_t window = floor_to(now_ms, window_ms);
    if (series.active_window < window) {
        if (const auto before = active.find(series.active_window);
            before != active.end() && --before->second == 0)
            active.erase(before);
        series.active_window = window;
        ++active[window];
    }
    for (const Sample& sample : samples) {
        series.first_ms = std::min(series.first_ms, sample.time_ms);
        series.last_ms = std::max(series.last_ms, sample.time_ms);
        series.head.add(sample);
    }
}

} // namespace atalaya::telemetry
