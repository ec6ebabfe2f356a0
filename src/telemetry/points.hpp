// Samples of one series as two columns. A value; pure.
#pragma once

#include "base/series.hpp"

#include <cstdint>
#include <span>
#include <vector>

namespace atalaya::telemetry {

struct Points {
    std::vector<std::int64_t> times_ms;
    std::vector<double> values;

    std::size_t size() const { return times_ms.size(); }
    bool empty() const { return times_ms.empty(); }
    void clear() {
        times_ms.clear();
        values.clear();
    }
    void resize(std::size_t size) {
        times_ms.resize(size);
        values.resize(size);
    }
    void add(const Sample& sample) {
        times_ms.push_back(sample.time_ms);
        values.push_back(sample.value);
    }
    void append(const Points& more) {
        times_ms.insert(times_ms.end(), more.times_ms.begin(), more.times_ms.end());
        values.insert(values.end(), more.values.begin(), more.values.end());
    }
};

struct PointsView {
    std::span<const std::int64_t> times_ms;
    std::span<const double> values;
};

/// Whether the times are strictly ascending.
bool is_ordered(const Points& points);
/// Makes them so; of equal times the later one stays.
void order_points(Points& points);
/// What lies in the range, both ends included, of points in order.
PointsView points_within(const Points& points, std::int64_t from_ms, std::int64_t to_ms);

} // namespace atalaya::telemetry
