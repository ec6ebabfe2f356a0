// Binds the sealed bodies of series and their samples to their rows. The keyring knows rows by
// UUID; these are known by two numbers or by a hash. Pure; any thread.
#pragma once

#include "base/ids.hpp"

#include <algorithm>
#include <string_view>

namespace atalaya::telemetry {

inline constexpr std::string_view series_purpose = "metrics.series";
inline constexpr std::string_view metric_log_purpose = "metrics.log";
inline constexpr std::string_view metric_window_purpose = "metrics.window";
inline constexpr std::string_view metric_block_purpose = "metrics.block";

inline Uuid place_of(std::int64_t first, std::int64_t second) {
    Writer out;
    out.i64(first).i64(second);
    Uuid place;
    std::ranges::copy(out.bytes(), place.bytes.begin());
    return place;
}

inline Uuid place_of(BytesView hash) {
    Uuid place;
    std::copy_n(hash.begin(), std::min(hash.size(), place.bytes.size()), place.bytes.begin());
    return place;
}

} // namespace atalaya::telemetry
