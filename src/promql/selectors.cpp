// Series out of the Source, and out of subqueries, as the two shapes in which functions take them.
#include "promql/evaluator.hpp"
#include "promql/windows.hpp"

namespace atalaya::promql {

namespace {

/// Both spans without the markers of an end. Copies only if there is one.
class WithoutMarkers {
  public:
    void use(const RangeSeries& series, const UseRangeSeries& next) {
        if (has_marker(series.values)) {
            times_ms_.clear();
            values_.clear();
            for (std::size_t i = 0; i < series.values.size(); ++i) {
                if (is_stale(series.values[i]))
                    continue;
                times_ms_.push_back(series.times_ms[i]);
                values_.push_back(series.values[i]);
            }
            next({series.labels, times_ms_, values_});
        } else {
            next(series);
        }
    }

  private:
    static bool has_marker(std::span<const double> values) {
        std::uint64_t found = 0; // not a bool, so that several are looked at in one step
        for (const double value : values)
            found |= is_stale(value) ? 1u : 0u;
        return found != 0;
    }

    std::vector<std::int64_t> times_ms_;
    std::vector<double> values_;
};

std::int64_t multiple_after(std::int64_t time_ms, std::int64_t step_ms) {
    std::int64_t floor = time_ms / step_ms * step_ms;
    if (floor > time_ms)
        floor -= step_ms;
    return floor + step_ms;
}

} // namespace

std::int64_t Evaluator::shifted(const TimeShift& shift, std::int64_t time_ms) const {
    if (shift.at) {
        switch (shift.at->kind) {
        case AtModifier::Kind::time:
            time_ms = shift.at->time_ms;
            break;
        case AtModifier::Kind::start:
            time_ms = query_.start_ms;
            break;
        case AtModifier::Kind::end:
            time_ms = query_.last_ms();
            break;
        }
    }
    return time_ms - shift.offset_ms;
}

void Evaluator::read(const Matchers& matchers, TimeRange range, const UseRangeSeries& use) {
    source_.select(matchers, range, [&](const SeriesView& view) {
        check();
        ++stats_.series_read;
        stats_.samples_read += view.values.size();
        ledger_.hold(view.values.size());
        use({view.labels, view.times_ms, view.values});
        ledger_.release(view.values.size());
    });
}

void Evaluator::stream_selector(const VectorSelector& selector, const Steps& steps, bool timestamps,
                                const UseColumn& use) {
    const std::int64_t first = shifted(selector.shift, steps.start_ms);
    const std::int64_t last = shifted(selector.shift, steps.last_ms());
    const std::int64_t stride = selector.shift.at ? 0 : steps.step_ms;
    const std::int64_t lookback = limits_.lookback_ms;
    read(selector.matchers, {first - lookback + 1, last}, [&](const RangeSeries& series) {
        Column column{series.labels, std::vector<double>(steps.count)};
        std::size_t after = 0; // the first sample behind the step
        bool found = false;
        for (std::size_t k = 0; k < steps.count; ++k) {
            const std::int64_t time_ms = first + static_cast<std::int64_t>(k) * stride;
            while (after < series.times_ms.size() && series.times_ms[after] <= time_ms)
                ++after;
            const bool fresh = after > 0 && series.times_ms[after - 1] > time_ms - lookback &&
                               !is_stale(series.values[after - 1]);
            column.values[k] = !fresh       ? stale_value()
                               : timestamps ? static_cast<double>(series.times_ms[after - 1]) / 1000
                                            : series.values[after - 1];
            found |= fresh;
        }
        if (found)
            use(std::move(column));
    });
}

RangeShape shape_of(const Expr& matrix) {
    const Expr& expr = without_parentheses(matrix);
    if (const auto* selector = std::get_if<MatrixSelector>(&expr.node))
        return {selector->range_ms, &selector->selector.shift};
    const auto& subquery = std::get<Subquery>(expr.node);
    return {subquery.range_ms, &subquery.shift};
}

void Evaluator::stream_ranges(const Expr& given, const Steps& steps, const UseRangeSeries& use) {
    const Expr& expr = without_parentheses(given);
    if (const auto* subquery = std::get_if<Subquery>(&expr.node)) {
        stream_subquery(*subquery, steps, use);
        return;
    }
    const auto& matrix = std::get<MatrixSelector>(expr.node);
    const TimeShift& shift = matrix.selector.shift;
    const TimeRange range{shifted(shift, steps.start_ms) - matrix.range_ms + 1,
                          shifted(shift, steps.last_ms())};
    WithoutMarkers filter;
    read(matrix.selector.matchers, range,
         [&](const RangeSeries& series) { filter.use(series, use); });
}

void Evaluator::stream_subquery(const Subquery& subquery, const Steps& steps,
                                const UseRangeSeries& use) {
    const std::int64_t step = subquery.step_ms ? subquery.step_ms : limits_.subquery_step_ms;
    const std::int64_t after = shifted(subquery.shift, steps.start_ms) - subquery.range_ms;
    const std::int64_t last = shifted(subquery.shift, steps.last_ms());
    const std::int64_t first = multiple_after(after, step);
    if (first > last)
        return;
    const Steps inner{first, step, static_cast<std::size_t>((last - first) / step) + 1};
    ledger_.hold(inner.count);
    std::vector<std::int64_t> times_ms(inner.count);
    for (std::size_t k = 0; k < inner.count; ++k)
        times_ms[k] = inner.at(k);
    WithoutMarkers filter;
    stream(*subquery.expr, inner, [&](Column&& column) {
        filter.use({column.labels, times_ms, column.values}, use);
    });
    ledger_.release(inner.count);
}

} // namespace atalaya::promql
