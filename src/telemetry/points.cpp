#include "telemetry/points.hpp"

#include <algorithm>
#include <functional>

namespace atalaya::telemetry {

bool is_ordered(const Points& points) {
    return std::ranges::adjacent_find(points.times_ms, std::greater_equal()) ==
           points.times_ms.end();
}

void order_points(Points& points) {
    if (is_ordered(points))
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

PointsView points_within(const Points& points, std::int64_t from_ms, std::int64_t to_ms) {
    const auto index = [&](auto place) {
        return static_cast<std::size_t>(place - points.times_ms.begin());
    };
    const std::size_t start = index(std::ranges::lower_bound(points.times_ms, from_ms));
    const std::size_t end =
        std::max(start, index(std::ranges::upper_bound(points.times_ms, to_ms)));
    return {std::span(points.times_ms).subspan(start, end - start),
            std::span(points.values).subspan(start, end - start)};
}

} // namespace atalaya::telemetry
