#include "modules/metrics/otlp_deltas.hpp"

#include "telemetry/series_store.hpp"

#include <algorithm>
#include <map>

namespace atalaya::metrics {
namespace {

using telemetry::LabelsPtr;

/// First where memory holds it, since most programs report every minute or more often.
constexpr std::array<std::int64_t, 2> look_back_ms{5 * 60'000, 24 * 3'600'000};
constexpr std::int64_t look_ahead_ms = 24 * 3'600'000; ///< for what was written after them

/// What comes for one series, and how far it was.
struct Sum {
    LabelsPtr labels;
    std::vector<OtlpSample*> added; ///< by time
    std::int64_t last_ms = std::numeric_limits<std::int64_t>::min();
    double value = 0;

    void go_on_from(std::int64_t time_ms, double reached) {
        last_ms = time_ms;
        value = is_stale(reached) ? 0 : reached;
    }
    void add_up() {
        for (OtlpSample* const each : added) {
            if (each->sample.time_ms <= last_ms) {
                each->labels.clear();
                continue;
            }
            if (!is_stale(each->sample.value))
                each->sample.value += value;
            go_on_from(each->sample.time_ms, each->sample.value);
        }
    }
};

std::vector<Sum> group(std::vector<OtlpSample>& samples) {
    std::map<Labels, std::vector<OtlpSample*>> by_labels;
    for (OtlpSample& each : samples) {
        if (each.is_delta)
            by_labels[each.labels].push_back(&each);
    }
    std::vector<Sum> sums;
    for (auto& [labels, added] : by_labels) {
        std::ranges::stable_sort(added, {},
                                 [](const OtlpSample* each) { return each->sample.time_ms; });
        sums.push_back({std::make_shared<const Labels>(labels), std::move(added)});
    }
    return sums;
}

/// Gives those that are not found in the range.
std::vector<Sum*> find_reached(db::Tx& tx, telemetry::SeriesStore& store,
                               const std::vector<Sum*>& sums, std::int64_t look_back) {
    std::vector<LabelsPtr> series;
    promql::TimeRange range{std::numeric_limits<std::int64_t>::max(), 0};
    for (const Sum* const sum : sums) {
        series.push_back(sum->labels);
        range.from_ms = std::min(range.from_ms, sum->added.front()->sample.time_ms - look_back);
        range.to_ms = std::max(range.to_ms, sum->added.back()->sample.time_ms + look_ahead_ms);
    }
    const std::vector<telemetry::Points> found = store.read(tx, series, range);
    std::vector<Sum*> missing;
    for (std::size_t i = 0; i < sums.size(); ++i) {
        if (found[i].size() == 0)
            missing.push_back(sums[i]);
        else
            sums[i]->go_on_from(found[i].times_ms.back(), found[i].values.back());
    }
    return missing;
}

} // namespace

void add_up(db::Tx& tx, telemetry::SeriesStore& store, std::vector<OtlpSample>& samples) {
    std::vector<Sum> sums = group(samples);
    std::vector<Sum*> missing;
    for (Sum& sum : sums)
        missing.push_back(&sum);
    for (const std::int64_t look_back : look_back_ms) {
        if (!missing.empty())
            missing = find_reached(tx, store, missing, look_back);
    }
    for (Sum& sum : sums)
        sum.add_up();
    std::erase_if(samples, [](const OtlpSample& each) { return each.labels.empty(); });
}

} // namespace atalaya::metrics
