// Who wants to see ticks as they arrive.
//
// Owned by the store; any thread. Callbacks run on the publishing thread, outside every lock of the
// store and one at a time for each subscriber; they must be quick and must not throw. Ending a
// Subscription waits for its running callback, so nothing that a callback uses can be gone too
// early; it must therefore not end inside its own callback.
#pragma once

#include "base/ids.hpp"
#include "base/time.hpp"
#include "telemetry/tick.hpp"

#include <functional>
#include <memory>
#include <mutex>
#include <span>
#include <unordered_map>
#include <utility>
#include <vector>

namespace atalaya::telemetry {

/// One tick of one server. Only news: a tick later than all before it and not older than
/// live_age_max; what an agent sends after an outage is for the next range read.
struct LivePoint {
    TeamId team;
    ServerId server;
    Time time;
    const Table& table; ///< valid during the callback
    std::span<const double>
        values; ///< one for each series of the table; wire::absent() or another NaN for a gap
};
inline constexpr std::chrono::seconds live_age_max{120};

using OnPoint = std::function<void(const LivePoint&)>;

class Subscribers;

/// Ends the subscription when it goes. Must not outlive the store.
class Subscription {
  public:
    Subscription() = default;
    Subscription(Subscription&& other) noexcept
        : subscribers_(std::exchange(other.subscribers_, nullptr)),
          entry_(std::move(other.entry_)) {}
    Subscription& operator=(Subscription&& other) noexcept {
        std::swap(subscribers_, other.subscribers_);
        std::swap(entry_, other.entry_);
        return *this;
    }
    ~Subscription();

  private:
    friend class Subscribers;
    struct Entry;
    Subscription(Subscribers& subscribers, std::shared_ptr<Entry> entry)
        : subscribers_(&subscribers), entry_(std::move(entry)) {}

    Subscribers* subscribers_ = nullptr;
    std::shared_ptr<Entry> entry_;
};

class Subscribers {
  public:
    Subscription add(TeamId team, OnPoint on_point);
    void tell(const LivePoint& point);
    bool wanted(TeamId team) const;

  private:
    friend class Subscription;
    using Entry = Subscription::Entry;
    void remove(const std::shared_ptr<Entry>& entry);

    mutable std::mutex mutex_;
    std::unordered_map<TeamId, std::vector<std::shared_ptr<Entry>>> entries_;
};

} // namespace atalaya::telemetry
