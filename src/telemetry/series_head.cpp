#include "telemetry/series_head.hpp"

#include <algorithm>

namespace atalaya::telemetry {

void order_samples(std::vector<Sample>& samples) {
    const auto in_order = [](const Sample& left, const Sample& right) {
        return left.time_ms < right.time_ms;
    };
    const auto unordered = [&](const Sample& left, const Sample& right) {
        return !in_order(left, right);
    };
    if (std::ranges::adjacent_find(samples, unordered) == samples.end())
        return;
    std::ranges::stable_sort(samples, in_order);
    auto kept = samples.begin();
    for (auto each = samples.begin(); each != samples.end(); ++each) {
        const bool replaced =
            std::next(each) != samples.end() && std::next(each)->time_ms == each->time_ms;
        if (!replaced)
            *kept++ = *each;
    }
    samples.erase(kept, samples.end());
}

} // namespace atalaya::telemetry
