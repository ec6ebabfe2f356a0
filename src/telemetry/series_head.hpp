// The samples of one series that are not in a block yet: closed chunks, each within one window of
// two hours, and the latest samples as they came.
//
// What is written into a block leaves in three steps, so that readers see it throughout and a
// failure takes nothing: leave() marks it, then gone() or stay(). Owned by a Series, guarded by its
// team's lock.
#pragma once

#include "base/bytes.hpp"
#include "base/series.hpp"
#include "telemetry/points.hpp"

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

namespace atalaya::telemetry {

inline constexpr std::int64_t window_ms = 2 * 3'600'000;
inline constexpr std::int64_t day_ms = 24 * 3'600'000;

/// Of the past too, which a plain division would round towards 1970.
inline std::int64_t floor_to(std::int64_t time_ms, std::int64_t span_ms) {
    const std::int64_t rest = time_ms % span_ms;
    return time_ms - (rest < 0 ? rest + span_ms : rest);
}

/// Counted from 1970-01-01, as rows have it.
inline std::int64_t day_of(std::int64_t time_ms) { return floor_to(time_ms, day_ms) / day_ms; }

class SeriesHead {
  public:
    /// A chunk is closed with so many samples, or fewer where memory is short.
    static constexpr std::size_t chunk_samples = 120;

    /// Of one window.
    void add(std::int64_t window, std::span<const Sample> samples,
             std::size_t chunk_samples_now = chunk_samples);

    /// Appends what lies in the windows that the range touches; of one window in the order of
    /// arrival.
    void collect(std::int64_t from_ms, std::int64_t to_ms, Points& out) const;

    /// Marks all of the windows from one up to before another; false when there is nothing.
    bool leave(std::int64_t from_window, std::int64_t to_window);
    /// Appends what leaves, in the order of arrival.
    void collect_leaving(Points& out) const;
    void gone();
    void stay();

    std::size_t bytes() const;
    /// Of times that came twice, both.
    std::size_t samples() const;
    std::size_t chunks() const { return parts_.size() + !tail_.empty() + !late_.empty(); }

  private:
    struct Part {
        std::int64_t window;
        std::uint32_t samples;
        bool leaving;
        Bytes chunk;
    };

    void close_tail();
    void close_late();
    void close(std::int64_t window, const Points& points);

    std::vector<Part> parts_;  ///< of one window in the order of arrival
    std::vector<Sample> tail_; ///< of the newest window
    std::vector<Sample> late_; ///< of earlier windows
    std::int64_t tail_window_ = 0;
    std::size_t part_bytes_ = 0;
};

} // namespace atalaya::telemetry
