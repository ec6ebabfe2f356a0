#include "telemetry/series_index.hpp"

#include "base/check.hpp"
#include "telemetry/series_key.hpp"

#include <algorithm>
#include <iterator>
#include <numeric>
#include <optional>
#include <utility>

namespace atalaya::telemetry {
namespace {

using Places = std::vector<std::uint32_t>;

Places intersect(const Places& left, const Places& right) {
    Places both;
    std::ranges::set_intersection(left, right, std::back_inserter(both));
    return both;
}

Places subtract(const Places& from, const Places& what) {
    Places rest;
    std::ranges::set_difference(from, what, std::back_inserter(rest));
    return rest;
}

} // namespace

Series* SeriesIndex::find(std::string_view key) {
    const Cell& cell = cell_of(hash_series_key(key, seed_), key);
    return cell.place == 0 ? nullptr : &series_[cell.place - 1];
}

Series& SeriesIndex::add(std::int64_t id, std::string_view key) {
    if (2 * (series_.size() + 1) > cells_.size())
        grow();
    const std::uint64_t hash = hash_series_key(key, seed_);
    Cell& cell = cell_of(hash, key);
    return cell.place != 0 ? series_[cell.place - 1]
                           : insert({.id = id, .key = std::string(key)}, hash, cell);
}

Series& SeriesIndex::insert(Series series, std::uint64_t hash, Cell& cell) {
    const auto labels = parse_series_key(series.key);
    CHECK_REQUEST(labels.has_value());
    const auto place = static_cast<std::uint32_t>(series_.size());
    cell = {hash, place + 1};
    for (const Label& label : *labels) {
        by_label_[label.name][label.value].push_back(place);
    }
    bytes_ += sizeof(Series) + series.key.size() + labels->size() * sizeof place;
    return series_.emplace_back(std::move(series));
}

std::vector<std::int64_t>
SeriesIndex::remove_if(const std::function<bool(const Series&)>& is_over) {
    std::vector<std::int64_t> removed;
    for (const Series& series : series_) {
        if (is_over(series))
            removed.push_back(series.id);
    }
    if (removed.empty())
        return removed;
    std::ranges::sort(removed);
    std::deque<Series> all = std::exchange(series_, {});
    std::vector<Cell>(cells_.size()).swap(cells_);
    by_label_.clear();
    bytes_ = 0;
    for (Series& series : all) {
        if (std::ranges::binary_search(removed, series.id))
            continue;
        const std::uint64_t hash = hash_series_key(series.key, seed_);
        Cell& cell = cell_of(hash, series.key);
        insert(std::move(series), hash, cell);
    }
    return removed;
}

SeriesIndex::Cell& SeriesIndex::cell_of(std::uint64_t hash, std::string_view key) {
    const std::size_t mask = cells_.size() - 1;
    for (std::size_t at = hash & mask;; at = (at + 1) & mask) {
        Cell& cell = cells_[at];
        if (cell.place == 0 || (cell.hash == hash && series_[cell.place - 1].key == key))
            return cell;
    }
}

void SeriesIndex::grow() {
    std::vector<Cell> old(2 * cells_.size());
    old.swap(cells_);
    const std::size_t mask = cells_.size() - 1;
    for (const Cell& cell : old) {
        if (cell.place == 0)
            continue;
        std::size_t at = cell.hash & mask;
        while (cells_[at].place != 0) {
            at = (at + 1) & mask;
        }
        cells_[at] = cell;
    }
}

Places SeriesIndex::gather(const promql::Matcher& matcher, bool accepted) const {
    Places places;
    const auto values = by_label_.find(matcher.name());
    if (values == by_label_.end())
        return places;
    if (matcher.kind() == promql::MatchKind::equal && accepted) {
        const auto found = values->second.find(matcher.value());
        return found == values->second.end() ? places : found->second;
    }
    for (const auto& [value, with] : values->second) {
        if (matcher.accepts(value) == accepted)
            places.insert(places.end(), with.begin(), with.end());
    }
    std::ranges::sort(places); // each is there once, as a series has one value of a label
    return places;
}

Places SeriesIndex::find_places(const promql::Matchers& matchers) const {
    std::optional<Places> places;
    for (const promql::Matcher& matcher : matchers) {
        if (matcher.accepts(""))
            continue;
        Places with = gather(matcher, true);
        places = places ? intersect(*places, with) : std::move(with);
    }
    if (!places) {
        places.emplace(series_.size());
        std::iota(places->begin(), places->end(), 0u);
    }
    for (const promql::Matcher& matcher : matchers) {
        if (matcher.accepts("") && !places->empty())
            places = subtract(*places, gather(matcher, false));
    }
    return std::move(*places);
}

std::vector<const Series*> SeriesIndex::match(const promql::Matchers& matchers) const {
    std::vector<const Series*> found;
    const Places places = find_places(matchers);
    found.reserve(places.size());
    for (const std::uint32_t place : places) {
        found.push_back(&series_[place]);
    }
    return found;
}

std::function<bool(const Places&)> SeriesIndex::make_judge(const promql::Matchers& matchers,
                                                           const Condition& holds) const {
    const auto one_holds = [this, &holds](const Places& places, const auto& is_meant) {
        return std::ranges::any_of(
            places, [&](std::uint32_t place) { return is_meant(place) && holds(series_[place]); });
    };
    if (matchers.empty())
        return [=](const Places& places) {
            return one_holds(places, [](std::uint32_t) { return true; });
        };
    std::vector<bool> meant(series_.size());
    for (const std::uint32_t place : find_places(matchers)) {
        meant[place] = true;
    }
    return [=, meant = std::move(meant)](const Places& places) {
        return one_holds(places, [&](std::uint32_t place) { return meant[place]; });
    };
}

std::vector<std::string_view> SeriesIndex::values_of(std::string_view label,
                                                     const promql::Matchers& matchers,
                                                     const Condition& holds) const {
    std::vector<std::string_view> found;
    const auto values = by_label_.find(label);
    if (values == by_label_.end())
        return found;
    const auto is_there = make_judge(matchers, holds);
    for (const auto& [value, with] : values->second) {
        if (is_there(with))
            found.push_back(value);
    }
    return found;
}

std::vector<std::string_view> SeriesIndex::list_labels(const promql::Matchers& matchers,
                                                       const Condition& holds) const {
    std::vector<std::string_view> found;
    const auto is_there = make_judge(matchers, holds);
    for (const auto& [name, values] : by_label_) {
        if (std::ranges::any_of(values, [&](const auto& value) { return is_there(value.second); }))
            found.push_back(name);
    }
    return found;
}

const std::shared_ptr<const Labels>& SeriesIndex::labels_of(const Series& series) const {
    const std::lock_guard lock(labels_mutex_);
    if (!series.labels) {
        auto labels = parse_series_key(series.key);
        series.labels = std::make_shared<const Labels>(std::move(*labels));
    }
    return series.labels;
}

std::string SeriesIndex::widest_label() const {
    const auto widest = std::ranges::max_element(
        by_label_, {}, [](const auto& label) { return label.second.size(); });
    return widest == by_label_.end() ? std::string() : widest->first;
}

Cardinality SeriesIndex::rank(std::size_t most) const {
    Cardinality all;
    Ranking metrics(most), labels(most), label_bytes(most), values(most);
    for (const auto& [name, with] : by_label_) {
        std::size_t bytes = 0;
        for (const auto& [value, places] : with) {
            bytes += value.size();
            values.offer(places.size(), name, value);
            if (name == metric_name_label)
                metrics.offer(places.size(), value);
        }
        all.pairs += with.size();
        labels.offer(with.size(), name);
        label_bytes.offer(bytes, name);
    }
    all.metrics = metrics.take();
    all.labels = labels.take();
    all.label_bytes = label_bytes.take();
    all.values = values.take();
    return all;
}

} // namespace atalaya::telemetry
