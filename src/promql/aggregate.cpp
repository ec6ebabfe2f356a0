#include "promql/aggregate.hpp"

#include "promql/grouping.hpp"
#include "promql/summation.hpp"

#include <cmath>
#include <unordered_map>

namespace atalaya::promql {

namespace {

// Each of these folds the values of one group at one step, given one by one.

struct Sum {
    Summation sum;
    bool any = false;
    void add(double value) {
        sum.add(value);
        any = true;
    }
    bool is_empty() const { return !any; }
    double total() const { return sum.total(); }
};

struct Count {
    double count = 0;
    void add(double) { count += 1; }
    bool is_empty() const { return count == 0; }
    double total() const { return count; }
};

struct Group {
    bool any = false;
    void add(double) { any = true; }
    bool is_empty() const { return !any; }
    double total() const { return 1; }
};

struct Least {
    double value = stale_value();
    void add(double other) { value = other < value || std::isnan(value) ? other : value; }
    bool is_empty() const { return is_stale(value); }
    double total() const { return value; }
};

struct Greatest {
    double value = stale_value();
    void add(double other) { value = other > value || std::isnan(value) ? other : value; }
    bool is_empty() const { return is_stale(value); }
    double total() const { return value; }
};

struct Deviation {
    Variance variance;
    void add(double value) { variance.add(value); }
    bool is_empty() const { return variance.is_empty(); }
    double total() const { return std::sqrt(variance.total()); }
};

/// Folds all series as they come and holds no more than one accumulator for each group and step.
template <class Accumulator>
void fold(Evaluator& evaluator, const Aggregate& aggregate, const Steps& steps,
          const UseColumn& use) {
    struct Folded {
        SharedLabels labels;
        std::vector<Accumulator> steps;
    };
    Grouping grouping(!aggregate.without, aggregate.labels);
    std::unordered_map<std::string, std::size_t> places;
    std::vector<Folded> groups;
    evaluator.stream(*aggregate.expr, steps, [&](Column&& column) {
        const auto [place, is_new] =
            places.try_emplace(grouping.key_of(*column.labels), groups.size());
        if (is_new) {
            evaluator.ledger().hold(steps.count);
            groups.push_back(
                {grouping.labels_of(*column.labels), std::vector<Accumulator>(steps.count)});
        }
        std::vector<Accumulator>& folded = groups[place->second].steps;
        for (std::size_t k = 0; k < steps.count; ++k) {
            if (!is_stale(column.values[k]))
                folded[k].add(column.values[k]);
        }
    });
    for (Folded& group : groups) {
        Column column{std::move(group.labels), std::vector<double>(steps.count)};
        for (std::size_t k = 0; k < steps.count; ++k)
            column.values[k] = group.steps[k].is_empty() ? stale_value() : group.steps[k].total();
        group.steps = {};
        use(std::move(column));
        evaluator.ledger().release(steps.count);
    }
}

} // namespace

void stream_aggregate(Evaluator& evaluator, const Aggregate& aggregate, const Steps& steps,
                      const UseColumn& use) {
    switch (aggregate.op) {
    case AggregateOp::sum:
        return fold<Sum>(evaluator, aggregate, steps, use);
    case AggregateOp::avg:
        return fold<Mean>(evaluator, aggregate, steps, use);
    case AggregateOp::count:
        return fold<Count>(evaluator, aggregate, steps, use);
    case AggregateOp::min:
        return fold<Least>(evaluator, aggregate, steps, use);
    case AggregateOp::max:
        return fold<Greatest>(evaluator, aggregate, steps, use);
    case AggregateOp::group:
        return fold<Group>(evaluator, aggregate, steps, use);
    case AggregateOp::stddev:
        return fold<Deviation>(evaluator, aggregate, steps, use);
    case AggregateOp::stdvar:
        return fold<Variance>(evaluator, aggregate, steps, use);
    case AggregateOp::topk:
    case AggregateOp::bottomk:
    case AggregateOp::count_values:
    case AggregateOp::quantile:
        return stream_ranked(evaluator, aggregate, steps, use);
    }
}

} // namespace atalaya::promql
