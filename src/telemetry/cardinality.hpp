// Where a team's series come from: which metrics, labels and values have the most of them.
//
// Values; pure; any thread.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <queue>
#include <string>
#include <string_view>
#include <tuple>
#include <vector>

namespace atalaya::telemetry {

struct Ranked {
    std::string name;
    std::string value; ///< of a label; empty where only names are ranked
    std::int64_t count;
};

/// Each list begins with its largest count.
struct Cardinality {
    std::size_t pairs = 0;           ///< of a label and a value, all different ones
    std::vector<Ranked> metrics;     ///< how many series each has
    std::vector<Ranked> labels;      ///< how many values each has
    std::vector<Ranked> label_bytes; ///< how long the values of each are together
    std::vector<Ranked> values;      ///< how many series have this value of this label
};

/// The largest of many counts, of which only so many are held. What is offered must live until
/// take().
class Ranking {
  public:
    explicit Ranking(std::size_t most) : most_(most) {}

    void offer(std::size_t count, std::string_view name, std::string_view value = {}) {
        if (most_ == 0 || (held_.size() == most_ && count < std::get<0>(held_.top())))
            return;
        held_.push({count, name, value});
        if (held_.size() > most_)
            held_.pop();
    }
    std::vector<Ranked> take() {
        std::vector<Ranked> ranked(held_.size());
        for (auto place = ranked.rbegin(); place != ranked.rend(); ++place) {
            const auto& [count, name, value] = held_.top();
            *place = {std::string(name), std::string(value), static_cast<std::int64_t>(count)};
            held_.pop();
        }
        return ranked;
    }

  private:
    using Item = std::tuple<std::size_t, std::string_view, std::string_view>;
    struct Precedes { // equal counts by name, so that the answer is always the same
        bool operator()(const Item& left, const Item& right) const {
            const auto& [count, name, value] = left;
            const auto& [other_count, other_name, other_value] = right;
            return std::tie(other_count, name, value) < std::tie(count, other_name, other_value);
        }
    };
    const std::size_t most_;
    std::priority_queue<Item, std::vector<Item>, Precedes> held_; ///< the least on top
};

} // namespace atalaya::telemetry
