#include "promql/parse.hpp"

#include "promql/function_table.hpp"
#include "promql/literals.hpp"
#include "promql/operators.hpp"

#include <algorithm>

namespace atalaya::promql {

namespace {

std::string write(const Expr& expr);

std::string write_name(const std::string& name) {
    return is_label_name(name) ? name : write_quoted(name);
}

std::string write_names(const std::vector<std::string>& names) {
    std::string out = "(";
    for (const std::string& name : names)
        out += (out.size() > 1 ? ", " : "") + write_name(name);
    return out + ")";
}

std::string write_list(const std::vector<ExprPtr>& parts) {
    std::string out = "(";
    for (const ExprPtr& part : parts)
        out += (out.size() > 1 ? ", " : "") + write(*part);
    return out + ")";
}

std::string write_signed_duration(std::int64_t ms) {
    return ms < 0 ? "-" + write_duration(-ms) : write_duration(ms);
}

std::string write_seconds(std::int64_t ms) {
    std::string digits = std::to_string(ms < 0 ? -ms : ms);
    if (digits.size() < 4)
        digits.insert(0, 4 - digits.size(), '0');
    digits.insert(digits.size() - 3, 1, '.');
    return (ms < 0 ? "-" : "") + digits;
}

std::string write_shift(const TimeShift& shift) {
    std::string out;
    if (shift.at) {
        out += " @ ";
        switch (shift.at->kind) {
        case AtModifier::Kind::time:
            out += write_seconds(shift.at->time_ms);
            break;
        case AtModifier::Kind::start:
            out += "start()";
            break;
        case AtModifier::Kind::end:
            out += "end()";
            break;
        }
    }
    if (shift.offset_ms != 0)
        out += " offset " + write_signed_duration(shift.offset_ms);
    return out;
}

std::string_view sign_of(MatchKind kind) {
    switch (kind) {
    case MatchKind::equal:
        return "=";
    case MatchKind::not_equal:
        return "!=";
    case MatchKind::matches:
        return "=~";
    case MatchKind::not_matches:
        return "!~";
    }
    return {};
}

/// `range` stands between the braces and the modifiers.
std::string write_selector(const VectorSelector& selector, const std::string& range) {
    const bool plain = is_metric_name(selector.name) && !find_aggregate_op(selector.name) &&
                       !find_binary_op(selector.name);
    bool name_stands = false;
    std::string list;
    for (const Matcher& matcher : selector.matchers) {
        if (!name_stands && !selector.name.empty() && matcher.name() == metric_name_label &&
            matcher.kind() == MatchKind::equal && matcher.value() == selector.name) {
            name_stands = true;
            if (!plain)
                list += (list.empty() ? "" : ", ") + write_quoted(selector.name);
            continue;
        }
        list += (list.empty() ? "" : ", ") + write_name(matcher.name()) +
                std::string(sign_of(matcher.kind())) + write_quoted(matcher.value());
    }
    std::string out = plain ? selector.name : "";
    if (!list.empty())
        out += "{" + list + "}";
    return out + range + write_shift(selector.shift);
}

std::string write_matching(const Binary& binary) {
    const VectorMatching& matching = binary.matching;
    const bool grouped = matching.cardinality == Cardinality::many_to_one ||
                         matching.cardinality == Cardinality::one_to_many;
    std::string out = binary.return_bool ? " bool" : "";
    if (matching.on || grouped || !matching.labels.empty())
        out += (matching.on ? " on " : " ignoring ") + write_names(matching.labels);
    if (grouped)
        out +=
            (matching.cardinality == Cardinality::many_to_one ? " group_left " : " group_right ") +
            write_names(matching.include);
    return out;
}

struct Writer {
    std::string operator()(const NumberLiteral& number) const {
        return write_plain_number(number.value);
    }
    std::string operator()(const StringLiteral& string) const { return write_quoted(string.value); }
    std::string operator()(const VectorSelector& selector) const {
        return write_selector(selector, "");
    }
    std::string operator()(const MatrixSelector& matrix) const {
        return write_selector(matrix.selector, "[" + write_duration(matrix.range_ms) + "]");
    }
    std::string operator()(const Subquery& subquery) const {
        const std::string step = subquery.step_ms ? write_duration(subquery.step_ms) : "";
        return write(*subquery.expr) + "[" + write_duration(subquery.range_ms) + ":" + step + "]" +
               write_shift(subquery.shift);
    }
    std::string operator()(const Call& call) const {
        return std::string(call.function->name) + write_list(call.args);
    }
    std::string operator()(const Aggregate& aggregate) const {
        std::string out(name_of(aggregate.op));
        if (aggregate.without || !aggregate.labels.empty())
            out += (aggregate.without ? " without " : " by ") + write_names(aggregate.labels) + " ";
        out += "(" + (aggregate.param ? write(*aggregate.param) + ", " : "");
        return out + write(*aggregate.expr) + ")";
    }
    std::string operator()(const Negation& negation) const { return "-" + write(*negation.expr); }
    std::string operator()(const Binary& binary) const {
        return write(*binary.left) + " " + std::string(name_of(binary.op)) +
               write_matching(binary) + " " + write(*binary.right);
    }
    std::string operator()(const Parenthesized& inner) const {
        return "(" + write(*inner.expr) + ")";
    }
};

std::string write(const Expr& expr) { return std::visit(Writer{}, expr.node); }

} // namespace

std::string write_expression(const Expr& expr) { return write(expr); }

} // namespace atalaya::promql
