#include "telemetry/points.hpp"

#include <algorithm>
#include <functional>

namespace atalaya::telemetry {

void order_points(Points& points) {
    if (std::ranges::adjacent_find(points.times_ms, std::greater_equal()) == points.times_ms.end())
        return;
    std::vector<Sample> samples;
    samples.reserve(points.size());
    for (std::size_t i = 0; i < points.size(); ++i) {
        samples.push_back({points.times_ms[i], points.values[i]});
    }
    std::ranges::stable_sort(samples, {}, &Sample::time_ms);
    points.clear();
    for (std::size_t i = 0; i < samples.size(); ++i) {
        if (i + 1 == samples.size() || samples[i + 1].time_ms != samples[i].time_ms)
            points.add(samples[i]);
    }
}

void cut_points(Points& points, std::int64_t from_ms, std::int64_t to_ms) {
    const auto index = [&](auto place) { return place - points.times_ms.begin(); };
    const auto end = index(std::ranges::upper_bound(points.times_ms, to_ms));
    const auto start = index(std::ranges::lower_bound(points.times_ms, from_ms));
    points.times_ms.erase(points.times_ms.begin() + end, points.times_ms.end());
    points.values.erase(points.values.begin() + end, points.values.end());
    points.times_ms.erase(points.times_ms.begin(), points.times_ms.begin() + std::min(start, end));
    points.values.erase(points.values.begin(), points.values.begin() + std::min(start, end));
}

} // namespace atalaya::telemetry
