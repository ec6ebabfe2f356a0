#include "promql/quantile.hpp"
#include "promql/summation.hpp"
#include "promql/windows.hpp"

#include <algorithm>
#include <cmath>
#include <limits>

namespace atalaya::promql {

namespace {

constexpr double nan = std::numeric_limits<double>::quiet_NaN();

double seconds_between(std::int64_t from_ms, std::int64_t to_ms) {
    return static_cast<double>(to_ms - from_ms) / 1000;
}

/// What the samples say of the whole window: their difference is stretched to its edges, but where
/// the series seems to begin or end inside the window only by half the usual distance of samples,
/// and never to before a counter was zero.
double extrapolate(const Window& window, double difference, bool counter) {
    const std::size_t count = window.times_ms.size();
    const double sampled = seconds_between(window.times_ms.front(), window.times_ms.back());
    const double average = sampled / static_cast<double>(count - 1);
    const double threshold = average * 1.1;
    double to_start = seconds_between(window.start_ms, window.times_ms.front());
    double to_end = seconds_between(window.times_ms.back(), window.end_ms);
    if (to_start >= threshold)
        to_start = average / 2;
    if (counter && difference > 0 && window.values.front() >= 0)
        to_start = std::min(to_start, sampled * (window.values.front() / difference));
    if (to_end >= threshold)
        to_end = average / 2;
    return difference * ((sampled + to_start + to_end) / sampled);
}

double counted(const Window& window) {
    double difference = window.values.back() - window.values.front();
    for (const double from : window.drops_from)
        difference += from;
    return difference;
}

/// The last two samples; false if there is only one.
bool last_two(const Window& window, double& before, double& last, double& seconds) {
    const std::size_t count = window.values.size();
    if (count < 2)
        return false;
    before = window.values[count - 2];
    last = window.values[count - 1];
    seconds = seconds_between(window.times_ms[count - 2], window.times_ms[count - 1]);
    return true;
}

struct Line {
    double slope;
    double intercept; ///< the value at the time that was asked for
};

/// The line with the least squares through the samples.
Line fit_line(const Window& window, std::int64_t intercept_ms) {
    const double first = window.values.front();
    const bool flat = std::ranges::all_of(window.values, [&](double v) { return v == first; });
    if (flat)
        return std::isinf(first) ? Line{nan, nan} : Line{0, first};
    Summation x, y, xy, xx;
    for (std::size_t i = 0; i < window.values.size(); ++i) {
        const double seconds = seconds_between(intercept_ms, window.times_ms[i]);
        x.add(seconds);
        y.add(window.values[i]);
        xy.add(seconds * window.values[i]);
        xx.add(seconds * seconds);
    }
    const double n = static_cast<double>(window.values.size());
    const double covariance = xy.total() - x.total() * y.total() / n;
    const double variance = xx.total() - x.total() * x.total() / n;
    const double slope = covariance / variance;
    return {slope, y.total() / n - slope * x.total() / n};
}

} // namespace

double rate(const Window& window) {
    if (window.values.size() < 2)
        return stale_value();
    return extrapolate(window, counted(window), true) /
           seconds_between(window.start_ms, window.end_ms);
}

double increase(const Window& window) {
    return window.values.size() < 2 ? stale_value() : extrapolate(window, counted(window), true);
}

double delta(const Window& window) {
    if (window.values.size() < 2)
        return stale_value();
    return extrapolate(window, window.values.back() - window.values.front(), false);
}

double irate(const Window& window) {
    double before, last, seconds;
    if (!last_two(window, before, last, seconds))
        return stale_value();
    return (last < before ? last : last - before) / seconds;
}

double idelta(const Window& window) {
    double before, last, seconds;
    return last_two(window, before, last, seconds) ? last - before : stale_value();
}

double deriv(const Window& window) {
    if (window.values.size() < 2)
        return stale_value();
    return fit_line(window, window.times_ms.front()).slope;
}

double predict_linear(const Window& window) {
    if (window.values.size() < 2)
        return stale_value();
    const Line line = fit_line(window, window.eval_ms);
    return line.slope * window.param + line.intercept;
}

double changes(const Window& window) {
    double count = 0;
    for (std::size_t i = 1; i < window.values.size(); ++i) {
        const double before = window.values[i - 1], value = window.values[i];
        count += before != value && !(std::isnan(before) && std::isnan(value)) ? 1 : 0;
    }
    return count;
}

double resets(const Window& window) { return static_cast<double>(window.drops_from.size()); }

double sum_over_time(const Window& window) {
    Summation sum;
    for (const double value : window.values)
        sum.add(value);
    return sum.total();
}

double avg_over_time(const Window& window) {
    Mean mean;
    for (const double value : window.values)
        mean.add(value);
    return mean.total();
}

double min_over_time(const Window& window) {
    double least = window.values.front();
    for (const double value : window.values)
        least = value < least || std::isnan(least) ? value : least;
    return least;
}

double max_over_time(const Window& window) {
    double greatest = window.values.front();
    for (const double value : window.values)
        greatest = value > greatest || std::isnan(greatest) ? value : greatest;
    return greatest;
}

double count_over_time(const Window& window) { return static_cast<double>(window.values.size()); }
double last_over_time(const Window& window) { return window.values.back(); }
double present_over_time(const Window&) { return 1; }

double stdvar_over_time(const Window& window) {
    Variance variance;
    for (const double value : window.values)
        variance.add(value);
    return variance.total();
}

double stddev_over_time(const Window& window) { return std::sqrt(stdvar_over_time(window)); }

double quantile_over_time(const Window& window) {
    std::vector<double> values(window.values.begin(), window.values.end());
    return quantile_of(window.param, values);
}

} // namespace atalaya::promql
