// sum, avg, topk and the other operators that make one series of many, or choose among them.
//
// One query's, on its thread.
#pragma once

#include "promql/evaluator.hpp"

namespace atalaya::promql {

void stream_aggregate(Evaluator& evaluator, const Aggregate& aggregate, const Steps& steps,
                      const UseColumn& use);

/// topk, bottomk, quantile and count_values, which must see all series of a group at once.
void stream_ranked(Evaluator& evaluator, const Aggregate& aggregate, const Steps& steps,
                   const UseColumn& use);

} // namespace atalaya::promql
