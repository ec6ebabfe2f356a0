#include "wire/otlp.hpp"

#include "wire/gzip.hpp"
#include "wire/test_otlp.hpp"

#include <gtest/gtest.h>
#include <zlib.h>

namespace atalaya::wire {
namespace {

using namespace test;

constexpr std::uint64_t at_ns = 1'763'800'000'000'000'000;

TEST(Otlp, ReadsEachKindOfMetric) {
    const std::string message = otlp_request(
        metric("a.gauge", "ms", 5,
               number_point(at_ns, 1.5, field(7, attribute("k", "v")) + varint_field(8, 1))) +
        metric("a.sum", "", 7,
               field(1, fixed64_field(3, at_ns) + fixed64_field(6, std::uint64_t(-7))) +
                   cumulative() + monotonic()) +
        metric("a.histogram", "s", 9, histogram_point(at_ns, 3, 4) + cumulative()) +
        metric("an.exponential", "s", 10,
               exponential_point(at_ns, 8, -3, exponential_buckets(-2, "\x05\x01"),
                                 exponential_buckets(7, "\x80\x01")) +
                   field(1, "")) +
        metric("a.summary", "s", 11,
               field(1, fixed64_field(4, 9) + double_field(5, 1) +
                            field(6, double_field(1, 0.5) + double_field(2, 3)))));
    const auto parsed = parse_otlp_metrics(as_bytes(message));
    ASSERT_TRUE(parsed.has_value());
    ASSERT_EQ(parsed->size(), 1u);
    const OtlpResource& resource = parsed->front();
    ASSERT_EQ(resource.attributes.size(), 2u);
    EXPECT_EQ(resource.attributes[0].name, "service.name");
    EXPECT_EQ(resource.attributes[0].value, "test");
    ASSERT_EQ(resource.metrics.size(), 5u);
    const OtlpPoint& gauge = resource.metrics[0].points.at(0);
    EXPECT_EQ(resource.metrics[0].unit, "ms");
    EXPECT_EQ(gauge.time_ns, at_ns);
    EXPECT_EQ(gauge.value, 1.5);
    EXPECT_TRUE(gauge.has_no_value);
    EXPECT_EQ(gauge.attributes.at(0).value, "v");
    EXPECT_EQ(resource.metrics[1].kind, OtlpKind::sum);
    EXPECT_EQ(resource.metrics[1].temporality, OtlpTemporality::cumulative);
    EXPECT_TRUE(resource.metrics[1].is_monotonic);
    EXPECT_EQ(resource.metrics[1].points.at(0).value, -7);
    const OtlpPoint& histogram = resource.metrics[2].points.at(0);
    EXPECT_EQ(histogram.count, 7u);
    EXPECT_EQ(histogram.sum, 2.25);
    EXPECT_EQ(histogram.bounds, std::vector<double>{0.5});
    EXPECT_EQ(histogram.buckets, (std::vector<std::uint64_t>{3, 4}));
    EXPECT_EQ(histogram.attributes.at(0).name, "http.route");
    EXPECT_EQ(resource.metrics[3].kind, OtlpKind::exponential_histogram);
    ASSERT_EQ(resource.metrics[3].points.size(), 2u);
    const OtlpExponential& exponential = *resource.metrics[3].points[0].exponential;
    EXPECT_EQ(exponential.scale, -3);
    EXPECT_EQ(exponential.zero_count, 2u);
    EXPECT_EQ(exponential.zero_threshold, 0.125);
    EXPECT_EQ(exponential.above.offset, -2);
    EXPECT_EQ(exponential.above.counts, (std::vector<std::uint64_t>{5, 1}));
    EXPECT_EQ(exponential.below.offset, 7);
    EXPECT_EQ(exponential.below.counts, (std::vector<std::uint64_t>{128}));
    const OtlpPoint& summary = resource.metrics[4].points.at(0);
    EXPECT_EQ(summary.count, 9u);
    EXPECT_EQ(summary.quantiles.at(0), (std::pair{0.5, 3.0}));
}

TEST(Otlp, ValuesOfAttributesBecomeText) {
    const auto with = [](const std::string& value) {
        return field(1, field(1, field(1, field(1, "k") + field(2, value))));
    };
    const auto text = [&](const std::string& value) {
        return parse_otlp_metrics(as_bytes(with(value))).value().at(0).attributes.at(0).value;
    };
    EXPECT_EQ(text(field(1, "x")), "x");
    EXPECT_EQ(text(varint_field(2, 1)), "true");
    EXPECT_EQ(text(varint_field(3, std::uint64_t(-5))), "-5");
    EXPECT_EQ(text(double_field(4, 0.25)), "0.25");
    EXPECT_EQ(text(field(7, "hi")), "aGk=");
    const std::string list = with(field(5, field(1, field(1, "x"))));
    EXPECT_TRUE(parse_otlp_metrics(as_bytes(list)).value().at(0).attributes.empty());
}

TEST(Otlp, RefusesWhatIsNoRequest) {
    const std::string good =
        otlp_request(metric("a", "s", 9, histogram_point(at_ns, 3, 4) + cumulative()));
    std::size_t refused = 0;
    for (std::size_t size = 1; size < good.size(); ++size)
        refused += parse_otlp_metrics(as_bytes(good).first(size)).has_error() ? 1 : 0;
    EXPECT_EQ(refused, good.size() - 1);
    for (const std::string& bad :
         {varint_field(1, 5), otlp_request(metric("a", "s", 9, field(1, field(6, "1234567")))),
          otlp_request(metric("a", "s", 5, field(1, varint_field(3, 1)))),
          otlp_request(metric("a", "s", 10, field(1, field(8, field(2, "\x80")))))})
        EXPECT_TRUE(parse_otlp_metrics(as_bytes(bad)).has_error());
}

TEST(Otlp, WhatIsSmallToSendAndLargeToKeepIsBounded) {
    std::string points;
    for (std::size_t i = 0; i <= otlp_parts_max; ++i)
        points += field(1, "");
    const auto parsed = parse_otlp_metrics(as_bytes(otlp_request(metric("a", "", 5, points))));
    ASSERT_TRUE(parsed.has_error());
    EXPECT_EQ(parsed.error().reason, "The body holds more than may be sent at once.");
}

Bytes pack(std::string_view text) {
    z_stream stream{};
    deflateInit2(&stream, 9, Z_DEFLATED, 15 + 16, 8, Z_DEFAULT_STRATEGY);
    Bytes out(text.size() + 100);
    stream.next_in = const_cast<Bytef*>(as_bytes(text).data());
    stream.avail_in = static_cast<uInt>(text.size());
    stream.next_out = out.data();
    stream.avail_out = static_cast<uInt>(out.size());
    deflate(&stream, Z_FINISH);
    const auto end = out.begin() + static_cast<std::ptrdiff_t>(stream.total_out);
    deflateEnd(&stream);
    return {out.begin(), end};
}

TEST(Gzip, UnpacksWhatIsWholeAndStopsAtTheBound) {
    const std::string text(100'000, 'x');
    const Bytes packed = pack(text);
    EXPECT_EQ(unpack_gzip(packed, text.size()).value(), to_bytes(text));
    EXPECT_EQ(unpack_gzip(pack(""), 0).value(), Bytes{});
    EXPECT_EQ(unpack_gzip(packed, text.size() - 1).error().reason,
              "The body unpacks to more than may be sent at once.");
    for (const std::size_t size : {std::size_t{0}, std::size_t{5}, packed.size() - 1})
        EXPECT_EQ(unpack_gzip(BytesView(packed).first(size), 1 << 20).error().reason,
                  "The body is no gzip.");
    Bytes longer = packed;
    longer.push_back(0);
    EXPECT_TRUE(unpack_gzip(longer, 1 << 20).has_error());
    Bytes damaged = packed;
    damaged[damaged.size() - 6] ^= 1; // the checksum
    EXPECT_TRUE(unpack_gzip(damaged, 1 << 20).has_error());
    EXPECT_TRUE(unpack_gzip(as_bytes(text), 1 << 20).has_error());
}

} // namespace
} // namespace atalaya::wire
