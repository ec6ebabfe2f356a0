// For how long samples are kept of metrics for which a team wants less than everything gets.
//
// Pure values; any thread.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>

namespace atalaya::telemetry {

struct RetentionRule {
    std::string prefix; ///< of names of metrics; empty for all
    std::int64_t days = 0;
};

/// Of the longest prefix that the metric has; absent when it has none.
std::optional<std::int64_t> find_days(std::span<const RetentionRule> rules,
                                      std::string_view metric);

} // namespace atalaya::telemetry
