// The series of one team in memory: found by all of their labels when samples arrive, and by
// conditions on their labels when somebody asks.
//
// Owned by TeamSeries, whose lock guards it. Series stay where they are until some are removed.
#pragma once

#include "promql/matcher.hpp"
#include "telemetry/cardinality.hpp"
#include "telemetry/series_head.hpp"

#include <cstdint>
#include <deque>
#include <functional>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

namespace atalaya::telemetry {

/// Nothing has happened yet.
inline constexpr std::int64_t long_ago = std::numeric_limits<std::int64_t>::min() / 2;

struct Series {
    std::int64_t id;
    std::string key;                           ///< series_key.hpp
    std::int64_t first_ms = -long_ago;         ///< of all samples, stored ones to the day
    std::int64_t last_ms = long_ago;           ///< likewise
    std::int64_t stored_first_day = -long_ago; ///< what its row says
    std::int64_t stored_last_day = long_ago;
    std::int64_t active_window = long_ago; ///< when it last received a sample
    bool of_server = false;                ///< an agent sends it, and nobody else may
    bool erased = false;                   ///< its server was deleted; it takes nothing more
    SeriesHead head{};
    mutable std::shared_ptr<const Labels> labels{}; ///< once somebody has asked for them
};

class SeriesIndex {
  public:
    explicit SeriesIndex(std::uint64_t seed) : seed_(seed), cells_(16) {}

    Series* find(std::string_view key);
    /// The one that is there, or a new one.
    Series& add(std::int64_t id, std::string_view key);

    /// Gives the ids of those that were removed. No pointer to any series may be held.
    std::vector<std::int64_t> remove_if(const std::function<bool(const Series&)>& is_over);

    /// In the order in which they were added.
    std::vector<const Series*> match(const promql::Matchers& matchers) const;
    const std::shared_ptr<const Labels>& labels_of(const Series& series) const;
    using Condition = std::function<bool(const Series&)>;
    /// The values of a label in the series that all matchers and `holds` accept, in no order.
    std::vector<std::string_view> values_of(std::string_view label,
                                            const promql::Matchers& matchers,
                                            const Condition& holds) const;
    /// The labels that one of these series has, in no order.
    std::vector<std::string_view> list_labels(const promql::Matchers& matchers,
                                              const Condition& holds) const;

    std::deque<Series>& all() { return series_; }
    std::size_t size() const { return series_.size(); }
    std::size_t bytes() const { return bytes_; }
    /// The label that has the most values, for who wonders where all these series come from.
    std::string widest_label() const;
    /// So many of each list. Looks at every value of every label.
    Cardinality rank(std::size_t most) const;

  private:
    using Places = std::vector<std::uint32_t>; ///< in series_, ascending
    using Values = std::unordered_map<std::string, Places>;
    struct TextHash {
        using is_transparent = void;
        std::size_t operator()(std::string_view text) const {
            return std::hash<std::string_view>()(text);
        }
    };
    struct Cell {
        std::uint64_t hash = 0;
        std::uint32_t place = 0; ///< in series_, counted from 1; 0: the cell is empty
    };

    /// One that is not there.
    Series& insert(Series series, std::uint64_t hash, Cell& cell);
    Cell& cell_of(std::uint64_t hash, std::string_view key);
    void grow();
    Places find_places(const promql::Matchers& matchers) const;
    /// Says of a list of places whether one of them is a series that all matchers and `holds`
    /// accept.
    std::function<bool(const Places&)> make_judge(const promql::Matchers& matchers,
                                                  const Condition& holds) const;
    /// The series of which the matcher accepts (or refuses) a value that they have.
    Places gather(const promql::Matcher& matcher, bool accepted) const;

    const std::uint64_t seed_;
    std::deque<Series> series_;
    std::vector<Cell> cells_; ///< a power of two, at most half of them used
    std::unordered_map<std::string, Values, TextHash, std::equal_to<>> by_label_;
    std::size_t bytes_ = 0;
    mutable std::mutex labels_mutex_;
};

} // namespace atalaya::telemetry
