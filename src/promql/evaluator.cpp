#include "promql/evaluator.hpp"

#include "promql/aggregate.hpp"
#include "promql/analysis.hpp"
#include "promql/binary.hpp"
#include "promql/function_table.hpp"
#include "promql/parse.hpp"
#include "promql/windows.hpp"

#include <algorithm>

namespace atalaya::promql {

namespace {

constexpr std::size_t annotations_max = 10;

} // namespace

Evaluator::Evaluator(std::string_view text, Source& source, Steps query,
                     const EvaluationLimits& limits)
    : text_(text), source_(source), query_(query), limits_(limits), ledger_(limits.samples_max) {}

std::vector<double> Evaluator::scalar(const Expr& given, const Steps& steps) {
    const Expr& expr = without_parentheses(given);
    if (const auto* number = std::get_if<NumberLiteral>(&expr.node))
        return std::vector<double>(steps.count, number->value);
    if (const auto* call = std::get_if<Call>(&expr.node))
        return std::get<ScalarFunction>(call->function->compute)(*this, *call, steps);
    if (const auto* binary = std::get_if<Binary>(&expr.node))
        return compute_scalars(*this, *binary, steps);
    std::vector<double> values = scalar(*std::get<Negation>(expr.node).expr, steps);
    for (double& value : values)
        value = -value;
    return values;
}

const std::string& Evaluator::text(const Expr& expr) {
    return std::get<StringLiteral>(without_parentheses(expr).node).value;
}

Frame Evaluator::vector(const Expr& expr, const Steps& steps) {
    Frame frame(ledger_);
    stream(expr, steps, [&](Column&& column) { frame.add(std::move(column)); });
    return frame;
}

void Evaluator::stream(const Expr& given, const Steps& steps, const UseColumn& use) {
    const Expr& expr = without_parentheses(given);
    check();
    if (steps.count > 1 && is_step_invariant(expr)) {
        const Steps first{steps.start_ms, steps.step_ms, 1};
        stream(expr, first, [&](Column&& column) {
            column.values.resize(steps.count, column.values.front());
            use(std::move(column));
        });
    } else if (may_join_series(expr)) {
        Frame frame(ledger_);
        stream_node(expr, steps, [&](Column&& column) { frame.add(std::move(column)); });
        merge_equal(std::move(frame)).drain(use);
    } else {
        stream_node(expr, steps, use);
    }
}

void Evaluator::stream_node(const Expr& expr, const Steps& steps, const UseColumn& use) {
    if (const auto* selector = std::get_if<VectorSelector>(&expr.node))
        stream_selector(*selector, steps, false, use);
    else if (const auto* call = std::get_if<Call>(&expr.node))
        stream_call(*call, steps, use);
    else if (const auto* aggregate = std::get_if<Aggregate>(&expr.node))
        stream_aggregate(*this, *aggregate, steps, use);
    else if (const auto* binary = std::get_if<Binary>(&expr.node))
        stream_binary(*this, *binary, steps, use);
    else
        stream(*std::get<Negation>(expr.node).expr, steps, [&](Column&& column) {
            column.labels = without_name(column.labels);
            for (double& value : column.values)
                value = is_stale(value) ? value : -value;
            use(std::move(column));
        });
}

void Evaluator::stream_call(const Call& call, const Steps& steps, const UseColumn& use) {
    const Function& function = *call.function;
    const auto named = [&](Column&& column) {
        if (!function.keeps_name)
            column.labels = without_name(column.labels);
        use(std::move(column));
    };
    if (const auto* compute = std::get_if<WindowFunction>(&function.compute)) {
        stream_windows(*this, call, *compute, steps, named);
    } else if (const auto* frame = std::get_if<FrameFunction>(&function.compute)) {
        (*frame)(*this, call, steps).drain(named);
    } else {
        const NumberFunction number = std::get<NumberFunction>(function.compute);
        const auto map = [&](Column&& column) {
            for (double& value : column.values)
                value = is_stale(value) ? value : number(value);
            named(std::move(column));
        };
        if (!call.args.empty()) {
            stream(*call.args.front(), steps, map);
            return;
        }
        Column now{no_labels(), std::vector<double>(steps.count)};
        for (std::size_t k = 0; k < steps.count; ++k)
            now.values[k] = static_cast<double>(steps.at(k)) / 1000;
        map(std::move(now));
    }
}

void Evaluator::warn(const std::string& text, TextRange at) {
    annotate(warnings_, "PromQL warning: " + text, at);
}

void Evaluator::inform(const std::string& text, TextRange at) {
    annotate(infos_, "PromQL info: " + text, at);
}

void Evaluator::annotate(std::vector<std::string>& list, std::string text, TextRange at) const {
    text += " (" + place_of(text_, at.begin) + ")";
    if (list.size() < annotations_max && std::ranges::count(list, text) == 0)
        list.push_back(std::move(text));
}

void Evaluator::check() const {
    if (limits_.check)
        limits_.check();
}

void Evaluator::write_summary(Value& value) const {
    value.warnings = warnings_;
    value.infos = infos_;
    value.stats = stats_;
    value.stats.samples_peak = ledger_.peak();
}

} // namespace atalaya::promql
