#include "promql/quantile.hpp"

#include "promql/literals.hpp"

#include <algorithm>
#include <cmath>
#include <limits>

namespace atalaya::promql {

double quantile_of(double q, std::vector<double>& values) {
    if (values.empty() || std::isnan(q))
        return std::numeric_limits<double>::quiet_NaN();
    if (q < 0 || q > 1)
        return std::copysign(std::numeric_limits<double>::infinity(), q);
    const auto before = [](double a, double b) { return std::isnan(a) ? !std::isnan(b) : a < b; };
    const double last = static_cast<double>(values.size() - 1);
    const double rank = q * last;
    const double below = std::floor(rank);
    const double weight = rank - below;
    const auto lower = values.begin() + static_cast<std::ptrdiff_t>(below);
    std::ranges::nth_element(values, lower, before);
    const auto upper =
        below < last ? std::ranges::min_element(lower + 1, values.end(), before) : lower;
    return *lower * (1 - weight) + *upper * weight;
}

void warn_of_quantiles(Evaluator& evaluator, std::span<const double> quantiles, TextRange at) {
    for (const double q : quantiles) {
        if (!(q >= 0 && q <= 1))
            evaluator.warn("quantile value should be between 0 and 1, got " + write_plain_number(q),
                           at);
    }
}

} // namespace atalaya::promql
