#include "modules/metrics/usage.hpp"

#include "config/config.hpp"
#include "modules/metrics/answer.hpp"
#include "modules/metrics/inputs.hpp"
#include "shape/complete.hpp"
#include "telemetry/series_store.hpp"

namespace atalaya::metrics {
namespace {

using shape::field;
using shape::names_every_member;
using telemetry::Ranked;

constexpr std::size_t ranked_unless_told = 10;
constexpr std::size_t ranked_max = 1'000;

constexpr std::array refused_fields{
    field<&RefusedSamples::bad_labels>("bad_labels", "With labels that cannot be taken."),
    field<&RefusedSamples::too_old>("too_old", "Older than what is kept."),
    field<&RefusedSamples::too_new>("too_new", "Too far in the future."),
    field<&RefusedSamples::too_many_series>("too_many_series",
                                            "Of more series than may be active."),
};
static_assert(names_every_member<RefusedSamples>(refused_fields));

constexpr std::array metric_fields{
    field<&MetricCount::name>("name", "Of the metric."),
    field<&MetricCount::series>("series", "How many it has."),
};
static_assert(names_every_member<MetricCount>(metric_fields));

constexpr std::array label_fields{
    field<&LabelCount::name>("name", "Of the label."),
    field<&LabelCount::values>("values", "How many different ones it has."),
};
static_assert(names_every_member<LabelCount>(label_fields));

constexpr std::array label_value_fields{
    field<&LabelValueCount::name>("name", "Of the label."),
    field<&LabelValueCount::value>("value", "Of the label."),
    field<&LabelValueCount::series>("series", "How many have it."),
};
static_assert(names_every_member<LabelValueCount>(label_value_fields));

constexpr std::array usage_fields{
    field<&MetricsUsage::active_series>("active_series",
                                        "Series that received samples within two to four hours."),
    field<&MetricsUsage::series_max>("series_max", "As many may be active."),
    field<&MetricsUsage::series>("series", "All that are kept, active or not."),
    field<&MetricsUsage::samples_in_memory>("samples_in_memory", "Not written into blocks yet."),
    field<&MetricsUsage::samples_stored>("samples_stored", "In blocks."),
    field<&MetricsUsage::bytes_stored>("bytes_stored", "Sealed, without indexes and headers."),
    field<&MetricsUsage::stored_at>("stored_at", "When what is stored was counted."),
    field<&MetricsUsage::retention_days>("retention_days", "For so long samples are kept."),
    field<&MetricsUsage::refused>("refused", "Samples since the server was started."),
    field<&MetricsUsage::metrics>("metrics", "Those with the most series."),
    field<&MetricsUsage::labels>("labels", "Those with the most values."),
    field<&MetricsUsage::label_values>("label_values", "Those that the most series have."),
};
static_assert(names_every_member<MetricsUsage>(usage_fields));

std::size_t read_limit(const Inputs& inputs) {
    const std::size_t limit = inputs.limit();
    if (limit > ranked_max)
        refuse_parameter("limit", "at most " + std::to_string(ranked_max));
    return limit == 0 ? ranked_unless_told : limit;
}

/// `joint` stands between the name of a label and its value.
void append_ranks(std::string& out, std::string_view title, const std::vector<Ranked>& ranks,
                  std::string_view joint = "") {
    out += ",\"" + std::string(title) + "\":[";
    for (const Ranked& each : ranks) {
        out += out.back() == '[' ? "{\"name\":" : ",{\"name\":";
        shape::append_json_string(out, each.name + std::string(joint) + each.value);
        out += ",\"value\":" + std::to_string(each.count) + "}";
    }
    out += ']';
}

} // namespace

MetricsUsage get_usage(api::Call& call) {
    using telemetry::Refusal;
    const std::size_t limit = read_limit(Inputs(call));
    telemetry::SeriesStore& store = call.services.metrics;
    const telemetry::StoredStats stored = store.measure_stored(call.tx);
    const telemetry::MemoryStats memory = store.measure_memory(call.tx, limit);
    const auto refused = [&](Refusal why) { return memory.refused[static_cast<std::size_t>(why)]; };
    MetricsUsage usage{
        .active_series = memory.active_series,
        .series_max = memory.series_max,
        .series = memory.series,
        .samples_in_memory = memory.samples,
        .samples_stored = stored.samples,
        .bytes_stored = stored.bytes,
        .stored_at = stored.at,
        .retention_days = call.services.config.metrics.retention_days,
        .refused = {refused(Refusal::bad_labels), refused(Refusal::too_old),
                    refused(Refusal::too_new), refused(Refusal::too_many_series)},
    };
    for (const Ranked& each : memory.cardinality.metrics)
        usage.metrics.push_back({each.name, each.count});
    for (const Ranked& each : memory.cardinality.labels)
        usage.labels.push_back({each.name, each.count});
    for (const Ranked& each : memory.cardinality.values)
        usage.label_values.push_back({each.name, each.value, each.count});
    return usage;
}

/// What Prometheus calls its head is what lies in memory here.
net::Response get_tsdb_status(api::Call& call) {
    const std::size_t limit = read_limit(Inputs(call));
    const telemetry::MemoryStats memory = call.services.metrics.measure_memory(call.tx, limit);
    const telemetry::Cardinality& ranks = memory.cardinality;
    std::string data = "{\"headStats\":{\"numSeries\":" + std::to_string(memory.active_series) +
                       ",\"numLabelPairs\":" + std::to_string(ranks.pairs) +
                       ",\"chunkCount\":" + std::to_string(memory.chunks) +
                       ",\"minTime\":" + std::to_string(memory.first_ms) +
                       ",\"maxTime\":" + std::to_string(memory.last_ms) + "}";
    append_ranks(data, "seriesCountByMetricName", ranks.metrics);
    append_ranks(data, "labelValueCountByLabelName", ranks.labels);
    append_ranks(data, "memoryInBytesByLabelName", ranks.label_bytes);
    append_ranks(data, "seriesCountByLabelValuePair", ranks.values, "=");
    data += '}';
    return make_answer(data);
}

} // namespace atalaya::metrics

namespace atalaya::shape {
const Shape Described<metrics::RefusedSamples>::shape{"RefusedSamples", metrics::refused_fields};
const Shape Described<metrics::MetricCount>::shape{"MetricCount", metrics::metric_fields};
const Shape Described<metrics::LabelCount>::shape{"LabelCount", metrics::label_fields};
const Shape Described<metrics::LabelValueCount>::shape{"LabelValueCount",
                                                       metrics::label_value_fields};
const Shape Described<metrics::MetricsUsage>::shape{"MetricsUsage", metrics::usage_fields};
} // namespace atalaya::shape
