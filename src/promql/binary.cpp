#include "promql/binary.hpp"

#include <cmath>

namespace atalaya::promql {

namespace {

/// A vector with a scalar. A comparison keeps the vector's value, whichever side it stands on.
void stream_with_scalar(Evaluator& evaluator, const Binary& binary, const Steps& steps,
                        const UseColumn& use) {
    const bool vector_left = binary.left->type == ValueType::vector;
    const Expr& vector = vector_left ? *binary.left : *binary.right;
    const std::vector<double> scalars =
        evaluator.scalar(vector_left ? *binary.right : *binary.left, steps);
    const bool compares = is_comparison(binary.op);
    evaluator.stream(vector, steps, [&](Column&& column) {
        for (std::size_t k = 0; k < steps.count; ++k) {
            double& value = column.values[k];
            if (is_stale(value))
                continue;
            const double left = vector_left ? value : scalars[k];
            const double right = vector_left ? scalars[k] : value;
            if (!compares)
                value = compute(binary.op, left, right);
            else if (binary.return_bool)
                value = holds(binary.op, left, right) ? 1 : 0;
            else if (!holds(binary.op, left, right))
                value = stale_value();
        }
        if (compares && !binary.return_bool && !has_values(column.values))
            return;
        if (!compares || binary.return_bool)
            column.labels = without_name(column.labels);
        use(std::move(column));
    });
}

} // namespace

double compute(BinaryOp op, double left, double right) {
    switch (op) {
    case BinaryOp::add:
        return left + right;
    case BinaryOp::sub:
        return left - right;
    case BinaryOp::mul:
        return left * right;
    case BinaryOp::div:
        return left / right;
    case BinaryOp::mod:
        return std::fmod(left, right);
    case BinaryOp::pow:
        return std::pow(left, right);
    default:
        return std::atan2(left, right);
    }
}

bool holds(BinaryOp comparison, double left, double right) {
    switch (comparison) {
    case BinaryOp::equal:
        return left == right;
    case BinaryOp::not_equal:
        return left != right;
    case BinaryOp::less:
        return left < right;
    case BinaryOp::less_equal:
        return left <= right;
    case BinaryOp::greater:
        return left > right;
    default:
        return left >= right;
    }
}

std::vector<double> compute_scalars(Evaluator& evaluator, const Binary& binary,
                                    const Steps& steps) {
    std::vector<double> values = evaluator.scalar(*binary.left, steps);
    const std::vector<double> right = evaluator.scalar(*binary.right, steps);
    for (std::size_t k = 0; k < steps.count; ++k)
        values[k] = is_comparison(binary.op) ? (holds(binary.op, values[k], right[k]) ? 1 : 0)
                                             : compute(binary.op, values[k], right[k]);
    return values;
}

void stream_binary(Evaluator& evaluator, const Binary& binary, const Steps& steps,
                   const UseColumn& use) {
    if (binary.left->type == ValueType::scalar || binary.right->type == ValueType::scalar) {
        stream_with_scalar(evaluator, binary, steps, use);
        return;
    }
    Frame left = evaluator.vector(*binary.left, steps);
    Frame right = evaluator.vector(*binary.right, steps);
    Frame result = is_set_operator(binary.op)
                       ? combine_sets(binary, std::move(left), std::move(right), steps)
                       : match_vectors(binary, std::move(left), std::move(right), steps);
    result.drain(use);
}

} // namespace atalaya::promql
