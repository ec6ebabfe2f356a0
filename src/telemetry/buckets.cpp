#include "telemetry/buckets.hpp"

#include "base/check.hpp"
#include "base/problems.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <limits>

namespace atalaya::telemetry {
namespace {

/// Series times points. An answer of this size is some 30 MB of JSON.
constexpr std::size_t cells_max = 500'000;

constexpr std::int64_t day_s = 86'400;
constexpr std::array<std::int64_t, 22> nice_steps_s{
    1,   2,    5,    10,   15,   20,    30,    60,     120,    300,    600,
    900, 1200, 1800, 3600, 7200, 10800, 14400, 21'600, 28'800, 43'200, day_s};

std::int64_t floor_div(std::int64_t value, std::int64_t by) {
    return value / by - (value % by < 0 ? 1 : 0);
}

std::int64_t ceil_div(std::int64_t value, std::int64_t by) { return -floor_div(-value, by); }

} // namespace

std::int64_t median_interval_ms(std::span<std::int64_t> distances_ms) {
    if (distances_ms.size() < 3)
        return usual_interval_ms;
    const auto middle = distances_ms.begin() + (std::ssize(distances_ms) - 1) / 2;
    std::ranges::nth_element(distances_ms, middle);
    return *middle;
}

std::int64_t choose_step_s(const RangeQuery& query, std::int64_t interval_ms) {
    const auto points =
        static_cast<std::int64_t>(std::clamp<std::size_t>(query.max_points, 1, points_max));
    const std::int64_t least = std::max(
        ceil_div(interval_ms, 1000), ceil_div((query.to - query.from).count(), points * 1'000'000));
    const auto nice = std::ranges::lower_bound(nice_steps_s, least);
    return nice != nice_steps_s.end() ? *nice : ceil_div(least, day_s) * day_s;
}

Buckets::Buckets(const RangeQuery& query, std::int64_t step_s)
    : query_(query),
      step_us_(step_s * 1'000'000),
      first_bucket_(floor_div(query.from.us, step_us_)),
      points_(static_cast<std::size_t>(floor_div(query.to.us - 1, step_us_) - first_bucket_ + 1)) {
    CHECK_REQUEST(query.from < query.to);
}

void Buckets::add(const wire::Series& series, std::span<const std::int64_t> times_ms,
                  std::span<const double> values) {
    std::vector<Cell>& cells = series_[series];
    if (series_.size() * points_ > cells_max)
        throw Problem(problems::too_large)
            .detail("Ask for fewer metrics by name, for a shorter time or for fewer points.");
    cells.resize(points_);
    for (std::size_t i = 0; i < times_ms.size(); ++i) {
        const std::int64_t time_us = times_ms[i] * 1000;
        const double value = values[i];
        if (time_us < query_.from.us || time_us >= query_.to.us || !std::isfinite(value))
            continue;
        Cell& cell = cells[static_cast<std::size_t>(floor_div(time_us, step_us_) - first_bucket_)];
        cell.least = cell.count == 0 ? value : std::min(cell.least, value);
        cell.greatest = cell.count == 0 ? value : std::max(cell.greatest, value);
        cell.sum += value;
        ++cell.count;
    }
}

Range Buckets::finish() && {
    constexpr double gap = std::numeric_limits<double>::quiet_NaN();
    Range range{query_.from, query_.to, step_us_ / 1'000'000, {}, {}};
    for (std::size_t point = 0; point < points_; ++point) {
        range.times.push_back({(first_bucket_ + static_cast<std::int64_t>(point)) * step_us_});
    }
    for (const auto& [series, cells] : series_) {
        if (std::ranges::all_of(cells, [](const Cell& cell) { return cell.count == 0; }))
            continue;
        RangeSeries out{series.name, series.labels, series.unit, {}, {}, {}};
        for (const Cell& cell : cells) {
            const bool any = cell.count > 0;
            // Rounding and overflow of the sum must not push the average past its bounds.
            out.average.push_back(any ? std::clamp(cell.sum / cell.count, cell.least, cell.greatest)
                                      : gap);
            out.least.push_back(any ? cell.least : gap);
            out.greatest.push_back(any ? cell.greatest : gap);
        }
        range.series.push_back(std::move(out));
    }
    return range;
}

} // namespace atalaya::telemetry
