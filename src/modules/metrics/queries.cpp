#include "modules/metrics/queries.hpp"

#include "base/problems.hpp"
#include "config/config.hpp"
#include "modules/metrics/answer.hpp"
#include "modules/metrics/inputs.hpp"
#include "modules/metrics/store_source.hpp"
#include "promql/parse.hpp"
#include "shape/json.hpp"

#include <algorithm>

namespace atalaya::metrics {
namespace {

using std::chrono::milliseconds;
using std::chrono::steady_clock;

/// Intervals between the first and the last value of a range.
constexpr std::size_t steps_max = 11'000;

Problem to_problem(const promql::QueryError& error) {
    switch (error.kind()) {
    case promql::QueryErrorKind::bad_data:
        return Problem(problems::bad_request).detail(error.what());
    case promql::QueryErrorKind::timeout:
        return Problem(problems::query_timeout).detail(error.what());
    case promql::QueryErrorKind::execution:
    case promql::QueryErrorKind::too_many_samples:
        break;
    }
    return Problem(problems::query_failed).detail(error.what());
}

/// One query on its way: its expression and what it may cost.
class Query {
  public:
    Query(api::Call& call, const Inputs& inputs)
        : call_(call),
          inputs_(inputs),
          text_(inputs.text("query")),
          source_(call.services.metrics, call.tx, call.incoming.request,
                  start_ + find_time_limit()) {
        auto parsed = promql::parse_expression(text_);
        if (!parsed)
            refuse_parameter("query", parsed.error().reason);
        expression_ = std::move(*parsed);
        limits_.samples_max =
            static_cast<std::size_t>(call.services.config.metrics.query_samples_max);
        limits_.steps_max = steps_max + 1; // the ends of as many intervals
        limits_.lookback_ms =
            inputs.find_duration_ms("lookback_delta").value_or(limits_.lookback_ms);
        if (limits_.lookback_ms <= 0)
            refuse_parameter("lookback_delta", "a positive duration is wanted");
        limits_.check = [this] { source_.check(); };
    }
    Query(const Query&) = delete;
    Query& operator=(const Query&) = delete;

    template <class Evaluate>
    net::Response answer(std::int64_t time_ms, Evaluate evaluate) {
        promql::Value value;
        try {
            value = evaluate(*expression_, text_, source_, limits_);
        } catch (const promql::QueryError& error) {
            throw to_problem(error);
        }
        const std::size_t limit = inputs_.limit();
        const std::size_t found = value.series.size();
        if (limit > 0 && found > limit) {
            value.series.resize(limit);
            value.warnings.push_back("results truncated due to limit");
        }
        std::string data;
        append_value(data, value, time_ms);
        if (!inputs_.text("stats").empty())
            append_stats(data, value.stats, found);
        data += '}';
        return make_answer(data, value.warnings, value.infos);
    }

  private:
    milliseconds find_time_limit() const {
        const milliseconds most = std::chrono::seconds(call_.services.config.metrics.query_seconds);
        const auto wanted = inputs_.find_duration_ms("timeout");
        return wanted ? std::clamp(milliseconds(*wanted), milliseconds(0), most) : most;
    }
    /// `found`: series of the value, before `limit` cut it.
    void append_stats(std::string& out, const promql::EvaluationStats& stats,
                      std::size_t found) const {
        const std::chrono::duration<double> took = steady_clock::now() - start_;
        out += ",\"stats\":{\"timings\":{\"evalTotalTime\":";
        append_number(out, took.count());
        out += ",\"execTotalTime\":";
        append_number(out, took.count());
        out += "},\"samples\":{\"totalQueryableSamples\":" + std::to_string(stats.samples_read) +
               ",\"peakSamples\":" + std::to_string(stats.samples_peak) +
               ",\"seriesRead\":" + std::to_string(stats.series_read) +
               ",\"seriesFound\":" + std::to_string(found) + "}}";
    }

    const steady_clock::time_point start_ = steady_clock::now();
    api::Call& call_;
    const Inputs& inputs_;
    const std::string text_;
    StoreSource source_;
    promql::ExprPtr expression_;
    promql::EvaluationLimits limits_;
};

std::int64_t now_ms(const api::Call& call) { return call.services.clock.now().us / 1000; }

std::int64_t get_time_ms(const Inputs& inputs, std::string_view name) {
    if (inputs.text(name).empty())
        refuse_parameter(name, "cannot parse \"\" to a valid timestamp");
    return inputs.time_ms(name, 0);
}

std::int64_t get_step_ms(const Inputs& inputs) {
    const bool is_negative = inputs.text("step").starts_with('-');
    const auto step = is_negative ? 0 : inputs.find_duration_ms("step");
    if (!step)
        refuse_parameter("step", "cannot parse \"\" to a valid duration");
    if (*step <= 0)
        refuse_parameter("step", "zero or negative query resolution step widths are not accepted. "
                                 "Try a positive integer");
    return *step;
}

} // namespace

net::Response query(api::Call& call) {
    const Inputs inputs(call);
    const std::int64_t time_ms = inputs.time_ms("time", now_ms(call));
    Query asked(call, inputs);
    return asked.answer(time_ms,
                        [&](const promql::Expr& expr, std::string_view text, promql::Source& source,
                            const promql::EvaluationLimits& limits) {
                            return promql::evaluate_instant(expr, text, source, time_ms, limits);
                        });
}

net::Response query_range(api::Call& call) {
    const Inputs inputs(call);
    const std::int64_t start_ms = get_time_ms(inputs, "start");
    const std::int64_t end_ms = get_time_ms(inputs, "end");
    if (end_ms < start_ms)
        refuse_parameter("end", "end timestamp must not be before start time");
    const std::int64_t step_ms = get_step_ms(inputs);
    if (static_cast<std::size_t>((end_ms - start_ms) / step_ms) > steps_max)
        throw Problem(problems::bad_request)
            .detail("exceeded maximum resolution of 11,000 points per timeseries. Try decreasing "
                    "the query resolution (?step=XX)");
    Query asked(call, inputs);
    return asked.answer(end_ms, [&](const promql::Expr& expr, std::string_view text,
                                    promql::Source& source,
                                    const promql::EvaluationLimits& limits) {
        return promql::evaluate_range(expr, text, source, start_ms, end_ms, step_ms, limits);
    });
}

net::Response format_query(api::Call& call) {
    const auto parsed = promql::parse_expression(Inputs(call).text("query"));
    if (!parsed)
        refuse_parameter("query", parsed.error().reason);
    std::string data;
    shape::append_json_string(data, promql::write_expression(**parsed));
    return make_answer(data);
}

} // namespace atalaya::metrics
