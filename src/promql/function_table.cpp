#include "promql/function_table.hpp"

#include "promql/functions.hpp"
#include "promql/windows.hpp"

#include <algorithm>
#include <array>
#include <cmath>

namespace atalaya::promql {

namespace {

constexpr auto V = ValueType::vector;
constexpr auto S = ValueType::scalar;

/// Chooses the overload for double of a function of <cmath>.
constexpr NumberFunction plain(double (*function)(double)) { return function; }

constexpr std::array functions{Function{"abs", "v", V, plain(std::fabs)},
                               Function{"absent", "v", V, absent},
                               Function{"absent_over_time", "m", V, absent_over_time},
                               Function{"acos", "v", V, plain(std::acos)},
                               Function{"acosh", "v", V, plain(std::acosh)},
                               Function{"asin", "v", V, plain(std::asin)},
                               Function{"asinh", "v", V, plain(std::asinh)},
                               Function{"atan", "v", V, plain(std::atan)},
                               Function{"atanh", "v", V, plain(std::atanh)},
                               Function{"avg_over_time", "m", V, avg_over_time},
                               Function{"ceil", "v", V, round_up},
                               Function{"changes", "m", V, changes},
                               Function{"clamp", "vss", V, clamp},
                               Function{"clamp_max", "vs", V, clamp_max},
                               Function{"clamp_min", "vs", V, clamp_min},
                               Function{"cos", "v", V, plain(std::cos)},
                               Function{"cosh", "v", V, plain(std::cosh)},
                               Function{"count_over_time", "m", V, count_over_time},
                               Function{"day_of_month", "?v", V, day_of_month},
                               Function{"day_of_week", "?v", V, day_of_week},
                               Function{"day_of_year", "?v", V, day_of_year},
                               Function{"days_in_month", "?v", V, days_in_month},
                               Function{"deg", "v", V, degrees_of},
                               Function{"delta", "m", V, delta},
                               Function{"deriv", "m", V, deriv},
                               Function{"exp", "v", V, plain(std::exp)},
                               Function{"floor", "v", V, round_down},
                               Function{"histogram_avg", "v", V, of_native_histograms},
                               Function{"histogram_count", "v", V, of_native_histograms},
                               Function{"histogram_fraction", "ssv", V, histogram_fraction},
                               Function{"histogram_quantile", "sv", V, histogram_quantile},
                               Function{"histogram_stddev", "v", V, of_native_histograms},
                               Function{"histogram_stdvar", "v", V, of_native_histograms},
                               Function{"histogram_sum", "v", V, of_native_histograms},
                               Function{"hour", "?v", V, hour_of},
                               Function{"idelta", "m", V, idelta},
                               Function{"increase", "m", V, increase},
                               Function{"irate", "m", V, irate},
                               Function{"label_join", "vtt*", V, label_join, true},
                               Function{"label_replace", "vtttt", V, label_replace, true},
                               Function{"last_over_time", "m", V, last_over_time, true},
                               Function{"ln", "v", V, plain(std::log)},
                               Function{"log10", "v", V, plain(std::log10)},
                               Function{"log2", "v", V, plain(std::log2)},
                               Function{"max_over_time", "m", V, max_over_time},
                               Function{"min_over_time", "m", V, min_over_time},
                               Function{"minute", "?v", V, minute_of},
                               Function{"month", "?v", V, month_of},
                               Function{"pi", "", S, pi_at},
                               Function{"predict_linear", "ms", V, predict_linear},
                               Function{"present_over_time", "m", V, present_over_time},
                               Function{"quantile_over_time", "sm", V, quantile_over_time},
                               Function{"rad", "v", V, radians_of},
                               Function{"rate", "m", V, rate},
                               Function{"resets", "m", V, resets},
                               Function{"round", "v?s", V, round_to},
                               Function{"scalar", "v", S, scalar_of},
                               Function{"sgn", "v", V, sign_of},
                               Function{"sin", "v", V, plain(std::sin)},
                               Function{"sinh", "v", V, plain(std::sinh)},
                               Function{"sort", "v", V, sort_ascending, true},
                               Function{"sort_desc", "v", V, sort_descending, true},
                               Function{"sqrt", "v", V, plain(std::sqrt)},
                               Function{"stddev_over_time", "m", V, stddev_over_time},
                               Function{"stdvar_over_time", "m", V, stdvar_over_time},
                               Function{"sum_over_time", "m", V, sum_over_time},
                               Function{"tan", "v", V, plain(std::tan)},
                               Function{"tanh", "v", V, plain(std::tanh)},
                               Function{"time", "", S, time_at},
                               Function{"timestamp", "v", V, timestamps_of},
                               Function{"vector", "s", V, vector_of},
                               Function{"year", "?v", V, year_of}};

static_assert(std::ranges::is_sorted(functions, {}, &Function::name));

constexpr std::array<std::string_view, 19> experimental{"double_exponential_smoothing",
                                                        "end",
                                                        "first_over_time",
                                                        "histogram_quantiles",
                                                        "info",
                                                        "limit_ratio",
                                                        "limitk",
                                                        "mad_over_time",
                                                        "max_of",
                                                        "min_of",
                                                        "range",
                                                        "sort_by_label",
                                                        "sort_by_label_desc",
                                                        "start",
                                                        "step",
                                                        "ts_of_first_over_time",
                                                        "ts_of_last_over_time",
                                                        "ts_of_max_over_time",
                                                        "ts_of_min_over_time"};

} // namespace

const Function* find_function(std::string_view name) {
    const auto found = std::ranges::lower_bound(functions, name, {}, &Function::name);
    return found != functions.end() && found->name == name ? &*found : nullptr;
}

bool is_experimental_function(std::string_view name) {
    return std::ranges::binary_search(experimental, name);
}

std::string_view name_of(ValueType type) {
    switch (type) {
    case ValueType::scalar:
        return "scalar";
    case ValueType::vector:
        return "instant vector";
    case ValueType::matrix:
        return "range vector";
    case ValueType::string:
        return "string";
    }
    return {};
}

ValueType type_of_letter(char letter) {
    return letter == 's'   ? ValueType::scalar
           : letter == 'v' ? ValueType::vector
           : letter == 'm' ? ValueType::matrix
                           : ValueType::string;
}

} // namespace atalaya::promql
