#include "promql/binary.hpp"
#include "promql/grouping.hpp"

#include <unordered_map>

namespace atalaya::promql {

namespace {

/// For each key, the steps in which some series with it has a value.
class Presence {
  public:
    Presence(const Frame& frame, Grouping& grouping, std::size_t steps) {
        for (const Column& column : frame.columns()) {
            std::vector<bool>& present =
                steps_.try_emplace(grouping.key_of(*column.labels), steps).first->second;
            for (std::size_t k = 0; k < steps; ++k) {
                if (!is_stale(column.values[k]))
                    present[k] = true;
            }
        }
    }

    const std::vector<bool>* find(const std::string& key) const {
        const auto found = steps_.find(key);
        return found == steps_.end() ? nullptr : &found->second;
    }

  private:
    std::unordered_map<std::string, std::vector<bool>> steps_;
};

/// Leaves the values whose step is, or is not, present on the other side.
void filter(std::vector<double>& values, const std::vector<bool>* present, bool wanted) {
    for (std::size_t k = 0; k < values.size(); ++k) {
        if ((present && (*present)[k]) != wanted)
            values[k] = stale_value();
    }
}

} // namespace

Frame combine_sets(const Binary& binary, Frame left, Frame right, const Steps& steps) {
    Grouping grouping(binary.matching.on, binary.matching.labels);
    Frame result(left.ledger());
    const bool unites = binary.op == BinaryOp::lor;
    const Presence other(unites ? left : right, grouping, steps.count);
    Frame& filtered = unites ? right : left;
    if (unites)
        left.drain([&](Column&& column) { result.add(std::move(column)); });
    filtered.drain([&](Column&& column) {
        filter(column.values, other.find(grouping.key_of(*column.labels)),
               binary.op == BinaryOp::land);
        if (has_values(column.values))
            result.add(std::move(column));
    });
    return unites ? merge_equal(std::move(result)) : std::move(result);
}

} // namespace atalaya::promql
