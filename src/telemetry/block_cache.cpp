#include "telemetry/block_cache.hpp"

#include <utility>

namespace atalaya::telemetry {
namespace {

/// What an entry takes beside its rows: list, table and allocations.
constexpr std::size_t entry_bytes = 256;

} // namespace

std::uint64_t BlockCache::version(TeamId team) const {
    const std::lock_guard lock(mutex_);
    const auto found = versions_.find(team);
    return found == versions_.end() ? 0 : found->second;
}

OpenedDay BlockCache::find(const Place& place) {
    const std::lock_guard lock(mutex_);
    const auto found = places_.find(place);
    if (found == places_.end())
        return nullptr;
    entries_.splice(entries_.begin(), entries_, found->second);
    return found->second->day;
}

void BlockCache::keep(const Place& place, OpenedDay day, std::uint64_t version) {
    std::size_t bytes = entry_bytes;
    for (const Bytes& row : *day) {
        bytes += sizeof row + row.capacity();
    }
    const std::lock_guard lock(mutex_);
    const auto now = versions_.find(place.team);
    if (version != (now == versions_.end() ? 0 : now->second))
        return;
    if (const auto known = places_.find(place); known != places_.end())
        remove(known->second);
    entries_.push_front({place, std::move(day), bytes});
    places_.emplace(place, entries_.begin());
    bytes_ += bytes;
    while (bytes_ > bytes_max_) {
        remove(std::prev(entries_.end()));
    }
}

void BlockCache::drop_day(TeamId team, std::int64_t day) {
    drop_if(team, [&](const Place& place) { return place.day == day; });
}

void BlockCache::drop_before(TeamId team, std::int64_t day) {
    drop_if(team, [&](const Place& place) { return place.day < day; });
}

void BlockCache::drop_team(TeamId team) {
    drop_if(team, [](const Place&) { return true; });
}

template <class Condition>
void BlockCache::drop_if(TeamId team, Condition condition) {
    const std::lock_guard lock(mutex_);
    ++versions_[team];
    for (auto entry = entries_.begin(); entry != entries_.end();) {
        const bool goes = entry->place.team == team && condition(entry->place);
        entry = goes ? remove(entry) : std::next(entry);
    }
}

std::size_t BlockCache::bytes() const {
    const std::lock_guard lock(mutex_);
    return bytes_;
}

BlockCache::Entries::iterator BlockCache::remove(Entries::iterator entry) {
    bytes_ -= entry->bytes;
    places_.erase(entry->place);
    return entries_.erase(entry);
}

} // namespace atalaya::telemetry
