// Operators between two expressions.
//
// One query's, on its thread.
#pragma once

#include "promql/evaluator.hpp"

namespace atalaya::promql {

std::vector<double> compute_scalars(Evaluator& evaluator, const Binary& binary, const Steps& steps);
void stream_binary(Evaluator& evaluator, const Binary& binary, const Steps& steps,
                   const UseColumn& use);

/// What an arithmetic operator makes of two numbers.
double compute(BinaryOp op, double left, double right);
bool holds(BinaryOp comparison, double left, double right);

/// Two vectors, matched by their labels (matching.cpp) and, for `and`, `or` and `unless`,
/// chosen from (set_operators.cpp).
Frame match_vectors(const Binary& binary, Frame left, Frame right, const Steps& steps);
Frame combine_sets(const Binary& binary, Frame left, Frame right, const Steps& steps);

} // namespace atalaya::promql
