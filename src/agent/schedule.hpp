// When the next tick is due: at the wall clock's multiples of the interval, whatever is done to
// that clock.
//
// Ticks of all agents so carry the same times. A clock that is set forward skips ticks; one that is
// set back by up to a minute is waited for, so that no time is told twice; one that is set back
// further is believed. Pure; one thread.
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>

namespace atalaya::agent {

class Schedule {
  public:
    /// `last_time_ms` is the newest tick of the process before, or 0.
    Schedule(std::chrono::milliseconds interval, std::int64_t now_ms, std::int64_t last_time_ms)
        : interval_(interval.count()), last_(start_of(now_ms)) {
        if (last_time_ms > last_ && last_time_ms - last_ <= step_back_max_ms)
            last_ = last_time_ms;
    }

    /// The time of the tick to take now, if one is due.
    std::optional<std::int64_t> due(std::int64_t now_ms) {
        const std::int64_t start = start_of(now_ms);
        if (start == last_ || (start < last_ && last_ - start <= step_back_max_ms))
            return std::nullopt;
        last_ = start;
        return start;
    }

    /// How long to sleep before asking again; never longer than the interval, because the clock may
    /// be set meanwhile.
    std::chrono::milliseconds until_next(std::int64_t now_ms) const {
        return std::chrono::milliseconds(start_of(now_ms) + interval_ - now_ms);
    }

  private:
    static constexpr std::int64_t step_back_max_ms = 60'000;

    std::int64_t start_of(std::int64_t now_ms) const { return now_ms / interval_ * interval_; }

    std::int64_t interval_;
    std::int64_t last_;
};

} // namespace atalaya::agent
