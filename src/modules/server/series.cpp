#include "modules/server/series.hpp"

#include "modules/server/server.hpp"
#include "shape/complete.hpp"
#include "telemetry/store.hpp"

#include <cmath>

namespace atalaya::server {
namespace {

using shape::field;

constexpr std::array series_fields{
    field<&SeriesView::name>("name", "Of the metric."),
    field<&SeriesView::labels>("labels", "What tells series of one metric apart."),
    field<&SeriesView::unit>(
        "unit", "percent, bytes, seconds, count, bytes_per_s, ops_per_s or errors_per_s."),
    field<&SeriesView::avg>("avg", "Average in each bucket; null where nothing was reported."),
    field<&SeriesView::min>("min", "Least value in each bucket."),
    field<&SeriesView::max>("max", "Greatest value in each bucket."),
};
static_assert(shape::names_every_member<SeriesView>(series_fields));

constexpr std::array range_fields{
    field<&RangeView::from>("from", "Start of the range."),
    field<&RangeView::to>("to", "End of the range."),
    field<&RangeView::step_s>("step_s", "Length of a bucket in seconds."),
    field<&RangeView::times>("times", "Where each bucket starts, in seconds since 1970 UTC."),
    field<&RangeView::series>("series", "By name, then labels."),
};
static_assert(shape::names_every_member<RangeView>(range_fields));

constexpr Micros range_default = std::chrono::hours(1);
constexpr Micros range_max = std::chrono::hours(24 * 366);

std::vector<std::optional<double>> without_nan(const std::vector<double>& values) {
    std::vector<std::optional<double>> out;
    out.reserve(values.size());
    for (const double value : values)
        out.push_back(std::isnan(value) ? std::nullopt : std::optional(value));
    return out;
}

telemetry::RangeQuery read_query(const api::Call& call) {
    const api::Query& query = call.query();
    telemetry::RangeQuery range;
    range.to = query.find_time("to").value_or(call.services.clock.now());
    range.from = query.find_time("from").value_or(range.to - range_default);
    range.max_points =
        static_cast<std::size_t>(query.find_integer("max_points", 1, 2000).value_or(600));
    range.names = query.all("name");
    if (range.from >= range.to || range.to - range.from > range_max)
        throw Problem(problems::invalid)
            .at("?from", "range", "from must be before to, by a year at most.");
    return range;
}

} // namespace

RangeView get_series(api::Call& call) {
    const telemetry::RangeQuery query = read_query(call);
    const Server server = get_server(call, call.path().id<ServerId>("server"));
    const telemetry::Range range = call.services.telemetry.range(call.tx, server.id, query);
    RangeView view;
    view.from = range.from;
    view.to = range.to;
    view.step_s = range.step_s;
    for (const Time time : range.times)
        view.times.push_back(time.us / 1'000'000);
    for (const telemetry::RangeSeries& series : range.series) {
        SeriesView out;
        out.name = series.name;
        for (const wire::Label& label : series.labels)
            out.labels.emplace_back(label.name, label.value);
        out.unit = wire::to_string(series.unit);
        out.avg = without_nan(series.average);
        out.min = without_nan(series.least);
        out.max = without_nan(series.greatest);
        view.series.push_back(std::move(out));
    }
    return view;
}

} // namespace atalaya::server

namespace atalaya::shape {
const Shape Described<server::SeriesView>::shape{"Series", server::series_fields};
const Shape Described<server::RangeView>::shape{"SeriesRange", server::range_fields};
} // namespace atalaya::shape
