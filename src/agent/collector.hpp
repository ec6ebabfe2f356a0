// What the host does, as one tick: every series with its value now, rates over the time since the
// tick before.
//
// Owned and called by the agent's main thread. It cannot fail: what the host does not tell is
// absent.
#pragma once

#include "agent/host.hpp"
#include "agent/proc.hpp"
#include "base/time.hpp"
#include "wire/frame.hpp"

#include <chrono>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace atalaya::agent {

struct Tick {
    std::int64_t time_ms = 0;
    wire::SeriesTable series{};
    std::vector<double> values{}; ///< one for each of `series`
};

class Collector {
  public:
    explicit Collector(Host& host) : host_(host) {}

    /// `time_ms` is what the tick is called, `since_start` a clock that is never set.
    Tick collect(std::int64_t time_ms, std::chrono::nanoseconds since_start);

  private:
    struct Counter {
        std::uint64_t value;
        std::chrono::nanoseconds at;
    };
    using Labels = std::vector<wire::Label>;

    void add(std::string_view name, Labels labels, wire::Unit unit, double value);
    /// Growth for each second since the last tick, times `scale`; absent at first, and after a
    /// reset.
    void add_rate(std::string_view name, Labels labels, wire::Unit unit, std::uint64_t value,
                  double scale, double decimals);
    void add_cpu(const proc::Stat& stat);
    void add_memory(const proc::Memory& memory);
    void add_filesystems();
    void add_disks();
    void add_network();
    void add_tasks(const std::optional<proc::Stat>& stat);

    Host& host_;
    std::chrono::nanoseconds now_{};
    std::vector<std::pair<wire::Series, double>> measured_;
    std::map<std::string, Counter> before_; ///< counters of the last tick, by series
    std::map<std::string, Counter> seen_;   ///< counters of this tick
    std::optional<proc::Stat> cpu_before_;
};

} // namespace atalaya::agent
