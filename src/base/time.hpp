// Time as microseconds since 1970 UTC, and the seam through which the wall clock enters.
//
// Whoever needs the time takes a `const Clock&` from its constructor; tests hand in a ManualClock.
// Any thread. Timeouts and intervals use std::chrono::steady_clock, never this.
#pragma once

#include <atomic>
#include <chrono>
#include <compare>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace atalaya {

using Micros = std::chrono::microseconds;

struct Time {
    std::int64_t us = 0;

    auto operator<=>(const Time&) const = default;
    Time operator+(Micros span) const { return {us + span.count()}; }
    Time operator-(Micros span) const { return {us - span.count()}; }
    Micros operator-(Time other) const { return Micros(us - other.us); }
};

/// RFC 3339, UTC, always six decimals: 2026-11-22T12:00:00.000000Z.
std::string to_rfc3339(Time time);
/// RFC 3339 with any offset and up to nine decimals; digits below a microsecond are cut.
std::optional<Time> parse_rfc3339(std::string_view text);

class Clock {
  public:
    virtual ~Clock() = default;
    virtual Time now() const = 0;
};

class SystemClock final : public Clock {
  public:
    Time now() const override;
};

/// For tests: stands still until told.
class ManualClock final : public Clock {
  public:
    explicit ManualClock(Time start) : us_(start.us) {}
    Time now() const override { return {us_.load()}; }
    void advance(Micros span) { us_ += span.count(); }
    void set(Time time) { us_ = time.us; }

  private:
    std::atomic<std::int64_t> us_;
};

} // namespace atalaya
