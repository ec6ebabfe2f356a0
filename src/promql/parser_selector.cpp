#include "promql/literals.hpp"
#include "promql/parser.hpp"

#include "base/text.hpp"

#include <algorithm>
#include <cmath>

namespace atalaya::promql {

namespace {

constexpr std::int64_t duration_ms_max = 9'223'372'036'854; // what Go's durations reach
constexpr double time_s_max = 1e13;

bool matches_empty(const Matcher& matcher) { return matcher.accepts(""); }

} // namespace

VectorSelector Parser::whole_selector() {
    VectorSelector result = selector();
    if (peek().kind != TokenKind::end)
        fail_unexpected("series selector");
    return result;
}

VectorSelector Parser::selector() {
    VectorSelector selector;
    const Token first = peek();
    if (first.kind == TokenKind::identifier)
        set_name(selector, std::string(take().text), first.at);
    else if (!at_symbol("{"))
        fail_unexpected("series selector");
    if (at_symbol("{"))
        braces(selector);
    if (std::ranges::all_of(selector.matchers, matches_empty))
        fail({first.at.begin, tokens_[next_ - 1].at.end},
             "vector selector must contain at least one non-empty matcher");
    return selector;
}

void Parser::set_name(VectorSelector& selector, std::string name, TextRange at) {
    const bool twice = std::ranges::any_of(selector.matchers, [](const Matcher& matcher) {
        return matcher.name() == metric_name_label;
    });
    if (twice && !selector.name.empty())
        fail(at, "metric name must not be set twice: " + write_quoted(selector.name) + " or " +
                     write_quoted(name));
    if (name.empty() || !is_utf8(name))
        fail(at, "invalid metric name " + write_quoted(name));
    selector.matchers.push_back(
        Matcher::make(MatchKind::equal, std::string(metric_name_label), name).value());
    selector.name = std::move(name);
}

void Parser::braces(VectorSelector& selector) {
    expect_symbol("{", "series selector");
    while (!take_symbol("}")) {
        matcher(selector);
        if (!at_symbol("}"))
            expect_symbol(",", "label matching");
    }
}

void Parser::matcher(VectorSelector& selector) {
    const Token label = take();
    const bool quoted = label.kind == TokenKind::string;
    if (!quoted && !(label.kind == TokenKind::identifier && is_label_name(label.text))) {
        next_ -= label.kind == TokenKind::end ? 0 : 1;
        fail_unexpected("label matching, expected identifier or \"}\"");
    }
    std::string name = quoted ? *parse_quoted(label.text) : std::string(label.text);
    if (quoted && (at_symbol(",") || at_symbol("}")))
        return set_name(selector, std::move(name), label.at);
    if (name.empty() || !is_utf8(name))
        fail(label.at, "invalid label name " + write_quoted(name));

    MatchKind kind = MatchKind::equal;
    if (take_symbol("!="))
        kind = MatchKind::not_equal;
    else if (take_symbol("=~"))
        kind = MatchKind::matches;
    else if (take_symbol("!~"))
        kind = MatchKind::not_matches;
    else
        expect_symbol("=", "label matching, expected label matching operator");
    const Token value = peek();
    if (value.kind != TokenKind::string)
        fail_unexpected("label matching, expected string");
    take();
    if (name == metric_name_label && !selector.name.empty())
        fail(label.at, "metric name must not be set twice: " + write_quoted(selector.name) +
                           " or " + std::string(value.text.substr(0, 100)));
    auto matcher = Matcher::make(kind, std::move(name), *parse_quoted(value.text));
    if (!matcher)
        fail(value.at, "error parsing regexp: " + matcher.error().reason);
    selector.matchers.push_back(std::move(*matcher));
}

ExprPtr Parser::with_suffixes(ExprPtr expr) {
    for (;;) {
        if (at_symbol("["))
            expr = bracket(std::move(expr));
        else if (at_word("offset"))
            offset(*expr);
        else if (at_symbol("@"))
            at_modifier(*expr);
        else if (at_word("anchored") || at_word("smoothed"))
            fail(peek().at, "the experimental modifiers anchored and smoothed are not supported");
        else
            return expr;
    }
}

ExprPtr Parser::bracket(ExprPtr expr) {
    const std::size_t begin = expr->at.begin, depth = expr->depth;
    expect_symbol("[", "range");
    const TextRange range_at = peek().at;
    const std::int64_t range_ms = duration("range");
    if (range_ms <= 0)
        fail(range_at, "duration must be greater than 0");
    if (take_symbol(":")) {
        Subquery subquery{std::move(expr), range_ms, 0, {}};
        const TextRange step_at = peek().at;
        if (!at_symbol("]")) {
            subquery.step_ms = duration("subquery");
            if (subquery.step_ms <= 0)
                fail(step_at, "duration must be greater than 0");
        }
        expect_symbol("]", "subquery selector");
        return make(std::move(subquery), ValueType::matrix, begin, depth);
    }
    expect_symbol("]", "range");
    auto* selector = std::get_if<VectorSelector>(&expr->node);
    if (!selector)
        fail(expr->at, "ranges only allowed for vector selectors");
    if (selector->shift.offset_ms != 0)
        fail(expr->at, "no offset modifiers allowed before range");
    if (selector->shift.at)
        fail(expr->at, "no @ modifiers allowed before range");
    return make(MatrixSelector{std::move(*selector), range_ms}, ValueType::matrix, begin, depth);
}

std::int64_t Parser::duration(std::string_view where) {
    const bool negative = at_symbol("-");
    if (negative || at_symbol("+"))
        take();
    const Token token = peek();
    if (at_symbol("(") || (token.kind == TokenKind::identifier && at_symbol("(", 1)))
        fail(token.at, "experimental duration expressions are not supported");
    if (token.kind != TokenKind::number)
        fail_unexpected(std::string(where) + ", expected number or duration");
    take();
    const auto seconds = parse_number(token.text);
    const auto units = seconds ? std::nullopt : parse_units_ms(token.text);
    const double ms = seconds ? std::round(*seconds * 1000) : static_cast<double>(*units);
    if (!(ms <= static_cast<double>(duration_ms_max)))
        fail(token.at, "duration out of range");
    if (where != "offset" && (at_symbol("+") || at_symbol("-") || at_symbol("*") ||
                              at_symbol("/") || at_symbol("%") || at_symbol("^")))
        fail(peek().at, "experimental duration expressions are not supported");
    return static_cast<std::int64_t>(negative ? -ms : ms);
}

TimeShift& Parser::shift_of(Expr& expr, std::string_view what) {
    if (auto* selector = std::get_if<VectorSelector>(&expr.node))
        return selector->shift;
    if (auto* matrix = std::get_if<MatrixSelector>(&expr.node))
        return matrix->selector.shift;
    if (auto* subquery = std::get_if<Subquery>(&expr.node))
        return subquery->shift;
    fail(expr.at, std::string(what) + " modifier must be preceded by an instant vector selector or "
                                      "range vector selector or a subquery");
}

void Parser::offset(Expr& expr) {
    take();
    TimeShift& shift = shift_of(expr, "offset");
    if (shift.offset_ms != 0)
        fail(expr.at, "offset may not be set multiple times");
    shift.offset_ms = duration("offset");
    expr.at.end = tokens_[next_ - 1].at.end;
}

void Parser::at_modifier(Expr& expr) {
    take();
    TimeShift& shift = shift_of(expr, "@");
    if (shift.at)
        fail(expr.at, "@ <timestamp> may not be set multiple times");
    if (at_word("start") || at_word("end")) {
        const bool start = equal_ignoring_case(take().text, "start");
        shift.at = AtModifier{start ? AtModifier::Kind::start : AtModifier::Kind::end, 0};
        expect_symbol("(", "@");
        expect_symbol(")", "@");
    } else {
        const bool negative = at_symbol("-");
        if (negative || at_symbol("+"))
            take();
        const Token token = peek();
        if (token.kind != TokenKind::number)
            fail_unexpected("@, expected timestamp");
        take();
        const auto seconds = parse_number(token.text);
        const auto units = seconds ? std::nullopt : parse_units_ms(token.text);
        const double value = seconds ? *seconds : static_cast<double>(*units) / 1000;
        if (!(value <= time_s_max))
            fail(token.at, "timestamp out of bounds for @ modifier");
        const auto ms = static_cast<std::int64_t>(std::round(value * 1000));
        shift.at = AtModifier{AtModifier::Kind::time, negative ? -ms : ms};
    }
    expr.at.end = tokens_[next_ - 1].at.end;
}

} // namespace atalaya::promql
