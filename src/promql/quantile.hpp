// Quantiles of a set of values, as Prometheus interpolates them.
//
// Pure; any thread.
#pragma once

#include "promql/evaluator.hpp"

#include <span>
#include <vector>

namespace atalaya::promql {

/// Sorts `values`. NaN for no values or if `q` is NaN; infinite for a `q` outside of 0 to 1.
double quantile_of(double q, std::vector<double>& values);

/// Tells the reader of each `q` that is no quantile.
void warn_of_quantiles(Evaluator& evaluator, std::span<const double> quantiles, TextRange at);

} // namespace atalaya::promql
