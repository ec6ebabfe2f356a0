#include "promql/windows.hpp"

#include "promql/quantile.hpp"

#include <algorithm>
#include <array>
#include <cmath>

namespace atalaya::promql {

namespace {

bool counts_drops(WindowFunction function) {
    return function == rate || function == increase || function == resets;
}

/// Where a counter begins anew. Found once for each series, so that a window need not look at its
/// samples again.
struct Drops {
    std::vector<std::size_t> places; ///< of the smaller sample
    std::vector<double> from;        ///< the value before it
    std::size_t begin = 0, end = 0;  ///< those inside the window

    void find(std::span<const double> values) {
        places.clear();
        from.clear();
        begin = end = 0;
        if (!any(values))
            return;
        for (std::size_t i = 1; i < values.size(); ++i) {
            if (values[i] < values[i - 1]) {
                places.push_back(i);
                from.push_back(values[i - 1]);
            }
        }
    }
    /// Most counters never begin anew, and this is soon known.
    static bool any(std::span<const double> values) {
        const double* value = values.data();
        std::uint64_t found = 0;
        for (std::size_t i = 1; i < values.size(); ++i)
            found |= value[i] < value[i - 1] ? 1u : 0u;
        return found != 0;
    }
    /// Both samples of a drop must be among those from `first` to before `last`.
    std::span<const double> inside(std::size_t first, std::size_t last) {
        while (end < places.size() && places[end] < last)
            ++end;
        while (begin < end && places[begin] <= first)
            ++begin;
        return std::span(from).subspan(begin, end - begin);
    }
};

bool is_extreme(WindowFunction function) {
    return function == min_over_time || function == max_over_time;
}

/// The least or the greatest value of the window. Holds those of its values that no later one
/// excels, so that windows which overlap look at each value once.
class Extreme {
  public:
    explicit Extreme(bool greatest) : greatest_(greatest) {}

    void begin() {
        places_.clear();
        front_ = seen_ = 0;
    }
    double inside(std::span<const double> values, std::size_t first, std::size_t last) {
        for (; seen_ < last; ++seen_) {
            const double value = values[seen_];
            if (std::isnan(value))
                continue;
            while (places_.size() > front_ && excels(value, values[places_.back()]))
                places_.pop_back();
            places_.push_back(seen_);
        }
        while (front_ < places_.size() && places_[front_] < first)
            ++front_;
        return front_ < places_.size() ? values[places_[front_]] : values[last - 1];
    }

  private:
    bool excels(double value, double other) const {
        return greatest_ ? value > other : value < other;
    }

    const bool greatest_;
    std::vector<std::size_t> places_;
    std::size_t front_ = 0; ///< those before it left the window
    std::size_t seen_ = 0;
};

/// The end of a window that moves on over times in ascending order.
class Edge {
  public:
    void begin() { place_ = strides_ = 0; }
    /// The first place behind the time. Most windows are as many samples apart as those before.
    std::size_t move_behind(std::span<const std::int64_t> times_ms, std::int64_t time_ms) {
        const std::size_t before = place_;
        const std::size_t guess = place_ + strides_;
        if (strides_ > 0 && guess <= times_ms.size() && times_ms[guess - 1] <= time_ms)
            place_ = guess;
        while (place_ < times_ms.size() && times_ms[place_] <= time_ms)
            ++place_;
        strides_ = std::max<std::size_t>(place_ - before, 1) - 1; // one less finds one more or less
        return place_;
    }

  private:
    std::size_t place_ = 0;
    std::size_t strides_ = 0;
};

/// Moves the window over one series.
class Slide {
  public:
    Slide(Evaluator& evaluator, const Expr& matrix, const Steps& steps, WindowFunction function,
          std::vector<double> params)
        : steps_(steps),
          function_(function),
          params_(std::move(params)),
          extreme_(function == max_over_time) {
        const RangeShape shape = shape_of(matrix);
        range_ms_ = shape.range_ms;
        first_end_ms_ = evaluator.shifted(*shape.shift, steps.start_ms);
        stride_ms_ = shape.shift->at ? 0 : steps.step_ms;
        overlap_ = steps.count > 1 && stride_ms_ < range_ms_;
    }

    std::vector<double> values_of(const RangeSeries& series) {
        std::vector<double> values(steps_.count, stale_value());
        if (counts_drops(function_))
            drops_.find(series.values);
        extreme_.begin();
        first_.begin();
        last_.begin();
        for (std::size_t k = 0; k < steps_.count; ++k) {
            const std::int64_t end_ms = first_end_ms_ + static_cast<std::int64_t>(k) * stride_ms_;
            const std::size_t end = last_.move_behind(series.times_ms, end_ms);
            const std::size_t begin = first_.move_behind(series.times_ms, end_ms - range_ms_);
            if (begin == end)
                continue;
            if (overlap_ && is_extreme(function_)) {
                values[k] = extreme_.inside(series.values, begin, end);
                continue;
            }
            values[k] = function_({.times_ms = series.times_ms.subspan(begin, end - begin),
                                   .values = series.values.subspan(begin, end - begin),
                                   .start_ms = end_ms - range_ms_,
                                   .end_ms = end_ms,
                                   .eval_ms = steps_.at(k),
                                   .param = params_.empty() ? 0 : params_[k],
                                   .drops_from = drops_.inside(begin, end)});
        }
        return values;
    }

  private:
    const Steps& steps_;
    WindowFunction function_;
    std::vector<double> params_;
    std::int64_t range_ms_ = 0;
    std::int64_t first_end_ms_ = 0;
    std::int64_t stride_ms_ = 0;
    bool overlap_ = false; ///< a sample lies in several windows
    Edge first_, last_;
    Drops drops_;
    Extreme extreme_;
};

void doubt_counter(Evaluator& evaluator, const Labels& labels, TextRange at) {
    constexpr std::array<std::string_view, 4> suffixes{"_total", "_sum", "_count", "_bucket"};
    const std::string_view name = label_value(labels, metric_name_label);
    const bool fits = std::ranges::any_of(
        suffixes, [&](std::string_view suffix) { return name.ends_with(suffix); });
    if (!name.empty() && !fits)
        evaluator.inform("metric might not be a counter, name does not end in "
                         "_total/_sum/_count/_bucket: \"" +
                             std::string(name) + "\"",
                         at);
}

} // namespace

void stream_windows(Evaluator& evaluator, const Call& call, WindowFunction function,
                    const Steps& steps, const UseColumn& use) {
    const Expr* matrix = nullptr;
    std::vector<double> params;
    for (const ExprPtr& arg : call.args) {
        if (arg->type == ValueType::matrix)
            matrix = arg.get();
        else
            params = evaluator.scalar(*arg, steps);
    }
    if (function == quantile_over_time)
        warn_of_quantiles(evaluator, params, call.args.front()->at);
    const bool counter = function == rate || function == increase;
    Slide slide(evaluator, *matrix, steps, function, std::move(params));
    evaluator.stream_ranges(*matrix, steps, [&](const RangeSeries& series) {
        Column column{series.labels, slide.values_of(series)};
        if (!has_values(column.values))
            return;
        if (counter)
            doubt_counter(evaluator, *column.labels, matrix->at);
        use(std::move(column));
    });
}

} // namespace atalaya::promql
