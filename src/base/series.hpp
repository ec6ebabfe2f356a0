// The words in which everybody speaks of measurements: labels name a series, samples are what it
// holds. As Prometheus has them, so that its protocols and its language mean the same here.
//
// Pure values; any thread.
#pragma once

#include <bit>
#include <compare>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace atalaya {

struct Label {
    std::string name;
    std::string value;
    auto operator<=>(const Label&) const = default;
};

/// What a series is called: strictly ascending by name, and no value is empty, because an empty
/// value and an absent label are the same.
using Labels = std::vector<Label>;

/// The label that holds the name of the metric.
inline constexpr std::string_view metric_name_label = "__name__";

/// The value of a label; empty where there is none.
inline std::string_view label_value(const Labels& labels, std::string_view name) {
    for (const Label& label : labels) {
        if (label.name == name)
            return label.value;
    }
    return {};
}

struct Sample {
    std::int64_t time_ms = 0; ///< since 1970 UTC
    double value = 0;
};

struct LabelView {
    std::string_view name;
    std::string_view value;
};

/// One series of a write. Views into the request, so that a sample costs no allocation.
struct SeriesWrite {
    std::span<const LabelView> labels;
    std::span<const Sample> samples;
};

/// The value that says "this series ended here": one bit pattern of NaN, which is kept exactly and
/// which no arithmetic produces. Any other NaN is a value.
inline constexpr std::uint64_t stale_bits = 0x7ff0'0000'0000'0002;
inline double stale_value() { return std::bit_cast<double>(stale_bits); }
inline bool is_stale(double value) { return std::bit_cast<std::uint64_t>(value) == stale_bits; }

} // namespace atalaya
