#include "promql/frame.hpp"

#include "promql/evaluate.hpp"

#include <algorithm>
#include <functional>
#include <unordered_map>

namespace atalaya::promql {

void Ledger::hold(std::size_t samples) {
    if (samples > samples_max_ || held_ > samples_max_ - samples)
        throw QueryError(QueryErrorKind::too_many_samples,
                         "query processing would load too many samples into memory in query "
                         "execution");
    held_ += samples;
    peak_ = std::max(peak_, held_);
}

void Frame::add(Column&& column) {
    ledger_->hold(column.values.size());
    held_ += column.values.size();
    columns_.push_back(std::move(column));
}

void Frame::drain(const UseColumn& use) {
    for (Column& column : columns_) {
        const std::size_t samples = column.values.size();
        use(std::move(column));
        ledger_->release(samples);
        held_ -= samples;
    }
    columns_.clear();
}

Frame merge_equal(Frame frame, const char* error) {
    std::unordered_map<SharedLabels, std::size_t, LabelsHash, LabelsEqual> places;
    Frame merged(frame.ledger());
    frame.drain([&](Column&& column) {
        const auto [place, is_new] = places.try_emplace(column.labels, merged.size());
        if (is_new) {
            merged.add(std::move(column));
            return;
        }
        std::vector<double>& values = merged.columns()[place->second].values;
        for (std::size_t k = 0; k < values.size(); ++k) {
            if (is_stale(column.values[k]))
                continue;
            if (!is_stale(values[k]))
                throw QueryError(QueryErrorKind::execution, error);
            values[k] = column.values[k];
        }
    });
    return merged;
}

bool has_values(const std::vector<double>& values) {
    return std::ranges::any_of(values, [](double value) { return !is_stale(value); });
}

const SharedLabels& no_labels() {
    static const SharedLabels none = std::make_shared<const Labels>();
    return none;
}

SharedLabels without_name(const SharedLabels& labels) {
    if (label_value(*labels, metric_name_label).empty())
        return labels;
    Labels rest;
    rest.reserve(labels->size() - 1);
    for (const Label& label : *labels) {
        if (label.name != metric_name_label)
            rest.push_back(label);
    }
    return std::make_shared<const Labels>(std::move(rest));
}

void set_label(Labels& labels, std::string_view name, std::string value) {
    const auto place = std::ranges::lower_bound(labels, name, {}, &Label::name);
    const bool found = place != labels.end() && place->name == name;
    if (found && value.empty())
        labels.erase(place);
    else if (found)
        place->value = std::move(value);
    else if (!value.empty())
        labels.insert(place, Label{std::string(name), std::move(value)});
}

std::size_t LabelsHash::operator()(const SharedLabels& labels) const {
    std::size_t hash = labels->size();
    const auto mix = [&](const std::string& text) {
        hash = hash * 0x9e37'79b9'7f4a'7c15 + std::hash<std::string>{}(text);
    };
    for (const Label& label : *labels) {
        mix(label.name);
        mix(label.value);
    }
    return hash;
}

} // namespace atalaya::promql
