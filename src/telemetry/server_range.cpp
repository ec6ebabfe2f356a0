#include "telemetry/server_range.hpp"

#include "base/check.hpp"
#include "telemetry/buckets.hpp"
#include "telemetry/series_key.hpp"
#include "telemetry/usage.hpp"

#include <set>
#include <utility>

namespace atalaya::telemetry {
namespace {

/// How many samples are looked at to tell the pace of the ticks.
constexpr std::size_t pace_samples = 50'000;

std::int64_t ceil_ms(Time time) { return (time.us + 999) / 1000; }

promql::Matchers match_server(ServerId server) {
    return {*promql::Matcher::make(promql::MatchKind::equal, std::string(server_id_label),
                                   to_string(server))};
}

/// As its agent called it.
wire::Series without_server(const Labels& labels) {
    wire::Series series;
    for (const Label& label : labels) {
        if (label.name == metric_name_label)
            series.name = label.value;
        else if (label.name != server_label && label.name != server_id_label)
            series.labels.push_back(label);
    }
    series.unit = wire::unit_of(series.name);
    return series;
}

/// Holds the first series back until they tell how long a bucket has to be.
class Gatherer {
  public:
    explicit Gatherer(const RangeQuery& query) : query_(query) {}

    void add(const promql::SeriesView& view) {
        const wire::Series series = without_server(*view.labels);
        if (buckets_) {
            buckets_->add(series, view.times_ms, view.values);
            return;
        }
        Points points;
        points.times_ms.assign(view.times_ms.begin(), view.times_ms.end());
        points.values.assign(view.values.begin(), view.values.end());
        held_samples_ += points.size();
        held_.emplace_back(series, std::move(points));
        if (held_samples_ >= pace_samples)
            choose_step();
    }
    Range finish() {
        if (!buckets_)
            choose_step();
        return std::move(*buckets_).finish();
    }

  private:
    void choose_step() {
        std::vector<std::int64_t> distances;
        for (const auto& [series, points] : held_) {
            for (std::size_t i = 1; i < points.size(); ++i) {
                distances.push_back(points.times_ms[i] - points.times_ms[i - 1]);
            }
        }
        buckets_.emplace(query_, choose_step_s(query_, median_interval_ms(distances)));
        for (const auto& [series, points] : std::exchange(held_, {})) {
            buckets_->add(series, points.times_ms, points.values);
        }
    }

    const RangeQuery& query_;
    std::vector<std::pair<wire::Series, Points>> held_;
    std::size_t held_samples_ = 0;
    std::optional<Buckets> buckets_;
};

} // namespace

Range read_range(SeriesStore& store, db::Tx& tx, ServerId server, const RangeQuery& query) {
    CHECK_REQUEST(query.from < query.to);
    const promql::TimeRange range{ceil_ms(query.from), ceil_ms(query.to) - 1};
    Gatherer gatherer(query);
    const auto select = [&](const promql::Matchers& matchers) {
        store.select(tx, matchers, range,
                     [&](const promql::SeriesView& view) { gatherer.add(view); });
    };
    if (query.names.empty())
        select(match_server(server));
    for (const std::string& name : std::set(query.names.begin(), query.names.end())) {
        promql::Matchers matchers = match_server(server);
        matchers.push_back(
            *promql::Matcher::make(promql::MatchKind::equal, std::string(metric_name_label), name));
        select(matchers);
    }
    return gatherer.finish();
}

std::optional<Usage> read_latest_usage(SeriesStore& store, db::Tx& tx, ServerId server, Time from,
                                       Time to) {
    promql::Matchers matchers = match_server(server);
    matchers.push_back(*promql::Matcher::make(
        promql::MatchKind::matches, std::string(metric_name_label), std::string(usage_metrics)));
    std::vector<std::pair<wire::Series, Sample>> latest;
    std::int64_t latest_ms = 0;
    store.select(tx, matchers, {ceil_ms(from), ceil_ms(to)}, [&](const promql::SeriesView& view) {
        latest_ms = std::max(latest_ms, view.times_ms.back());
        latest.push_back(
            {without_server(*view.labels), {view.times_ms.back(), view.values.back()}});
    });
    if (latest.empty())
        return std::nullopt;
    Table table;
    std::vector<double> values;
    for (auto& [series, sample] : latest) {
        if (sample.time_ms != latest_ms)
            continue;
        table.series.push_back(std::move(series));
        values.push_back(sample.value);
    }
    return read_usage({latest_ms, table, values.data()});
}

} // namespace atalaya::telemetry
