// How much a team measures and where its series come from: for the page, and in the form of
// Prometheus' status/tsdb.
#pragma once

#include "api/call.hpp"
#include "shape/field.hpp"

namespace atalaya::metrics {

/// Samples, by why they were refused.
struct RefusedSamples {
    std::int64_t bad_labels = 0;
    std::int64_t too_old = 0;
    std::int64_t too_new = 0;
    std::int64_t too_many_series = 0;
};

struct MetricCount {
    std::string name;
    std::int64_t series = 0;
};
struct LabelCount {
    std::string name;
    std::int64_t values = 0;
};
struct LabelValueCount {
    std::string name;
    std::string value;
    std::int64_t series = 0;
};

struct MetricsUsage {
    std::int64_t active_series = 0;
    std::int64_t series_max = 0;
    std::int64_t series = 0;
    std::int64_t samples_in_memory = 0;
    std::int64_t samples_stored = 0;
    std::int64_t bytes_stored = 0;
    Time stored_at;
    std::int64_t retention_days = 0;
    RefusedSamples refused;
    std::vector<MetricCount> metrics{};
    std::vector<LabelCount> labels{};
    std::vector<LabelValueCount> label_values{};
};

MetricsUsage get_usage(api::Call& call);
net::Response get_tsdb_status(api::Call& call);

} // namespace atalaya::metrics

namespace atalaya::shape {
template <>
struct Described<metrics::RefusedSamples> {
    static const Shape shape;
};
template <>
struct Described<metrics::MetricCount> {
    static const Shape shape;
};
template <>
struct Described<metrics::LabelCount> {
    static const Shape shape;
};
template <>
struct Described<metrics::LabelValueCount> {
    static const Shape shape;
};
template <>
struct Described<metrics::MetricsUsage> {
    static const Shape shape;
};
} // namespace atalaya::shape
