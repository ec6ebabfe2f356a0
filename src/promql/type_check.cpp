#include "promql/type_check.hpp"

#include "promql/function_table.hpp"
#include "promql/literals.hpp"
#include "promql/operators.hpp"

#include <algorithm>

namespace atalaya::promql {

namespace {

using Error = std::optional<std::string>;

Error expect(const Expr& expr, ValueType wanted, const std::string& where) {
    if (expr.type == wanted)
        return std::nullopt;
    return "expected type " + std::string(name_of(wanted)) + " in " + where + ", got " +
           std::string(name_of(expr.type));
}

Error check(const Call& call) {
    const Function& function = *call.function;
    const std::string_view args = function.args;
    const std::size_t required = std::min(args.find_first_of("?*"), args.size());
    const bool endless = args.find('*') != args.npos;
    std::string kinds;
    for (const char letter : args) {
        if (letter != '?' && letter != '*')
            kinds += letter;
    }
    const std::string name = write_quoted(function.name);
    const std::string got =
        " argument(s) in call to " + name + ", got " + std::to_string(call.args.size());
    if (call.args.size() < required)
        return "expected " + std::string(required < kinds.size() || endless ? "at least " : "") +
               std::to_string(required) + got;
    if (call.args.size() > kinds.size() && !endless)
        return "expected " + std::string(required < kinds.size() ? "at most " : "") +
               std::to_string(kinds.size()) + got;
    for (std::size_t i = 0; i < call.args.size(); ++i) {
        const char letter = kinds[std::min(i, kinds.size() - 1)];
        if (auto error = expect(*call.args[i], type_of_letter(letter), "call to function " + name))
            return error;
    }
    return std::nullopt;
}

Error check(const Aggregate& aggregate) {
    if (auto error = expect(*aggregate.expr, ValueType::vector, "aggregation expression"))
        return error;
    if (!aggregate.param)
        return std::nullopt;
    const bool text = aggregate.op == AggregateOp::count_values;
    return expect(*aggregate.param, text ? ValueType::string : ValueType::scalar,
                  "aggregation parameter");
}

Error check(const Negation& negation) {
    if (negation.expr->type == ValueType::scalar || negation.expr->type == ValueType::vector)
        return std::nullopt;
    return "unary expression only allowed on expressions of type scalar or instant vector, got " +
           write_quoted(name_of(negation.expr->type));
}

Error check(const Subquery& subquery) {
    if (subquery.expr->type == ValueType::vector)
        return std::nullopt;
    return "subquery is only allowed on instant vector, got " +
           std::string(name_of(subquery.expr->type)) + " instead";
}

bool has_matching(const VectorMatching& matching) {
    return matching.on || !matching.labels.empty() ||
           matching.cardinality == Cardinality::many_to_one ||
           matching.cardinality == Cardinality::one_to_many;
}

Error check(const Binary& binary) {
    const auto fits = [](ValueType type) {
        return type == ValueType::scalar || type == ValueType::vector;
    };
    const ValueType left = binary.left->type, right = binary.right->type;
    if (binary.return_bool && !is_comparison(binary.op))
        return "bool modifier can only be used on comparison operators";
    if (!fits(left) || !fits(right))
        return "binary expression must contain only scalar and instant vector types";
    const bool scalars = left == ValueType::scalar && right == ValueType::scalar;
    if (is_comparison(binary.op) && !binary.return_bool && scalars)
        return "comparisons between scalars must use BOOL modifier";
    if (left == ValueType::vector && right == ValueType::vector) {
        for (const std::string& label : binary.matching.include) {
            if (binary.matching.on && std::ranges::count(binary.matching.labels, label) > 0)
                return "label " + write_quoted(label) +
                       " must not occur in ON and GROUP clause at once";
        }
        if (is_set_operator(binary.op) && binary.matching.cardinality != Cardinality::many_to_many)
            return "no grouping allowed for " + write_quoted(name_of(binary.op)) + " operation";
        return std::nullopt;
    }
    if (is_set_operator(binary.op))
        return "set operator " + write_quoted(name_of(binary.op)) +
               " not allowed in binary scalar expression";
    if (has_matching(binary.matching))
        return "vector matching only allowed between instant vectors";
    return std::nullopt;
}

} // namespace

std::optional<std::string> find_type_error(const Expr& expr) {
    return std::visit(
        [](const auto& node) -> Error {
            if constexpr (requires { check(node); })
                return check(node);
            else
                return std::nullopt;
        },
        expr.node);
}

} // namespace atalaya::promql
