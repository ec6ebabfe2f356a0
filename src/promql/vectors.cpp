#include "promql/functions.hpp"
#include "promql/windows.hpp"

#include <algorithm>
#include <cmath>
#include <functional>
#include <limits>
#include <numbers>
#include <set>

namespace atalaya::promql {

namespace {

constexpr double nan = std::numeric_limits<double>::quiet_NaN();

double lesser(double a, double b) { return std::isnan(a) || std::isnan(b) ? nan : std::min(a, b); }
double greater(double a, double b) { return std::isnan(a) || std::isnan(b) ? nan : std::max(a, b); }

/// Each value of the call's vector changed by `change(value, step)`.
Frame map_values(Evaluator& evaluator, const Call& call, const Steps& steps,
                 const std::function<double(double, std::size_t)>& change) {
    Frame result(evaluator.ledger());
    evaluator.stream(*call.args.front(), steps, [&](Column&& column) {
        for (std::size_t k = 0; k < steps.count; ++k) {
            if (!is_stale(column.values[k]))
                column.values[k] = change(column.values[k], k);
        }
        if (has_values(column.values))
            result.add(std::move(column));
    });
    return result;
}

/// The labels that a series would have if it were not absent: those that the selector demands once
/// and by name.
SharedLabels labels_of_absent(const Expr& given) {
    const Expr& expr = without_parentheses(given);
    const VectorSelector* selector = std::get_if<VectorSelector>(&expr.node);
    if (const auto* matrix = std::get_if<MatrixSelector>(&expr.node))
        selector = &matrix->selector;
    if (!selector)
        return no_labels();
    Labels labels;
    std::set<std::string> seen;
    for (const Matcher& matcher : selector->matchers) {
        if (matcher.name() == metric_name_label)
            continue;
        const bool demanded =
            matcher.kind() == MatchKind::equal && seen.insert(matcher.name()).second;
        set_label(labels, matcher.name(), demanded ? matcher.value() : "");
    }
    return std::make_shared<const Labels>(std::move(labels));
}

Frame absence(Evaluator& evaluator, const Call& call, const Steps& steps,
              const std::vector<bool>& present) {
    Frame result(evaluator.ledger());
    Column column{labels_of_absent(*call.args.front()), std::vector<double>(steps.count)};
    for (std::size_t k = 0; k < steps.count; ++k)
        column.values[k] = present[k] ? stale_value() : 1;
    if (has_values(column.values))
        result.add(std::move(column));
    return result;
}

UseColumn note_presence(std::vector<bool>& present) {
    return [&](Column&& column) {
        for (std::size_t k = 0; k < present.size(); ++k)
            present[k] = present[k] || !is_stale(column.values[k]);
    };
}

/// Only an instant query has an order.
Frame sorted(Evaluator& evaluator, const Call& call, const Steps& steps, bool descending) {
    Frame frame = evaluator.vector(*call.args.front(), steps);
    if (steps.count == 1) {
        std::ranges::stable_sort(frame.columns(), [&](const Column& left, const Column& right) {
            const double a = left.values.front(), b = right.values.front();
            return std::isnan(b) ? !std::isnan(a) : descending ? a > b : a < b;
        });
    }
    return frame;
}

} // namespace

std::vector<double> time_at(Evaluator&, const Call&, const Steps& steps) {
    std::vector<double> times(steps.count);
    for (std::size_t k = 0; k < steps.count; ++k)
        times[k] = static_cast<double>(steps.at(k)) / 1000;
    return times;
}

std::vector<double> pi_at(Evaluator&, const Call&, const Steps& steps) {
    return std::vector<double>(steps.count, std::numbers::pi);
}

std::vector<double> scalar_of(Evaluator& evaluator, const Call& call, const Steps& steps) {
    std::vector<double> values(steps.count, nan);
    std::vector<std::size_t> found(steps.count);
    evaluator.stream(*call.args.front(), steps, [&](Column&& column) {
        for (std::size_t k = 0; k < steps.count; ++k) {
            if (!is_stale(column.values[k]))
                values[k] = found[k]++ == 0 ? column.values[k] : nan;
        }
    });
    return values;
}

Frame vector_of(Evaluator& evaluator, const Call& call, const Steps& steps) {
    Frame result(evaluator.ledger());
    result.add({no_labels(), evaluator.scalar(*call.args.front(), steps)});
    return result;
}

Frame timestamps_of(Evaluator& evaluator, const Call& call, const Steps& steps) {
    const Expr& arg = without_parentheses(*call.args.front());
    const auto* selector = std::get_if<VectorSelector>(&arg.node);
    if (!selector)
        return map_values(evaluator, call, steps, [&](double, std::size_t k) {
            return static_cast<double>(steps.at(k)) / 1000;
        });
    Frame result(evaluator.ledger());
    evaluator.stream_selector(*selector, steps, true,
                              [&](Column&& column) { result.add(std::move(column)); });
    return result;
}

Frame absent(Evaluator& evaluator, const Call& call, const Steps& steps) {
    std::vector<bool> present(steps.count);
    evaluator.stream(*call.args.front(), steps, note_presence(present));
    return absence(evaluator, call, steps, present);
}

Frame absent_over_time(Evaluator& evaluator, const Call& call, const Steps& steps) {
    std::vector<bool> present(steps.count);
    stream_windows(evaluator, call, present_over_time, steps, note_presence(present));
    return absence(evaluator, call, steps, present);
}

Frame round_to(Evaluator& evaluator, const Call& call, const Steps& steps) {
    const std::vector<double> to = call.args.size() > 1 ? evaluator.scalar(*call.args[1], steps)
                                                        : std::vector<double>(steps.count, 1);
    return map_values(evaluator, call, steps, [&](double value, std::size_t k) {
        // The inverse, as Prometheus has it: multiples of 0.1 come out as they are written.
        const double inverse = 1 / to[k];
        return std::floor(value * inverse + 0.5) / inverse;
    });
}

Frame clamp(Evaluator& evaluator, const Call& call, const Steps& steps) {
    const std::vector<double> low = evaluator.scalar(*call.args[1], steps);
    const std::vector<double> high = evaluator.scalar(*call.args[2], steps);
    return map_values(evaluator, call, steps, [&](double value, std::size_t k) {
        return high[k] < low[k] ? stale_value() : greater(low[k], lesser(high[k], value));
    });
}

Frame clamp_min(Evaluator& evaluator, const Call& call, const Steps& steps) {
    const std::vector<double> low = evaluator.scalar(*call.args[1], steps);
    return map_values(evaluator, call, steps,
                      [&](double value, std::size_t k) { return greater(low[k], value); });
}

Frame clamp_max(Evaluator& evaluator, const Call& call, const Steps& steps) {
    const std::vector<double> high = evaluator.scalar(*call.args[1], steps);
    return map_values(evaluator, call, steps,
                      [&](double value, std::size_t k) { return lesser(high[k], value); });
}

Frame sort_ascending(Evaluator& evaluator, const Call& call, const Steps& steps) {
    return sorted(evaluator, call, steps, false);
}

Frame sort_descending(Evaluator& evaluator, const Call& call, const Steps& steps) {
    return sorted(evaluator, call, steps, true);
}

} // namespace atalaya::promql
