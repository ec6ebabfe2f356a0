// Walks an expression and computes it, column by column. Only the sources of this room include it.
//
// One object computes one query on its thread. Series flow: stream() hands each on as soon as it is
// computed, so that an aggregation never holds what it aggregates; vector() holds them all. While
// a selector streams, the Source is busy: whoever gets a column must not evaluate anything then,
// and therefore evaluates its other operands first.
#pragma once

#include "promql/evaluate.hpp"
#include "promql/frame.hpp"

#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace atalaya::promql {

/// The samples of one series, without the markers of its end. Lives for the call that gets it.
struct RangeSeries {
    const SharedLabels& labels;
    std::span<const std::int64_t> times_ms;
    std::span<const double> values;
};
using UseRangeSeries = std::function<void(const RangeSeries&)>;

class Evaluator {
  public:
    Evaluator(std::string_view text, Source& source, Steps query, const EvaluationLimits& limits);

    std::vector<double> scalar(const Expr& expr, const Steps& steps);
    Frame vector(const Expr& expr, const Steps& steps);
    void stream(const Expr& expr, const Steps& steps, const UseColumn& use);
    /// The text of a string expression.
    static const std::string& text(const Expr& expr);

    /// The time that is looked at in a step, without its lookback or range.
    std::int64_t shifted(const TimeShift& shift, std::int64_t time_ms) const;
    /// Of a matrix: its series over all windows that end at the steps.
    void stream_ranges(const Expr& expr, const Steps& steps, const UseRangeSeries& use);
    /// `timestamps`: the times of the samples in seconds instead of their values.
    void stream_selector(const VectorSelector& selector, const Steps& steps, bool timestamps,
                         const UseColumn& use);

    void warn(const std::string& text, TextRange at);
    void inform(const std::string& text, TextRange at);
    Ledger& ledger() { return ledger_; }
    const Steps& query() const { return query_; }
    void check() const;

    /// Everything but the series.
    void write_summary(Value& value) const;

  private:
    void stream_node(const Expr& expr, const Steps& steps, const UseColumn& use);
    void stream_call(const Call& call, const Steps& steps, const UseColumn& use);
    void stream_subquery(const Subquery& subquery, const Steps& steps, const UseRangeSeries& use);
    void read(const Matchers& matchers, TimeRange range, const UseRangeSeries& use);
    void annotate(std::vector<std::string>& list, std::string text, TextRange at) const;

    std::string_view text_;
    Source& source_;
    Steps query_;
    const EvaluationLimits& limits_;
    Ledger ledger_;
    EvaluationStats stats_;
    std::vector<std::string> warnings_;
    std::vector<std::string> infos_;
};

} // namespace atalaya::promql
