#include "promql/parse.hpp"

#include "promql/lexer.hpp"
#include "promql/literals.hpp"
#include "promql/parser.hpp"

#include <algorithm>
#include <cmath>

namespace atalaya::promql {

namespace {

ParseError error_at(std::string_view text, TextRange at, const std::string& reason) {
    return {place_of(text, at.begin) + ": parse error: " + reason};
}

template <class Read>
auto parse(std::string_view text, const Read& read)
    -> Result<decltype(read(std::declval<Parser&>()))> {
    if (text.size() > expression_bytes_max)
        return ParseError{"1:1: parse error: the query is longer than " +
                          std::to_string(expression_bytes_max) + " bytes"};
    auto tokens = cut_into_tokens(text);
    if (const auto* error = std::get_if<LexicalError>(&tokens))
        return error_at(text, error->at, error->reason);
    try {
        Parser parser(text, std::move(std::get<0>(tokens)));
        return read(parser);
    } catch (const SyntaxFailure& failure) {
        return error_at(text, failure.at, failure.reason);
    }
}

} // namespace

Result<ExprPtr> parse_expression(std::string_view text) {
    return parse(text, [](Parser& parser) { return parser.whole_expression(); });
}

Result<Matchers> parse_selector(std::string_view text) {
    return parse(text, [](Parser& parser) { return parser.whole_selector().matchers; });
}

Result<std::int64_t> parse_duration_ms(std::string_view text) {
    constexpr double ms_max = 9e12;
    const auto seconds = parse_number(text);
    const auto units = seconds ? std::nullopt : parse_units_ms(text);
    if (!seconds && !units)
        return ParseError{"not a number of seconds and not a duration such as 1h30m"};
    const double ms = seconds ? std::round(*seconds * 1000) : static_cast<double>(*units);
    if (!(ms <= ms_max))
        return ParseError{"duration out of range"};
    return static_cast<std::int64_t>(ms);
}

std::string place_of(std::string_view text, std::size_t offset) {
    const std::string_view before = text.substr(0, std::min(offset, text.size()));
    const auto line = 1 + std::ranges::count(before, '\n');
    const std::size_t line_begin = before.rfind('\n') + 1; // npos + 1 is 0
    return std::to_string(line) + ":" + std::to_string(before.size() - line_begin + 1);
}

} // namespace atalaya::promql
