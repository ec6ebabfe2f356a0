// Reads the text of a PromQL query, as Prometheus 3 defines the language without its experimental
// parts.
//
// Pure; any thread. The text may be hostile: it is bounded in length and in depth before anything
// is built. What cannot be read fails with a place and a reason: `1:7: parse error: ...`.
#pragma once

#include "base/result.hpp"
#include "promql/ast.hpp"

#include <string>
#include <string_view>

namespace atalaya::promql {

inline constexpr std::size_t expression_bytes_max = 64 * 1024;
inline constexpr std::size_t expression_depth_max = 200;

Result<ExprPtr> parse_expression(std::string_view text);

/// A selector alone, as `match[]` takes it. Refused if a series without labels would match, because
/// then everything would.
Result<Matchers> parse_selector(std::string_view text);

/// `5m`, `1h30m`, or a number of seconds, in milliseconds: what the parameters `step` and `timeout`
/// may hold.
Result<std::int64_t> parse_duration_ms(std::string_view text);

/// Text that parses to the same expression.
std::string write_expression(const Expr& expr);

/// `1:7`: line and column in the text, both from 1.
std::string place_of(std::string_view text, std::size_t offset);

} // namespace atalaya::promql
