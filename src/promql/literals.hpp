// The literals of PromQL: numbers, durations and quoted text, and back into text.
//
// Pure; any thread. What is no literal is nullopt.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace atalaya::promql {

/// `1`, `.5`, `1_000`, `2e-3`, `0x1F`, `0755` (octal), without a sign; `Inf` and `NaN` in any case.
std::optional<double> parse_number(std::string_view text);

/// `1h30m`: the units y w d h m s ms, each at most once and the larger ones first.
std::optional<std::int64_t> parse_units_ms(std::string_view text);

/// What stands in quotes, quotes included; a text in backticks has no escapes.
std::optional<std::string> parse_quoted(std::string_view text);

/// As Prometheus writes numbers in labels and in its answers: shortest, without an exponent.
std::string write_plain_number(double value);
std::string write_quoted(std::string_view text);
std::string write_duration(std::int64_t ms);

bool is_metric_name(std::string_view text);
bool is_label_name(std::string_view text);

} // namespace atalaya::promql
