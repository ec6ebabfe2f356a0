#include "promql/grouping.hpp"

#include <algorithm>

namespace atalaya::promql {

Grouping::Grouping(bool only, std::span<const std::string> labels)
    : only_(only), labels_(labels.begin(), labels.end()) {
    if (!only_)
        labels_.emplace_back(metric_name_label);
    std::ranges::sort(labels_);
}

bool Grouping::counts(std::string_view name) const {
    return std::ranges::binary_search(labels_, name) == only_;
}

const std::string& Grouping::key_of(const Labels& labels) {
    key_.clear();
    if (only_ && labels_.empty())
        return key_;
    for (const Label& label : labels) {
        if (!counts(label.name))
            continue;
        // No byte of UTF-8 is 0xff, so no two sets of labels share a key.
        key_ += label.name;
        key_ += '\xff';
        key_ += label.value;
        key_ += '\xff';
    }
    return key_;
}

SharedLabels Grouping::labels_of(const Labels& labels) const {
    Labels kept;
    for (const Label& label : labels) {
        if (counts(label.name))
            kept.push_back(label);
    }
    return kept.empty() ? no_labels() : std::make_shared<const Labels>(std::move(kept));
}

} // namespace atalaya::promql
