// Classic histograms: series whose label `le` says up to which value they count.
#include "promql/function_table.hpp"
#include "promql/functions.hpp"
#include "promql/grouping.hpp"
#include "promql/literals.hpp"
#include "promql/quantile.hpp"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <limits>
#include <optional>
#include <unordered_map>

namespace atalaya::promql {

namespace {

constexpr double nan = std::numeric_limits<double>::quiet_NaN();
constexpr double infinity = std::numeric_limits<double>::infinity();

struct Bucket {
    double upper; ///< what it counts is not greater
    double count; ///< of all that is not greater, the smaller buckets' with it
};

struct Histogram {
    SharedLabels labels;
    std::string name;                                     ///< of the metric
    std::vector<std::pair<double, const Column*>> series; ///< ascending by upper bound
};

std::optional<double> parse_bound(std::string_view text) {
    if (text.starts_with('+'))
        text.remove_prefix(1);
    double bound = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), bound);
    if (text.empty() || error != std::errc{} || end != text.data() + text.size())
        return std::nullopt;
    return bound;
}

std::vector<Histogram> collect(Evaluator& evaluator, const Frame& frame, TextRange at) {
    constexpr std::string_view bound_label = "le";
    Grouping grouping(false, std::vector<std::string>{std::string(bound_label)});
    std::unordered_map<std::string, std::size_t> places;
    std::vector<Histogram> histograms;
    for (const Column& column : frame.columns()) {
        const std::string_view text = label_value(*column.labels, bound_label);
        const std::string name(label_value(*column.labels, metric_name_label));
        const auto bound = parse_bound(text);
        if (!bound) {
            evaluator.warn("bucket label \"le\" is missing or has a malformed value of " +
                               write_quoted(text) + " for metric name " + write_quoted(name),
                           at);
            continue;
        }
        const auto [place, is_new] =
            places.try_emplace(name + '\xff' + grouping.key_of(*column.labels), histograms.size());
        if (is_new)
            histograms.push_back({grouping.labels_of(*column.labels), name, {}});
        histograms[place->second].series.emplace_back(*bound, &column);
    }
    for (Histogram& histogram : histograms)
        std::ranges::stable_sort(histogram.series, {}, [](const auto& pair) { return pair.first; });
    return histograms;
}

/// As good as equal: what is left when rates of equal counts are computed.
bool is_almost(double a, double b) {
    constexpr double tolerance = 1e-12;
    const double sum = std::abs(a) + std::abs(b), difference = std::abs(a - b);
    if (a == 0 || b == 0 || sum < std::numeric_limits<double>::min())
        return difference < tolerance * std::numeric_limits<double>::min();
    return difference / std::min(sum, std::numeric_limits<double>::max()) < tolerance;
}

/// A larger bucket cannot count less. True if that had to be mended by more than rounding makes.
bool mend_counts(std::vector<Bucket>& buckets) {
    bool mended = false;
    for (std::size_t i = 1; i < buckets.size(); ++i) {
        const double before = buckets[i - 1].count;
        const bool same = buckets[i].count == before || is_almost(before, buckets[i].count);
        mended |= !same && buckets[i].count < before;
        if (same || buckets[i].count < before)
            buckets[i].count = before;
    }
    return mended;
}

/// The buckets of one step, those with the same bound as one. Empty if there are none.
std::vector<Bucket> buckets_at(const Histogram& histogram, std::size_t step) {
    std::vector<Bucket> buckets;
    for (const auto& [upper, column] : histogram.series) {
        const double count = column->values[step];
        if (is_stale(count))
            continue;
        if (!buckets.empty() && buckets.back().upper == upper)
            buckets.back().count += count;
        else
            buckets.push_back({upper, count});
    }
    return buckets;
}

bool is_complete(const std::vector<Bucket>& buckets) {
    return buckets.size() > 1 && buckets.back().upper == infinity;
}

double quantile_in(double q, const std::vector<Bucket>& buckets) {
    const double observations = buckets.back().count;
    if (observations == 0)
        return nan;
    double rank = q * observations;
    std::size_t b = 0;
    while (b + 1 < buckets.size() && !(buckets[b].count >= rank))
        ++b;
    if (b + 1 == buckets.size())
        return buckets[b - 1].upper;
    if (b == 0 && buckets[0].upper <= 0)
        return buckets[0].upper;
    double lower = 0, count = buckets[b].count;
    if (b > 0) {
        lower = buckets[b - 1].upper;
        count -= buckets[b - 1].count;
        rank -= buckets[b - 1].count;
    }
    return lower + (buckets[b].upper - lower) * (rank / count);
}

/// How many observations are not greater than the value, if they lie evenly in their bucket.
double rank_of(double value, const std::vector<Bucket>& buckets) {
    double lower = buckets[0].upper > 0 ? 0 : -infinity, rank = 0;
    for (const Bucket& bucket : buckets) {
        if (value <= lower)
            return rank;
        if (value < bucket.upper) {
            // In a bucket without an end nothing lies evenly: all of it counts as lying at the
            // other.
            if (lower == -infinity || bucket.upper == infinity)
                return lower == -infinity ? bucket.count : rank;
            return rank + (bucket.count - rank) * (value - lower) / (bucket.upper - lower);
        }
        lower = bucket.upper;
        rank = bucket.count;
    }
    return rank;
}

double fraction_in(double lower, double upper, const std::vector<Bucket>& buckets) {
    const double observations = buckets.back().count;
    if (observations == 0 || std::isnan(lower) || std::isnan(upper))
        return nan;
    if (lower >= upper)
        return 0;
    return (rank_of(upper, buckets) - rank_of(lower, buckets)) / observations;
}

/// `answer(buckets, step)` for each step in which a histogram has buckets.
template <class Answer>
Frame of_each(Evaluator& evaluator, const Call& call, const Steps& steps, const Answer& answer) {
    const TextRange at = call.args.back()->at;
    const Frame frame = evaluator.vector(*call.args.back(), steps);
    Frame result(evaluator.ledger());
    for (const Histogram& histogram : collect(evaluator, frame, at)) {
        Column column{histogram.labels, std::vector<double>(steps.count, stale_value())};
        bool mended = false;
        for (std::size_t k = 0; k < steps.count; ++k) {
            std::vector<Bucket> buckets = buckets_at(histogram, k);
            if (buckets.empty())
                continue;
            mended |= is_complete(buckets) && mend_counts(buckets);
            column.values[k] = answer(buckets, k);
        }
        if (mended)
            evaluator.inform("input to " + std::string(call.function->name) +
                                 " needed to be fixed for monotonicity (see https://prometheus.io/"
                                 "docs/prometheus/latest/querying/functions/#histogram_quantile) "
                                 "for metric name " +
                                 write_quoted(histogram.name),
                             at);
        result.add(std::move(column));
    }
    return merge_equal(std::move(result));
}

} // namespace

Frame histogram_quantile(Evaluator& evaluator, const Call& call, const Steps& steps) {
    const std::vector<double> quantiles = evaluator.scalar(*call.args[0], steps);
    warn_of_quantiles(evaluator, quantiles, call.args[0]->at);
    return of_each(evaluator, call, steps, [&](const std::vector<Bucket>& buckets, std::size_t k) {
        const double q = quantiles[k];
        if (std::isnan(q))
            return nan;
        if (q < 0 || q > 1)
            return q < 0 ? -infinity : infinity;
        return is_complete(buckets) ? quantile_in(q, buckets) : nan;
    });
}

Frame histogram_fraction(Evaluator& evaluator, const Call& call, const Steps& steps) {
    const std::vector<double> lower = evaluator.scalar(*call.args[0], steps);
    const std::vector<double> upper = evaluator.scalar(*call.args[1], steps);
    return of_each(evaluator, call, steps, [&](const std::vector<Bucket>& buckets, std::size_t k) {
        const bool known = !buckets.empty() && buckets.back().upper == infinity;
        return known ? fraction_in(lower[k], upper[k], buckets) : nan;
    });
}

Frame of_native_histograms(Evaluator& evaluator, const Call& call, const Steps& steps) {
    evaluator.stream(*call.args.back(), steps, [](Column&&) {});
    return Frame(evaluator.ledger());
}

} // namespace atalaya::promql
