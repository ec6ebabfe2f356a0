// The series of a made-up host, as an exporter on a small machine would give them every 15 seconds.
//
// A value depends on the host, the series and how many were drawn before it, and on nothing else,
// so that every receiver is sent the same. One thread.
#pragma once

#include "base/series.hpp"

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace atalaya::bench {

/// What the values of a series are like.
enum class Motion : std::uint8_t {
    constant,
    counter, ///< grows, each time by up to `swing` of its pace more or less
    gauge,   ///< wanders by up to a pace, and is drawn back to its level
    clock,   ///< the time itself, and up to a second more
};

struct Course {
    Motion motion = Motion::constant;
    double level = 0;
    double pace = 0;
    double swing = 0;
    double least = 0, greatest = 0; ///< of gauges
    /// Values are whole multiples of `grain`, divided by `parts`: pages of memory are multiples of
    /// 4096, hundredths of a second have a grain of one and a hundred parts.
    double grain = 1, parts = 1;
};

class HostSeries {
  public:
    HostSeries(Labels labels, const Course& course, std::uint64_t seed);

    const Labels& labels() const { return labels_; }
    double next(std::int64_t time_ms);

  private:
    double draw(); ///< from 0 up to 1

    Labels labels_;
    Course course_;
    std::uint64_t state_;
    double value_;
};

/// Always the same number for each host.
std::vector<HostSeries> make_host(std::size_t host);

} // namespace atalaya::bench
