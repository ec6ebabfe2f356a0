#include "promql/analysis.hpp"

#include "promql/function_table.hpp"

#include <algorithm>

namespace atalaya::promql {

namespace {

bool asks_for_the_time(const Call& call) {
    const std::string_view name = call.function->name;
    return name == "time" || name == "timestamp" || name == "predict_linear" ||
           (call.args.empty() && name != "pi"); // hour() is that of the step
}

bool has_name(const std::vector<std::string>& labels) {
    return std::ranges::count(labels, metric_name_label) > 0;
}

bool has_fixed_name(const VectorSelector& selector) {
    return std::ranges::any_of(selector.matchers, [](const Matcher& matcher) {
        return matcher.name() == metric_name_label && matcher.kind() == MatchKind::equal;
    });
}

/// The operand whose series the node changes one by one; null if there is none such.
const Expr* operand_of(const Expr& expr) {
    if (const auto* negation = std::get_if<Negation>(&expr.node))
        return negation->expr.get();
    if (const auto* subquery = std::get_if<Subquery>(&expr.node))
        return subquery->expr.get();
    if (const auto* call = std::get_if<Call>(&expr.node)) {
        for (const ExprPtr& arg : call->args) {
            if (arg->type == ValueType::vector || arg->type == ValueType::matrix)
                return arg.get();
        }
    }
    if (const auto* binary = std::get_if<Binary>(&expr.node)) {
        const bool left = binary->left->type == ValueType::vector;
        const bool right = binary->right->type == ValueType::vector;
        if (left != right)
            return left ? binary->left.get() : binary->right.get();
    }
    return nullptr;
}

bool takes_name(const Expr& expr) {
    if (std::holds_alternative<Negation>(expr.node))
        return true;
    if (const auto* call = std::get_if<Call>(&expr.node))
        return !call->function->keeps_name;
    if (const auto* binary = std::get_if<Binary>(&expr.node))
        return !is_set_operator(binary->op) && (binary->return_bool || !is_comparison(binary->op));
    if (const auto* aggregate = std::get_if<Aggregate>(&expr.node))
        return aggregate->op != AggregateOp::topk && aggregate->op != AggregateOp::bottomk &&
               (aggregate->without || !has_name(aggregate->labels));
    return false;
}

/// True if all series of the expression have the same name, or none.
bool has_one_name(const Expr& given) {
    const Expr& expr = without_parentheses(given);
    if (const auto* selector = std::get_if<VectorSelector>(&expr.node))
        return has_fixed_name(*selector);
    if (const auto* matrix = std::get_if<MatrixSelector>(&expr.node))
        return has_fixed_name(matrix->selector);
    if (takes_name(expr))
        return true;
    if (const auto* call = std::get_if<Call>(&expr.node);
        call && call->function->name.starts_with("label_"))
        return false;
    const Expr* operand = operand_of(expr);
    return operand && has_one_name(*operand);
}

} // namespace

bool is_step_invariant(const Expr& given) {
    const Expr& expr = without_parentheses(given);
    const auto all = [](std::initializer_list<const Expr*> parts) {
        return std::ranges::all_of(
            parts, [](const Expr* part) { return !part || is_step_invariant(*part); });
    };
    if (const auto* selector = std::get_if<VectorSelector>(&expr.node))
        return selector->shift.at.has_value();
    if (const auto* matrix = std::get_if<MatrixSelector>(&expr.node))
        return matrix->selector.shift.at.has_value();
    if (const auto* subquery = std::get_if<Subquery>(&expr.node))
        return subquery->shift.at.has_value();
    if (const auto* negation = std::get_if<Negation>(&expr.node))
        return all({negation->expr.get()});
    if (const auto* binary = std::get_if<Binary>(&expr.node))
        return all({binary->left.get(), binary->right.get()});
    if (const auto* aggregate = std::get_if<Aggregate>(&expr.node))
        return all({aggregate->expr.get(), aggregate->param.get()});
    if (const auto* call = std::get_if<Call>(&expr.node))
        return !asks_for_the_time(*call) && std::ranges::all_of(call->args, [](const ExprPtr& arg) {
            return is_step_invariant(*arg);
        });
    return true;
}

bool may_join_series(const Expr& expr) {
    const Expr* operand = operand_of(expr);
    return operand && takes_name(expr) && !has_one_name(*operand);
}

} // namespace atalaya::promql
