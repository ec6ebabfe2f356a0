// Metrics as OpenTelemetry's programs send them (OTLP 1, ExportMetricsServiceRequest), and the
// reader of their Protocol Buffers. The same values are read from JSON by the room that knows JSON.
//
// Values; any thread. The reader takes untrusted bytes and bounds what it builds of them.
#pragma once

#include "base/bytes.hpp"
#include "base/result.hpp"

#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace atalaya::wire {

/// Of a request without its packing, and of all resources, metrics, points and attributes in it:
/// an empty one costs two bytes to send and a hundred to keep.
inline constexpr std::size_t otlp_bytes_max = std::size_t{8} << 20;
inline constexpr std::size_t otlp_parts_max = 400'000;

/// The value as text. Lists and maps are left out: no label can hold them.
struct OtlpAttribute {
    std::string name;
    std::string value;
};

enum class OtlpKind { gauge, sum, histogram, exponential_histogram, summary };
enum class OtlpTemporality { unspecified = 0, delta = 1, cumulative = 2 };

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
};

struct OtlpMetric {
    std::string name{};
    std::string unit{};
    OtlpKind kind = OtlpKind::gauge;
    OtlpTemporality temporality = OtlpTemporality::unspecified; ///< of sums and histograms
    bool is_monotonic = false;                                  ///< of sums
    std::vector<OtlpPoint> points{}; ///< empty ones in an exponential histogram
};

struct OtlpResource {
    std::vector<OtlpAttribute> attributes{};
    std::vector<OtlpMetric> metrics{};
};

Result<std::vector<OtlpResource>> parse_otlp_metrics(BytesView message);

} // namespace atalaya::wire
