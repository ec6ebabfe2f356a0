#include "promql/aggregate.hpp"
#include "promql/grouping.hpp"
#include "promql/literals.hpp"
#include "promql/quantile.hpp"

#include "base/text.hpp"

#include <algorithm>
#include <cmath>
#include <unordered_map>

namespace atalaya::promql {

namespace {

struct Group {
    SharedLabels labels;
    std::vector<std::size_t> members; ///< places in the frame
};

std::vector<Group> group(const Frame& frame, const Aggregate& aggregate) {
    Grouping grouping(!aggregate.without, aggregate.labels);
    std::unordered_map<std::string, std::size_t> places;
    std::vector<Group> groups;
    for (std::size_t i = 0; i < frame.size(); ++i) {
        const Labels& labels = *frame.columns()[i].labels;
        const auto [place, is_new] = places.try_emplace(grouping.key_of(labels), groups.size());
        if (is_new)
            groups.push_back({grouping.labels_of(labels), {}});
        groups[place->second].members.push_back(i);
    }
    return groups;
}

/// How many to keep in a step.
std::size_t count_of(double k) {
    constexpr double int64_end = 9'223'372'036'854'775'808.0;
    if (!(k > -int64_end && k < int64_end))
        throw QueryError(QueryErrorKind::execution,
                         "Scalar value " + write_plain_number(k) + " overflows int64");
    return k < 1 ? 0 : static_cast<std::size_t>(k);
}

/// Blanks whatever is not among the best of its group. For one step the columns leave in order of
/// rank, because that is the order in which an instant query answers.
void keep_best(const Aggregate& aggregate, std::vector<double> counts, Frame frame,
               const UseColumn& use) {
    const bool top = aggregate.op == AggregateOp::topk;
    const auto better = [&](double a, double b) {
        return std::isnan(b) ? !std::isnan(a) : top ? a > b : a < b;
    };
    std::vector<Column>& columns = frame.columns();
    std::vector<std::size_t> order, present;
    for (const Group& group : group(frame, aggregate)) {
        for (std::size_t k = 0; k < counts.size(); ++k) {
            present.clear();
            for (const std::size_t member : group.members) {
                if (!is_stale(columns[member].values[k]))
                    present.push_back(member);
            }
            std::ranges::stable_sort(present, [&](std::size_t a, std::size_t b) {
                return better(columns[a].values[k], columns[b].values[k]);
            });
            const std::size_t kept = std::min(count_of(counts[k]), present.size());
            for (std::size_t i = kept; i < present.size(); ++i)
                columns[present[i]].values[k] = stale_value();
            if (counts.size() == 1)
                order.insert(order.end(), present.begin(),
                             present.begin() + static_cast<std::ptrdiff_t>(kept));
        }
    }
    if (counts.size() != 1) {
        for (std::size_t i = 0; i < columns.size(); ++i)
            order.push_back(i);
    }
    for (const std::size_t place : order) {
        if (has_values(columns[place].values))
            use(std::move(columns[place]));
    }
}

void stream_quantiles(const Aggregate& aggregate, const std::vector<double>& quantiles,
                      const Frame& frame, const UseColumn& use) {
    std::vector<double> present;
    for (const Group& group : group(frame, aggregate)) {
        Column column{group.labels, std::vector<double>(quantiles.size())};
        for (std::size_t k = 0; k < quantiles.size(); ++k) {
            present.clear();
            for (const std::size_t member : group.members) {
                const double value = frame.columns()[member].values[k];
                if (!is_stale(value))
                    present.push_back(value);
            }
            column.values[k] = present.empty() ? stale_value() : quantile_of(quantiles[k], present);
        }
        use(std::move(column));
    }
}

void stream_counted_values(const Aggregate& aggregate, const std::string& label, const Steps& steps,
                           const Frame& frame, const UseColumn& use) {
    if (label.empty() || !is_utf8(label))
        throw QueryError(QueryErrorKind::execution, "invalid label name " + write_quoted(label));
    Frame counted(frame.ledger());
    for (const Group& group : group(frame, aggregate)) {
        std::unordered_map<std::string, std::size_t> places;
        for (const std::size_t member : group.members) {
            const std::vector<double>& values = frame.columns()[member].values;
            for (std::size_t k = 0; k < values.size(); ++k) {
                if (is_stale(values[k]))
                    continue;
                const std::string text = write_plain_number(values[k]);
                const auto [place, is_new] = places.try_emplace(text, counted.size());
                if (is_new) {
                    Labels labels = *group.labels;
                    set_label(labels, label, text);
                    counted.add({std::make_shared<const Labels>(std::move(labels)),
                                 std::vector<double>(steps.count, stale_value())});
                }
                double& count = counted.columns()[place->second].values[k];
                count = is_stale(count) ? 1 : count + 1;
            }
        }
    }
    // The label may be one of those that group, and then groups become one.
    merge_equal(std::move(counted)).drain(use);
}

} // namespace

void stream_ranked(Evaluator& evaluator, const Aggregate& aggregate, const Steps& steps,
                   const UseColumn& use) {
    if (aggregate.op == AggregateOp::count_values) {
        const Frame frame = evaluator.vector(*aggregate.expr, steps);
        stream_counted_values(aggregate, Evaluator::text(*aggregate.param), steps, frame, use);
        return;
    }
    std::vector<double> params = evaluator.scalar(*aggregate.param, steps);
    if (aggregate.op != AggregateOp::quantile) {
        keep_best(aggregate, std::move(params), evaluator.vector(*aggregate.expr, steps), use);
        return;
    }
    warn_of_quantiles(evaluator, params, aggregate.param->at);
    stream_quantiles(aggregate, params, evaluator.vector(*aggregate.expr, steps), use);
}

} // namespace atalaya::promql
