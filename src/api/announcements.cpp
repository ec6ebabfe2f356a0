#include "api/announcements.hpp"

#include <vector>

namespace atalaya::api {

std::shared_ptr<void> Announcements::listen(TeamId team, Callback callback) {
    auto listener = std::make_shared<Callback>(std::move(callback));
    const std::lock_guard lock(mutex_);
    listeners_.emplace(team, listener);
    return listener;
}

void Announcements::announce(TeamId team, std::int64_t seq) {
    std::vector<std::shared_ptr<Callback>> present;
    {
        const std::lock_guard lock(mutex_);
        const auto [first, last] = listeners_.equal_range(team);
        for (auto it = first; it != last;) {
            if (auto listener = it->second.lock()) {
                present.push_back(std::move(listener));
                ++it;
            } else {
                it = listeners_.erase(it);
            }
        }
    }
    for (const auto& listener : present)
        (*listener)(seq);
}

} // namespace atalaya::api
