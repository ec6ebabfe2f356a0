// The language in which lists are searched, read into terms with their places in the text:
//
//     actor:ada@example.com action:alert_rule.* -outcome:ok since:24h "left door" cable
//
//     query   = terms between spaces, all of which must hold
//     term    = [ "-" ] [ key ":" ] value         "-" stands for "not"; without a key: words
//     value   = text without spaces and quotes, which may end in "*", or a text in double quotes,
//               in which a backslash makes a quote or a backslash part of it
//
// Pure; any thread. What a key means is its list's affair; the parser knows the keys and what kind
// of value each takes, so that a slip is told at its place, before anything is searched.
#pragma once

#include "base/time.hpp"

#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

namespace atalaya::shape {

/// A stretch of the query in characters (code points), as a page marks it.
struct Stretch {
    std::size_t begin = 0, end = 0;
    bool operator==(const Stretch&) const = default;
};

enum class FilterValue : std::uint8_t {
    text,    ///< anything
    pattern, ///< anything, and `*` at its end
    choice,  ///< one of FilterKey::choices
    instant, ///< 2026-11-22 or 2026-11-22T12:00:00Z
    span,    ///< 30m, 24h, 7d, 2w
};

struct FilterKey {
    std::string_view name;
    FilterValue value = FilterValue::text;
    std::span<const std::string_view> choices{};
};

struct FilterTerm {
    bool negated = false;
    std::string key;     ///< empty: words
    std::string value;   ///< never empty unless `prefix`, and then only after a key
    bool prefix = false; ///< a star followed
    Stretch at{};

    bool operator==(const FilterTerm&) const = default;
};

/// Where the query cannot be read, why, and what would be right.
struct FilterError {
    Stretch at{};
    std::string reason;
    std::string hint;
};

inline constexpr std::size_t filter_bytes_max = 1000;
inline constexpr std::size_t filter_terms_max = 32;

/// The query must be UTF-8.
std::variant<std::vector<FilterTerm>, FilterError> parse_filter(std::string_view query,
                                                                std::span<const FilterKey> keys);
/// The terms as a query that means the same.
std::string write_filter(std::span<const FilterTerm> terms);

/// A value of the kind `instant`: a moment, or a whole day.
struct FilterInstant {
    Time begin{}, end{}; ///< of a moment both are the same
};
std::optional<FilterInstant> parse_filter_instant(std::string_view text);
std::optional<Micros> parse_filter_span(std::string_view text);

} // namespace atalaya::shape
