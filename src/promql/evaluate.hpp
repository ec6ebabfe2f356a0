// Computes a PromQL expression over a Source: at one time, or at each step between two.
//
// Pure but for what the Source does; one query is one thread's. Whatever ends it early is a
// QueryError, or what the Source or EvaluationLimits::check threw.
#pragma once

#include "base/series.hpp"
#include "promql/ast.hpp"
#include "promql/source.hpp"

#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

namespace atalaya::promql {

enum class QueryErrorKind {
    bad_data,         ///< the question makes no sense whatever the samples are
    execution,        ///< it makes no sense for these samples
    too_many_samples, ///< the answer, or something on the way to it, is too large
    timeout,
};

/// The text is for whoever asked; it may hold labels of their series.
class QueryError : public std::runtime_error {
  public:
    QueryError(QueryErrorKind kind, const std::string& text)
        : std::runtime_error(text), kind_(kind) {}
    QueryErrorKind kind() const { return kind_; }

  private:
    QueryErrorKind kind_;
};

struct EvaluationLimits {
    std::size_t samples_max = 50'000'000;   ///< held in memory at once
    std::size_t steps_max = 11'000;         ///< of a query over a range
    std::int64_t lookback_ms = 300'000;     ///< how long a sample speaks for its series
    std::int64_t subquery_step_ms = 60'000; ///< of subqueries that name no step
    /// Called often; throws, say QueryError of the kind timeout, when it has taken long enough.
    std::function<void()> check{};
};

struct ResultSeries {
    std::shared_ptr<const Labels> labels; ///< of a scalar: none, and never null
    std::vector<Sample> samples; ///< ascending, never empty; exactly one in a scalar or a vector
};

struct EvaluationStats {
    std::size_t series_read = 0;
    std::size_t samples_read = 0; ///< that the Source gave
    std::size_t samples_peak = 0; ///< held at once
};

struct Value {
    ValueType type = ValueType::vector;
    std::vector<ResultSeries> series; ///< of a scalar: one; of a string: none
    std::string text;                 ///< of a string
    std::vector<std::string> warnings;
    std::vector<std::string> infos;
    EvaluationStats stats;
};

/// `text` is what `expr` was parsed from: annotations name their place in it.
Value evaluate_instant(const Expr& expr, std::string_view text, Source& source,
                       std::int64_t time_ms, const EvaluationLimits& limits);

/// At start, start + step, ... up to and including end. The value is always a matrix, sorted by
/// labels.
Value evaluate_range(const Expr& expr, std::string_view text, Source& source, std::int64_t start_ms,
                     std::int64_t end_ms, std::int64_t step_ms, const EvaluationLimits& limits);

} // namespace atalaya::promql
