#include "modules/metrics/answer.hpp"
#include "modules/metrics/otlp_json.hpp"
#include "modules/metrics/otlp_names.hpp"
#include "modules/metrics/otlp_series.hpp"
#include "wire/test_otlp.hpp"

#include <gtest/gtest.h>

namespace atalaya::metrics {
namespace {

using namespace wire::test;

constexpr std::uint64_t at_ns = 1'763'800'000'500'000'000;

std::string name_of(std::string name, std::string unit, wire::OtlpKind kind, bool monotonic) {
    wire::OtlpMetric metric;
    metric.name = std::move(name);
    metric.unit = std::move(unit);
    metric.kind = kind;
    metric.is_monotonic = monotonic;
    return make_metric_name(metric);
}

/// `name{label="value"} value`, one a line.
std::string written(const OtlpSamples& made) {
    std::string out;
    for (const OtlpSample& each : made.samples) {
        append_labels(out, each.labels);
        out += ' ';
        append_number(out, each.sample.value);
        EXPECT_EQ(each.sample.time_ms, 1'763'800'000'500);
        out += '\n';
    }
    return out;
}

TEST(OtlpNames, AreThoseThatPrometheusMakes) {
    using wire::OtlpKind;
    EXPECT_EQ(name_of("http.server.duration", "ms", OtlpKind::histogram, false),
              "http_server_duration_milliseconds");
    EXPECT_EQ(name_of("http.server.requests", "{request}", OtlpKind::sum, true),
              "http_server_requests_total");
    EXPECT_EQ(name_of("requests_total_count", "1", OtlpKind::sum, true), "requests_count_total");
    EXPECT_EQ(name_of("queue.length", "1", OtlpKind::sum, false), "queue_length");
    EXPECT_EQ(name_of("cpu.utilization", "1", OtlpKind::gauge, false), "cpu_utilization_ratio");
    EXPECT_EQ(name_of("disk.io", "By/s", OtlpKind::gauge, false), "disk_io_bytes_per_second");
    EXPECT_EQ(name_of("memory_bytes", "By", OtlpKind::gauge, false), "memory_bytes");
    EXPECT_EQ(name_of("a--b", "widgets", OtlpKind::gauge, false), "a_b_widgets");
    EXPECT_EQ(name_of("2xx", "", OtlpKind::gauge, false), "_2xx");
    EXPECT_EQ(make_label_name("service.name"), "service_name");
    EXPECT_EQ(make_label_name("2xx"), "key_2xx");
    EXPECT_EQ(make_label_name("_x"), "key_x");
    EXPECT_EQ(make_label_name("__x"), "__x");
}

TEST(OtlpSeries, AreWhatPrometheusWouldMakeOfThem) {
    const std::string message = otlp_request(
        metric("g", "", 5, number_point(at_ns, 1.5, field(7, attribute("a.b", "v")))) +
        metric("c", "s", 7, number_point(at_ns, 7) + cumulative() + monotonic()) +
        metric("h", "", 9, histogram_point(at_ns, 3, 4) + cumulative()) +
        metric("s", "", 11,
               field(1, fixed64_field(3, at_ns) + fixed64_field(4, 9) + double_field(5, 1) +
                            field(6, double_field(1, 0.5) + double_field(2, 3)))));
    const OtlpSamples made = make_samples(wire::parse_otlp_metrics(as_bytes(message)).value());
    EXPECT_EQ(made.refused_points, 0u);
    EXPECT_EQ(written(made),
              R"({"__name__":"g","a_b":"v","job":"test"} 1.5
{"__name__":"c_seconds_total","job":"test"} 7
{"__name__":"h_bucket","http_route":"/","job":"test","le":"0.5"} 3
{"__name__":"h_bucket","http_route":"/","job":"test","le":"+Inf"} 7
{"__name__":"h_sum","http_route":"/","job":"test"} 2.25
{"__name__":"h_count","http_route":"/","job":"test"} 7
{"__name__":"s","job":"test","quantile":"0.5"} 3
{"__name__":"s_sum","job":"test"} 1
{"__name__":"s_count","job":"test"} 9
{"__name__":"target_info","host_name":"example","job":"test"} 1
)");
}

TEST(OtlpSeries, WhatHasNoFormHereIsRefusedPointByPoint) {
    const std::string message =
        otlp_request(metric("delta", "", 7,
                            number_point(at_ns, 1) + number_point(at_ns, 2) + varint_field(2, 1)) +
                     metric("e", "", 10, field(1, "")) + metric("", "", 5, number_point(at_ns, 1)) +
                     metric("h", "", 9, field(1, field(7, fixed64(0))) + cumulative()) +
                     metric("kept", "", 5, number_point(at_ns, 1)));
    const OtlpSamples made = make_samples(wire::parse_otlp_metrics(as_bytes(message)).value());
    EXPECT_EQ(made.refused_points, 5u);
    EXPECT_EQ(made.first_refusal, "only cumulative temporality is supported: delta has another");
    EXPECT_EQ(made.samples.size(), 2u); // with target_info
}

TEST(OtlpSeries, APointWithoutValueEndsItsSeries) {
    const std::string message =
        otlp_request(metric("g", "", 5, number_point(at_ns, 1, varint_field(8, 1))));
    const OtlpSamples made = make_samples(wire::parse_otlp_metrics(as_bytes(message)).value());
    EXPECT_TRUE(is_stale(made.samples.at(0).sample.value));
}

TEST(OtlpJson, SaysTheSameAsTheBinaryForm) {
    const auto parsed = parse_otlp_json(R"({"resourceMetrics":[{
        "resource":{"attributes":[{"key":"service.name","value":{"stringValue":"test"}},
                                  {"key":"n","value":{"intValue":"5"}},
                                  {"key":"skipped","value":{"arrayValue":{}}}]},
        "scopeMetrics":[{"scope":{},"later":1,"metrics":[
          {"name":"g","gauge":{"dataPoints":[{"timeUnixNano":"1763800000500000000","asDouble":1.5,
            "attributes":[{"key":"a.b","value":{"boolValue":true}}]}]}},
          {"name":"c","unit":"s","sum":{"aggregationTemporality":2,"isMonotonic":true,"dataPoints":[
            {"timeUnixNano":1763800000500000000,"asInt":"7"}]}},
          {"name":"h","histogram":{"aggregationTemporality":2,"dataPoints":[
            {"timeUnixNano":"1763800000500000000","count":"7","sum":2.25,
             "bucketCounts":["3",4],"explicitBounds":[0.5]}]}},
          {"name":"n","gauge":{"dataPoints":[{"timeUnixNano":"1763800000500000000",
             "asDouble":"NaN"}]}}]}]}]})");
    ASSERT_TRUE(parsed.has_value());
    EXPECT_EQ(written(make_samples(*parsed)),
              R"({"__name__":"g","a_b":"true","job":"test"} 1.5
{"__name__":"c_seconds_total","job":"test"} 7
{"__name__":"h_bucket","job":"test","le":"0.5"} 3
{"__name__":"h_bucket","job":"test","le":"+Inf"} 7
{"__name__":"h_sum","job":"test"} 2.25
{"__name__":"h_count","job":"test"} 7
{"__name__":"n","job":"test"} NaN
{"__name__":"target_info","job":"test","n":"5"} 1
)");
}

TEST(OtlpJson, RefusesWhatIsNoRequest) {
    for (const std::string_view bad :
         {"", "[]", "{", R"({"resourceMetrics":5})", R"({"resourceMetrics":[5]})",
          R"({"resourceMetrics":[{"scopeMetrics":[{"metrics":[{"name":5}]}]}]})",
          R"({"resourceMetrics":[{"scopeMetrics":[{"metrics":[{"gauge":{"dataPoints":[
             {"timeUnixNano":"-1"}]}}]}]}]})",
          R"({"resourceMetrics":[{"scopeMetrics":[{"metrics":[{"gauge":{"dataPoints":[
             {"asDouble":"many"}]}}]}]}]})"})
        EXPECT_TRUE(parse_otlp_json(bad).has_error()) << bad;
    EXPECT_TRUE(parse_otlp_json("{}").value().empty());
}

} // namespace
} // namespace atalaya::metrics
