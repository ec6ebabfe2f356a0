#include "telemetry/subscribers.hpp"

#include <algorithm>

namespace atalaya::telemetry {

struct Subscription::Entry {
    Entry(TeamId of, OnPoint callback) : team(of), on_point(std::move(callback)) {}

    const TeamId team;
    std::mutex running; ///< held while the callback runs
    OnPoint on_point;   ///< empty once the subscription has ended
};

Subscription::~Subscription() {
    if (subscribers_ != nullptr)
        subscribers_->remove(entry_);
}

Subscription Subscribers::add(TeamId team, OnPoint on_point) {
    auto entry = std::make_shared<Entry>(team, std::move(on_point));
    const std::lock_guard lock(mutex_);
    entries_[team].push_back(entry);
    return Subscription(*this, std::move(entry));
}

void Subscribers::tell(const LivePoint& point) {
    std::vector<std::shared_ptr<Entry>> entries;
    {
        const std::lock_guard lock(mutex_);
        if (const auto found = entries_.find(point.team); found != entries_.end())
            entries = found->second;
    }
    for (const auto& entry : entries) {
        const std::lock_guard lock(entry->running);
        if (entry->on_point)
            entry->on_point(point);
    }
}

bool Subscribers::wanted(TeamId team) const {
    const std::lock_guard lock(mutex_);
    return entries_.contains(team);
}

void Subscribers::remove(const std::shared_ptr<Entry>& entry) {
    {
        const std::lock_guard lock(mutex_);
        const auto found = entries_.find(entry->team);
        std::erase(found->second, entry);
        if (found->second.empty())
            entries_.erase(found);
    }
    const std::lock_guard lock(entry->running);
    entry->on_point = nullptr;
}

} // namespace atalaya::telemetry
