#include "promql/evaluate.hpp"

#include "promql/evaluator.hpp"
#include "promql/function_table.hpp"
#include "promql/windows.hpp"

#include <algorithm>
#include <cmath>

namespace atalaya::promql {

namespace {

/// About 300,000 years around 1970: no sum of times in a query can overflow.
constexpr std::int64_t time_ms_max = 10'000'000'000'000'000;

void require_time(std::int64_t time_ms) {
    if (time_ms < -time_ms_max || time_ms > time_ms_max)
        throw QueryError(QueryErrorKind::bad_data, "the time is out of bounds");
}

ResultSeries to_series(Column column, const Steps& steps) {
    ResultSeries series{std::move(column.labels), {}};
    for (std::size_t k = 0; k < steps.count; ++k) {
        if (!is_stale(column.values[k]))
            series.samples.push_back({steps.at(k), column.values[k]});
    }
    return series;
}

/// True for what answers in an order of its own when asked for one moment.
bool is_ordered(const Expr& given) {
    const Expr& expr = without_parentheses(given);
    if (const auto* call = std::get_if<Call>(&expr.node))
        return call->function->name == "sort" || call->function->name == "sort_desc";
    const auto* aggregate = std::get_if<Aggregate>(&expr.node);
    return aggregate &&
           (aggregate->op == AggregateOp::topk || aggregate->op == AggregateOp::bottomk);
}

void sort_by_labels(std::vector<ResultSeries>& series) {
    std::ranges::sort(
        series, [](const ResultSeries& a, const ResultSeries& b) { return *a.labels < *b.labels; });
}

void add_series(Value& value, Evaluator& evaluator, const Expr& expr, const Steps& steps) {
    Frame frame = evaluator.vector(expr, steps);
    frame.drain([&](Column&& column) {
        if (has_values(column.values))
            value.series.push_back(to_series(std::move(column), steps));
    });
}

void add_raw_samples(Value& value, Evaluator& evaluator, const Expr& matrix, const Steps& moment) {
    const RangeShape shape = shape_of(matrix);
    const std::int64_t end_ms = evaluator.shifted(*shape.shift, moment.start_ms);
    evaluator.stream_ranges(matrix, moment, [&](const RangeSeries& series) {
        evaluator.ledger().hold(series.values.size());
        ResultSeries raw{series.labels, {}};
        for (std::size_t i = 0; i < series.values.size(); ++i) {
            if (series.times_ms[i] > end_ms - shape.range_ms && series.times_ms[i] <= end_ms)
                raw.samples.push_back({series.times_ms[i], series.values[i]});
        }
        if (!raw.samples.empty())
            value.series.push_back(std::move(raw));
    });
}

void add_scalar(Value& value, Evaluator& evaluator, const Expr& expr, const Steps& steps) {
    value.series.push_back(to_series({no_labels(), evaluator.scalar(expr, steps)}, steps));
}

} // namespace

Value evaluate_instant(const Expr& expr, std::string_view text, Source& source,
                       std::int64_t time_ms, const EvaluationLimits& limits) {
    require_time(time_ms);
    const Steps moment{time_ms, 1, 1};
    Evaluator evaluator(text, source, moment, limits);
    Value value;
    value.type = expr.type;
    switch (expr.type) {
    case ValueType::string:
        value.text = Evaluator::text(expr);
        break;
    case ValueType::scalar:
        add_scalar(value, evaluator, expr, moment);
        break;
    case ValueType::vector:
        add_series(value, evaluator, expr, moment);
        break;
    case ValueType::matrix:
        add_raw_samples(value, evaluator, expr, moment);
        break;
    }
    if (!is_ordered(expr))
        sort_by_labels(value.series);
    evaluator.write_summary(value);
    return value;
}

Value evaluate_range(const Expr& expr, std::string_view text, Source& source, std::int64_t start_ms,
                     std::int64_t end_ms, std::int64_t step_ms, const EvaluationLimits& limits) {
    require_time(start_ms);
    require_time(end_ms);
    if (step_ms <= 0)
        throw QueryError(QueryErrorKind::bad_data,
                         "zero or negative query resolution step widths are not accepted. Try a "
                         "positive integer");
    if (end_ms < start_ms)
        throw QueryError(QueryErrorKind::bad_data, "end timestamp must not be before start time");
    if (expr.type != ValueType::scalar && expr.type != ValueType::vector)
        throw QueryError(QueryErrorKind::bad_data,
                         "invalid expression type \"" + std::string(name_of(expr.type)) +
                             "\" for range query, must be Scalar or instant Vector");
    const auto count = static_cast<std::size_t>((end_ms - start_ms) / step_ms) + 1;
    if (count > limits.steps_max)
        throw QueryError(QueryErrorKind::bad_data,
                         "exceeded maximum resolution of " + std::to_string(limits.steps_max) +
                             " points per timeseries. Try decreasing the query resolution "
                             "(?step=XX)");
    const Steps steps{start_ms, step_ms, count};
    Evaluator evaluator(text, source, steps, limits);
    Value value;
    value.type = ValueType::matrix;
    if (expr.type == ValueType::scalar)
        add_scalar(value, evaluator, expr, steps);
    else
        add_series(value, evaluator, expr, steps);
    sort_by_labels(value.series);
    evaluator.write_summary(value);
    return value;
}

} // namespace atalaya::promql
