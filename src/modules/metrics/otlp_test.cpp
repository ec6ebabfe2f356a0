#include "modules/metrics/answer.hpp"
#include "modules/metrics/otlp_buckets.hpp"
#include "modules/metrics/otlp_json.hpp"
#include "modules/metrics/otlp_names.hpp"
#include "modules/metrics/otlp_series.hpp"
#include "wire/test_otlp.hpp"

#include <gtest/gtest.h>

#include <cmath>

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

TEST(OtlpSeries, AnExponentialHistogramHasItsBoundsWrittenOut) {
    // At scale 1 the bounds are powers of the square root of two; nothing lies in (0.125, 2].
    const std::string message = otlp_request(
        metric("e", "", 10,
               exponential_point(at_ns, 9, 1, exponential_buckets(2, {"\x03\0\x01", 3}),
                                 exponential_buckets(0, "\x03")) +
                   cumulative()));
    const OtlpSamples made = make_samples(wire::parse_otlp_metrics(as_bytes(message)).value());
    EXPECT_EQ(made.first_refusal, "");
    EXPECT_EQ(written(made),
              R"({"__name__":"e_bucket","http_route":"/","job":"test","le":"-1.4142135623730951"} 0
{"__name__":"e_bucket","http_route":"/","job":"test","le":"-1"} 3
{"__name__":"e_bucket","http_route":"/","job":"test","le":"0.125"} 5
{"__name__":"e_bucket","http_route":"/","job":"test","le":"2"} 5
{"__name__":"e_bucket","http_route":"/","job":"test","le":"2.8284271247461903"} 8
{"__name__":"e_bucket","http_route":"/","job":"test","le":"4"} 8
{"__name__":"e_bucket","http_route":"/","job":"test","le":"5.656854249492381"} 9
{"__name__":"e_bucket","http_route":"/","job":"test","le":"+Inf"} 9
{"__name__":"e_sum","http_route":"/","job":"test"} 2.25
{"__name__":"e_count","http_route":"/","job":"test"} 9
{"__name__":"target_info","host_name":"example","job":"test"} 1
)");
}

std::vector<double> bounds_at(std::int32_t scale, std::int32_t offset, std::size_t buckets) {
    wire::OtlpPoint point;
    point.exponential = std::make_unique<wire::OtlpExponential>();
    point.exponential->scale = scale;
    point.exponential->above = {offset, std::vector<std::uint64_t>(buckets, 1)};
    EXPECT_TRUE(make_explicit(point));
    return point.bounds;
}

TEST(OtlpBuckets, FineOnesAreAddedUp) {
    // 160 buckets of scale 7 reach from 1 to 2^1.25.
    EXPECT_EQ(bounds_at(7, 0, 160).size(), 7u); // 0, 1 and five fourth roots
    EXPECT_EQ(bounds_at(20, -1, 2).size(), 4u);
    EXPECT_EQ(bounds_at(-10, 0, 1), (std::vector<double>{0, 1})); // up to 2^1024
    EXPECT_EQ(bounds_at(0, -1074, 2).at(2), std::ldexp(1, -1073));
}

TEST(OtlpBuckets, WhatCannotBeIsRefused) {
    const auto is_made = [](wire::OtlpExponential exponential) {
        wire::OtlpPoint point;
        point.exponential = std::make_unique<wire::OtlpExponential>(std::move(exponential));
        return make_explicit(point);
    };
    EXPECT_TRUE(is_made({.scale = 20}));
    EXPECT_FALSE(is_made({.scale = 21}));
    EXPECT_FALSE(is_made({.scale = -11}));
    EXPECT_FALSE(is_made({.zero_threshold = -1}));
    EXPECT_FALSE(is_made({.zero_threshold = std::numeric_limits<double>::quiet_NaN()}));
    const std::vector<std::uint64_t> many(explicit_buckets_max + 1, 1);
    EXPECT_FALSE(is_made({.scale = 2, .above = {-500, many}}));
    // Beyond the ends of a double nothing is told apart.
    for (const std::int32_t offset : {INT32_MIN, INT32_MAX})
        EXPECT_TRUE(is_made({.scale = 2, .above = {offset, many}, .below = {offset, many}}));
}

TEST(OtlpSeries, WhatIsAddedSaysSo) {
    const std::string message =
        otlp_request(metric("d", "", 7, number_point(at_ns, 1) + delta() + monotonic()) +
                     metric("g", "", 5, number_point(at_ns, 1)));
    const OtlpSamples made = make_samples(wire::parse_otlp_metrics(as_bytes(message)).value());
    ASSERT_EQ(made.samples.size(), 3u); // with target_info
    EXPECT_TRUE(made.samples[0].is_delta);
    EXPECT_EQ(label_value(made.samples[0].labels, metric_name_label), "d_total");
    EXPECT_FALSE(made.samples[1].is_delta);
    EXPECT_FALSE(made.samples[2].is_delta);
}

TEST(OtlpSeries, WhatHasNoFormHereIsRefusedPointByPoint) {
    const std::string message =
        otlp_request(metric("unclear", "", 7, number_point(at_ns, 1) + number_point(at_ns, 2)) +
                     metric("e", "", 10, exponential_point(at_ns, 1, 0, "") + delta()) +
                     metric("f", "", 10, exponential_point(at_ns, 1, 99, "") + cumulative()) +
                     metric("", "", 5, number_point(at_ns, 1)) +
                     metric("h", "", 9, field(1, field(7, fixed64(0))) + cumulative()) +
                     metric("kept", "", 5, number_point(at_ns, 1)));
    const OtlpSamples made = make_samples(wire::parse_otlp_metrics(as_bytes(message)).value());
    EXPECT_EQ(made.refused_points, 6u);
    EXPECT_EQ(made.first_refusal, "unclear does not say of which temporality it is");
    EXPECT_EQ(made.samples.size(), 2u); // with target_info
}

TEST(OtlpSeries, APointWithoutValueEndsItsSeries) {
    const std::string message =
        otlp_request(metric("g", "", 5, number_point(at_ns, 1, varint_field(8, 1))));
    const OtlpSamples made = make_samples(wire::parse_otlp_metrics(as_bytes(message)).value());
    EXPECT_TRUE(is_stale(made.samples.at(0).sample.value));
}

TEST(OtlpJson, SaysTheSameAsTheBinaryForm) {
    auto parsed = parse_otlp_json(R"({"resourceMetrics":[{
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
          {"name":"e","exponentialHistogram":{"aggregationTemporality":2,"dataPoints":[
            {"timeUnixNano":"1763800000500000000","count":"4","scale":-1,"zeroCount":1,
             "zeroThreshold":0.5,"positive":{"offset":1,"bucketCounts":["2"]},
             "negative":{"bucketCounts":[1]}}]}},
          {"name":"n","gauge":{"dataPoints":[{"timeUnixNano":"1763800000500000000",
             "asDouble":"NaN"}]}}]}]}]})");
    ASSERT_TRUE(parsed.has_value());
    EXPECT_EQ(written(make_samples(std::move(parsed.value()))),
              R"({"__name__":"g","a_b":"true","job":"test"} 1.5
{"__name__":"c_seconds_total","job":"test"} 7
{"__name__":"h_bucket","job":"test","le":"0.5"} 3
{"__name__":"h_bucket","job":"test","le":"+Inf"} 7
{"__name__":"h_sum","job":"test"} 2.25
{"__name__":"h_count","job":"test"} 7
{"__name__":"e_bucket","job":"test","le":"-4"} 0
{"__name__":"e_bucket","job":"test","le":"-1"} 1
{"__name__":"e_bucket","job":"test","le":"0.5"} 2
{"__name__":"e_bucket","job":"test","le":"4"} 2
{"__name__":"e_bucket","job":"test","le":"16"} 4
{"__name__":"e_bucket","job":"test","le":"+Inf"} 4
{"__name__":"e_count","job":"test"} 4
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
             {"asDouble":"many"}]}}]}]}]})",
          R"({"resourceMetrics":[{"scopeMetrics":[{"metrics":[{"exponentialHistogram":
             {"dataPoints":[{"positive":5}]}}]}]}]})"})
        EXPECT_TRUE(parse_otlp_json(bad).has_error()) << bad;
    EXPECT_TRUE(parse_otlp_json("{}").value().empty());
}

} // namespace
} // namespace atalaya::metrics
