// What a dashboard shows: its range of time, variables, panels and their queries.
//
// Values; pure; any thread. Expressions are kept as they were written: the page puts variables in
// and says in the panel what is wrong with them.
#pragma once

#include "shape/field.hpp"

namespace atalaya::dashboard {

inline constexpr std::int64_t panels_max = 200;
inline constexpr std::int64_t variables_max = 20;
inline constexpr std::int64_t queries_max = 20; ///< of a panel
inline constexpr std::int64_t thresholds_max = 20;
inline constexpr std::int64_t values_max = 1000; ///< of a variable
inline constexpr std::int64_t columns = 12;
inline constexpr std::size_t body_bytes_max = 256 * 1024; ///< as JSON

struct Range {
    std::string from = "now-1h"; ///< `now-1h`, or RFC 3339
    std::string to = "now";
    bool operator==(const Range&) const = default;
};

enum class VariableKind : std::uint8_t { label_values, list, text };

struct Variable {
    std::string name;
    std::string label;
    VariableKind kind = VariableKind::list;
    std::string match;
    std::string values_of;
    std::vector<std::string> options;
    bool many = false;
    bool all = false;
    std::vector<std::string> chosen;
    bool operator==(const Variable&) const = default;
};

enum class PanelKind : std::uint8_t { graph, stat, gauge, bar, table, text, row };
enum class Unit : std::uint8_t {
    none,
    percent,
    ratio,
    bytes,
    bits,
    seconds,
    ms,
    per_s,
    bytes_per_s,
    bits_per_s,
    count
};
enum class Legend : std::uint8_t { list, table, hidden };
enum class Tone : std::uint8_t { good, warn, bad };

struct Threshold {
    double from = 0;
    Tone tone = Tone::good;
    bool operator==(const Threshold&) const = default;
};

struct PanelQuery {
    std::string ref;
    std::string expr;
    std::string legend;
    bool instant = false;
    bool hidden = false;
    bool operator==(const PanelQuery&) const = default;
};

struct Panel {
    std::int64_t id = 0;
    std::string title;
    std::string description;
    PanelKind kind = PanelKind::graph;
    std::int64_t x = 0;
    std::int64_t y = 0;
    std::int64_t w = columns;
    std::int64_t h = 8;
    Unit unit = Unit::none;
    std::optional<std::int64_t> decimals;
    std::optional<double> min;
    std::optional<double> max;
    bool stacked = false;
    Legend legend = Legend::list;
    std::vector<Threshold> thresholds;
    std::vector<PanelQuery> queries;
    std::string text;
    bool operator==(const Panel&) const = default;
};

struct Body {
    Range range;
    std::int64_t refresh_s = 0; ///< 0: never by itself
    std::vector<Variable> variables;
    std::vector<Panel> panels;
    bool operator==(const Body&) const = default;
};

/// All that a person writes of a dashboard.
struct Content {
    std::string name;
    std::optional<std::string> description;
    Body body;
    bool operator==(const Content&) const = default;
};

/// `now`, `now-6h`, `now-1d/d`, or a time as in RFC 3339.
bool is_moment(std::string_view text);
/// A letter or `_`, then letters, digits and `_`.
bool is_variable_name(std::string_view text);
/// Letters, digits and `_`.
bool is_query_ref(std::string_view text);

/// Throws Problem `invalid` that names everything which the fields alone cannot tell: what is not
/// unique, stands outside the grid, or is too much in sum.
void check_body(const Body& body);

/// For the record: what differs, with panels and variables by their names rather than as a whole.
/// Without `before`, all of `after`.
shape::Json changes(const Content* before, const Content& after);

} // namespace atalaya::dashboard

namespace atalaya::shape {
template <>
struct EnumNames<dashboard::VariableKind> {
    using enum dashboard::VariableKind;
    static constexpr std::array<std::pair<dashboard::VariableKind, std::string_view>, 3> names{
        {{label_values, "label_values"}, {list, "list"}, {text, "text"}}};
};
template <>
struct EnumNames<dashboard::PanelKind> {
    using enum dashboard::PanelKind;
    static constexpr std::array<std::pair<dashboard::PanelKind, std::string_view>, 7> names{
        {{graph, "graph"},
         {stat, "stat"},
         {gauge, "gauge"},
         {bar, "bar"},
         {table, "table"},
         {text, "text"},
         {row, "row"}}};
};
template <>
struct EnumNames<dashboard::Unit> {
    using enum dashboard::Unit;
    static constexpr std::array<std::pair<dashboard::Unit, std::string_view>, 11> names{
        {{none, ""},
         {percent, "percent"},
         {ratio, "ratio"},
         {bytes, "bytes"},
         {bits, "bits"},
         {seconds, "seconds"},
         {ms, "ms"},
         {per_s, "per_s"},
         {bytes_per_s, "bytes_per_s"},
         {bits_per_s, "bits_per_s"},
         {count, "count"}}};
};
template <>
struct EnumNames<dashboard::Legend> {
    using enum dashboard::Legend;
    static constexpr std::array<std::pair<dashboard::Legend, std::string_view>, 3> names{
        {{list, "list"}, {table, "table"}, {hidden, "hidden"}}};
};
template <>
struct EnumNames<dashboard::Tone> {
    using enum dashboard::Tone;
    static constexpr std::array<std::pair<dashboard::Tone, std::string_view>, 3> names{
        {{good, "good"}, {warn, "warn"}, {bad, "bad"}}};
};
template <>
struct Described<dashboard::Range> {
    static const Shape shape;
};
template <>
struct Described<dashboard::Variable> {
    static const Shape shape;
};
template <>
struct Described<dashboard::Threshold> {
    static const Shape shape;
};
template <>
struct Described<dashboard::PanelQuery> {
    static const Shape shape;
};
template <>
struct Described<dashboard::Panel> {
    static const Shape shape;
};
template <>
struct Described<dashboard::Body> {
    static const Shape shape;
};
template <>
struct Described<dashboard::Content> {
    static const Shape shape;
};
} // namespace atalaya::shape
