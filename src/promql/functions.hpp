// The functions of PromQL that do not look through a window: of single numbers (numbers.cpp), of
// whole vectors (vectors.cpp), of labels (labels.cpp) and of histograms (histograms.cpp).
//
// Those that take an Evaluator belong to its query's thread; the others are pure.
#pragma once

#include "promql/evaluator.hpp"

namespace atalaya::promql {

double round_up(double value);
double round_down(double value);
double sign_of(double value);
double degrees_of(double radians);
double radians_of(double degrees);

/// Of seconds since 1970, in UTC.
double minute_of(double time_s);
double hour_of(double time_s);
double day_of_week(double time_s);
double day_of_month(double time_s);
double day_of_year(double time_s);
double days_in_month(double time_s);
double month_of(double time_s);
double year_of(double time_s);

std::vector<double> time_at(Evaluator& evaluator, const Call& call, const Steps& steps);
std::vector<double> pi_at(Evaluator& evaluator, const Call& call, const Steps& steps);
std::vector<double> scalar_of(Evaluator& evaluator, const Call& call, const Steps& steps);

Frame vector_of(Evaluator& evaluator, const Call& call, const Steps& steps);
Frame timestamps_of(Evaluator& evaluator, const Call& call, const Steps& steps);
Frame absent(Evaluator& evaluator, const Call& call, const Steps& steps);
Frame absent_over_time(Evaluator& evaluator, const Call& call, const Steps& steps);
Frame round_to(Evaluator& evaluator, const Call& call, const Steps& steps);
Frame clamp(Evaluator& evaluator, const Call& call, const Steps& steps);
Frame clamp_min(Evaluator& evaluator, const Call& call, const Steps& steps);
Frame clamp_max(Evaluator& evaluator, const Call& call, const Steps& steps);
Frame sort_ascending(Evaluator& evaluator, const Call& call, const Steps& steps);
Frame sort_descending(Evaluator& evaluator, const Call& call, const Steps& steps);

Frame label_replace(Evaluator& evaluator, const Call& call, const Steps& steps);
Frame label_join(Evaluator& evaluator, const Call& call, const Steps& steps);

Frame histogram_quantile(Evaluator& evaluator, const Call& call, const Steps& steps);
Frame histogram_fraction(Evaluator& evaluator, const Call& call, const Steps& steps);
/// Of what only native histograms have: nothing, because there are none.
Frame of_native_histograms(Evaluator& evaluator, const Call& call, const Steps& steps);

} // namespace atalaya::promql
