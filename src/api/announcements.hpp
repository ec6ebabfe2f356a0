// Tells open pages that a chain grew. Any thread; callbacks run on the announcing thread, outside
// locks.
#pragma once

#include "base/ids.hpp"

#include <functional>
#include <memory>
#include <mutex>
#include <unordered_map>

namespace atalaya::api {

class Announcements {
  public:
    using Callback = std::function<void(std::int64_t seq)>;

    /// Listening ends with the returned handle.
    [[nodiscard]] std::shared_ptr<void> listen(TeamId team, Callback callback);
    void announce(TeamId team, std::int64_t seq);

  private:
    std::mutex mutex_;
    std::unordered_multimap<TeamId, std::weak_ptr<Callback>> listeners_;
};

} // namespace atalaya::api
