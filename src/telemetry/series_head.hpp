// The samples of one series that are not in a block yet, in the order in which they arrived.
//
// Owned by a Series, guarded by its team's lock.
#pragma once

#include "base/series.hpp"

#include <cstddef>
#include <cstdint>
#include <vector>

namespace atalaya::telemetry {

class SeriesHead {
  public:
    void add(const Sample& sample) { tail_.push_back(sample); }
    bool empty() const { return tail_.empty(); }

    /// Appends what lies in the range, in the order of arrival.
    void collect(std::int64_t from_ms, std::int64_t to_ms, std::vector<Sample>& out) const {
        for (const Sample& sample : tail_) {
            if (sample.time_ms >= from_ms && sample.time_ms <= to_ms)
                out.push_back(sample);
        }
    }

  private:
    std::vector<Sample> tail_;
};

/// Strictly ascending by time; of equal times the later one stays.
void order_samples(std::vector<Sample>& samples);

} // namespace atalaya::telemetry
