// When each chain was last verified by this process, and how that went. Any thread.
#pragma once

#include "base/ids.hpp"
#include "base/time.hpp"

#include <mutex>
#include <optional>
#include <unordered_map>

namespace atalaya::api {

struct Verification {
    Time at;
    bool ok = false;
    std::int64_t seq = 0;
    std::int64_t duration_ms = 0;
};

class Verifications {
  public:
    std::optional<Verification> find(TeamId team) const {
        const std::lock_guard lock(mutex_);
        const auto found = last_.find(team);
        return found == last_.end() ? std::nullopt : std::optional(found->second);
    }
    void set(TeamId team, const Verification& verification) {
        const std::lock_guard lock(mutex_);
        last_[team] = verification;
    }

  private:
    mutable std::mutex mutex_;
    std::unordered_map<TeamId, Verification> last_;
};

} // namespace atalaya::api
