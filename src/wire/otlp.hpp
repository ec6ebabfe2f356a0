// Metrics as OpenTelemetry's programs send them (OTLP 1, ExportMetricsServiceRequest), and the
// reader of their Protocol Buffers. The same values are read from JSON by the room that knows JSON.
//
// Values; any thread. The reader takes untrusted bytes and bounds what it builds of them.
#pragma once

#include "base/bytes.hpp"
#include "base/result.hpp"

#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace atalaya::wire {

/// Of a request without its packing, and of all resources, metrics, points, attributes and buckets
/// of exponential histograms in it: an empty one costs a byte or two to send and up to some hundred
/// to keep.
inline constexpr std::size_t otlp_bytes_max = std::size_t{8} << 20;
inline constexpr std::size_t otlp_parts_max = 400'000;

/// The value as text. Lists and maps are left out: no label can hold them.
struct OtlpAttribute {
    std::string name;
    std::string value;
};

enum class OtlpKind { gauge, sum, histogram, exponential_histogram, summary };
enum class OtlpTemporality { unspecified = 0, delta = 1, cumulative = 2 };

/// Counts of an exponential histogram on one side of zero. The bucket of number n reaches from
/// base^n to base^(n+1), where base is 2^(2^-scale); the first has the number `offset`.
struct OtlpBuckets {
    std::int32_t offset = 0;
    std::vector<std::uint64_t> counts{};
};
struct OtlpExponential {
    std::int32_t scale = 0;
    std::uint64_t zero_count = 0;
    double zero_threshold = 0; ///< values no further from zero than this count as zero
    OtlpBuckets above{};
    OtlpBuckets below{};
};

struct OtlpPoint {
    std::vector<OtlpAttribute> attributes{};
    std::uint64_t time_ns = 0;
    bool has_no_value = false; ///< the series ends here
    double value = 0;          ///< of a gauge or a sum
    std::uint64_t count = 0;   ///< this and the rest of a histogram or a summary
    std::optional<double> sum{};
    std::vector<double> bounds{};
    std::vector<std::uint64_t> buckets{};               ///< one more than bounds
    std::vector<std::pair<double, double>> quantiles{}; ///< which, and its value
    std::unique_ptr<OtlpExponential> exponential{};     ///< of an exponential histogram
};

struct OtlpMetric {
    std::string name{};
    std::string unit{};
    OtlpKind kind = OtlpKind::gauge;
    OtlpTemporality temporality = OtlpTemporality::unspecified; ///< of sums and histograms
    bool is_monotonic = false;                                  ///< of sums
    std::vector<OtlpPoint> points{};
};

struct OtlpResource {
    std::vector<OtlpAttribute> attributes{};
    std::vector<OtlpMetric> metrics{};
};

Result<std::vector<OtlpResource>> parse_otlp_metrics(BytesView message);

} // namespace atalaya::wire
