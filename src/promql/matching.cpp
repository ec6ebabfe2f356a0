#include "promql/binary.hpp"
#include "promql/grouping.hpp"
#include "promql/literals.hpp"

#include <algorithm>
#include <unordered_map>

namespace atalaya::promql {

namespace {

/// The series of one key.
struct Match {
    std::vector<const Column*> ones; ///< of the side on which a key may have one value in a step
    std::vector<bool> taken;         ///< of one to one: the steps that have found their partner
};

std::string write_labels(const Labels& labels) {
    std::string out = "{";
    for (const Label& label : labels)
        out += (out.size() > 1 ? ", " : "") + label.name + "=" + write_quoted(label.value);
    return out + "}";
}

class VectorMatch {
  public:
    VectorMatch(const Binary& binary, const Frame& many, const Frame& one, const Steps& steps)
        : binary_(binary),
          matching_(binary.matching),
          many_(many),
          one_(one),
          steps_(steps),
          grouping_(matching_.on, matching_.labels),
          drops_name_(!is_comparison(binary.op) || binary.return_bool) {}

    Frame run() {
        collect_ones();
        Frame result(many_.ledger());
        for (const Column& many : many_.columns()) {
            const auto match = matches_.find(grouping_.key_of(*many.labels));
            if (match == matches_.end())
                continue;
            for (const Column* one : match->second.ones) {
                Column column = combine(many, *one, match->second);
                if (has_values(column.values))
                    result.add(std::move(column));
            }
        }
        return merge_equal(std::move(result), "multiple matches for labels: grouping labels must "
                                              "ensure unique matches");
    }

  private:
    bool is_one_to_one() const { return matching_.cardinality == Cardinality::one_to_one; }

    void collect_ones() {
        for (const Column& one : one_.columns())
            matches_[grouping_.key_of(*one.labels)].ones.push_back(&one);
        std::vector<bool> asked(steps_.count);
        for (const Column& many : many_.columns()) {
            for (std::size_t k = 0; k < steps_.count; ++k)
                asked[k] = asked[k] || !is_stale(many.values[k]);
        }
        for (const auto& [key, match] : matches_) {
            if (match.ones.size() > 1)
                require_one_at_a_time(match, asked);
        }
    }

    void require_one_at_a_time(const Match& match, const std::vector<bool>& asked) const {
        for (std::size_t k = 0; k < steps_.count; ++k) {
            const Column* found = nullptr;
            for (const Column* one : match.ones) {
                if (!asked[k] || is_stale(one->values[k]))
                    continue;
                if (found)
                    fail_ambiguous(*found, *one);
                found = one;
            }
        }
    }

    [[noreturn]] void fail_ambiguous(const Column& first, const Column& second) const {
        const bool right = matching_.cardinality != Cardinality::one_to_many;
        throw QueryError(QueryErrorKind::execution,
                         "found duplicate series for the match group " +
                             write_labels(*grouping_.labels_of(*first.labels)) + " on the " +
                             (right ? "right" : "left") + " hand-side of the operation: [" +
                             write_labels(*second.labels) + ", " + write_labels(*first.labels) +
                             "];many-to-many matching not allowed: matching labels must be unique "
                             "on one side");
    }

    Column combine(const Column& many, const Column& one, Match& match) const {
        Column column{labels_of(*many.labels, *one.labels), std::vector<double>(steps_.count)};
        const bool swapped = matching_.cardinality == Cardinality::one_to_many;
        if (is_one_to_one())
            match.taken.resize(steps_.count);
        for (std::size_t k = 0; k < steps_.count; ++k) {
            column.values[k] = stale_value();
            if (is_stale(many.values[k]) || is_stale(one.values[k]))
                continue;
            const double left = swapped ? one.values[k] : many.values[k];
            const double right = swapped ? many.values[k] : one.values[k];
            if (!is_comparison(binary_.op))
                column.values[k] = compute(binary_.op, left, right);
            else if (binary_.return_bool)
                column.values[k] = holds(binary_.op, left, right) ? 1 : 0;
            else if (holds(binary_.op, left, right))
                column.values[k] = left;
            else
                continue;
            if (!is_one_to_one())
                continue;
            if (match.taken[k])
                throw QueryError(QueryErrorKind::execution,
                                 "multiple matches for labels: many-to-one matching must be "
                                 "explicit (group_left/group_right)");
            match.taken[k] = true;
        }
        return column;
    }

    SharedLabels labels_of(const Labels& many, const Labels& one) const {
        Labels result;
        for (const Label& label : many) {
            const bool named = std::ranges::count(matching_.labels, label.name) > 0;
            const bool kept = !is_one_to_one() || named == matching_.on;
            if (kept && !(drops_name_ && label.name == metric_name_label))
                result.push_back(label);
        }
        for (const std::string& name : matching_.include)
            set_label(result, name, std::string(label_value(one, name)));
        return std::make_shared<const Labels>(std::move(result));
    }

    const Binary& binary_;
    const VectorMatching& matching_;
    const Frame& many_;
    const Frame& one_;
    const Steps& steps_;
    Grouping grouping_;
    bool drops_name_;
    std::unordered_map<std::string, Match> matches_;
};

} // namespace

Frame match_vectors(const Binary& binary, Frame left, Frame right, const Steps& steps) {
    const bool swapped = binary.matching.cardinality == Cardinality::one_to_many;
    return VectorMatch(binary, swapped ? right : left, swapped ? left : right, steps).run();
}

} // namespace atalaya::promql
