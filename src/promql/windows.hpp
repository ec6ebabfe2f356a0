// A window that moves over the samples of a series: the functions of PromQL that take a range see
// the samples through it.
//
// Pure; any thread.
#pragma once

#include "promql/evaluator.hpp"
#include "promql/function_table.hpp"

#include <cstdint>
#include <span>

namespace atalaya::promql {

/// Its samples lie after start_ms and not after end_ms; there is at least one.
struct Window {
    std::span<const std::int64_t> times_ms;
    std::span<const double> values;
    std::int64_t start_ms = 0;
    std::int64_t end_ms = 0;
    std::int64_t eval_ms = 0;           ///< the step's own time, which `offset` and `@` do not move
    double param = 0;                   ///< of the functions that have one
    std::span<const double> drops_from; ///< the values of the window that a smaller one follows
};

/// The range of a matrix expression, and where it ends for each step.
struct RangeShape {
    std::int64_t range_ms = 0;
    const TimeShift* shift = nullptr;
};
RangeShape shape_of(const Expr& matrix);

/// Calls `function` with the window of each step over each series of the call's matrix.
void stream_windows(Evaluator& evaluator, const Call& call, WindowFunction function,
                    const Steps& steps, const UseColumn& use);

double rate(const Window& window);
double increase(const Window& window);
double delta(const Window& window);
double irate(const Window& window);
double idelta(const Window& window);
double deriv(const Window& window);
double predict_linear(const Window& window);
double changes(const Window& window);
double resets(const Window& window);
double sum_over_time(const Window& window);
double avg_over_time(const Window& window);
double min_over_time(const Window& window);
double max_over_time(const Window& window);
double count_over_time(const Window& window);
double last_over_time(const Window& window);
double present_over_time(const Window& window);
double stddev_over_time(const Window& window);
double stdvar_over_time(const Window& window);
double quantile_over_time(const Window& window);

} // namespace atalaya::promql
