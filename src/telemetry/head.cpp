#include "telemetry/head.hpp"

#include <algorithm>
#include <cmath>

namespace atalaya::telemetry {

Tick Tick::copy(const TickView& view, const TablePtr& table) {
    Tick tick{view.time_ms, table, std::vector<double>(table->series.size())};
    for (std::size_t i = 0; i < tick.values.size(); ++i) {
        tick.values[i] = view[i];
    }
    return tick;
}

std::size_t Tick::bytes() const {
    constexpr std::size_t malloc_overhead = 16;
    return sizeof(Tick) + malloc_overhead + values.capacity() * sizeof(double);
}

void Ticks::insert(Tick tick) {
    auto place = ticks_.end();
    while (place != ticks_.begin() && std::prev(place)->time_ms > tick.time_ms) {
        --place;
    }
    for (auto same = place; same != ticks_.begin() && std::prev(same)->time_ms == tick.time_ms;) {
        --same;
        if (same->table->id != tick.table->id || same->values.size() != tick.values.size())
            continue;
        if (std::next(same) != place)
            break; // another table's values came between: the order of writing must show
        for (std::size_t i = 0; i < tick.values.size(); ++i) {
            if (std::isfinite(tick.values[i]))
                same->values[i] = tick.values[i];
        }
        return;
    }
    bytes_ += tick.bytes();
    ticks_.insert(place, std::move(tick));
}

void Ticks::pop_front() {
    bytes_ -= ticks_.front().bytes();
    ticks_.pop_front();
}

Head::Head(Micros window, std::size_t bytes_max)
    : window_(window), shard_bytes_max_(bytes_max / std::tuple_size_v<decltype(shards_)>) {}

void Head::drop_first(Shard& shard, Server& server) {
    shard.bytes -= server.ticks.bytes();
    server.covers_from_ms = std::max(server.covers_from_ms, server.ticks.all().front().time_ms + 1);
    server.ticks.pop_front();
    shard.bytes += server.ticks.bytes();
}

void Head::make_room(Shard& shard) {
    while (shard.bytes > shard_bytes_max_) {
        Server* oldest = nullptr;
        for (auto& [source, server] : shard.servers) {
            if (!server.ticks.all().empty() &&
                (oldest == nullptr ||
                 server.ticks.all().front().time_ms < oldest->ticks.all().front().time_ms))
                oldest = &server;
        }
        if (oldest == nullptr)
            return;
        drop_first(shard, *oldest);
    }
}

std::optional<std::int64_t> Head::add(const Source& source, std::vector<Tick> ticks, Time now) {
    Shard& home = shard(source);
    const std::lock_guard lock(home.mutex);
    Server& server = home.servers[source];
    std::optional<std::int64_t> latest_ms;
    if (!server.ticks.all().empty())
        latest_ms = server.ticks.all().back().time_ms;
    const std::int64_t start_ms = window_start_ms(now);
    for (Tick& tick : ticks) {
        if (tick.time_ms < std::max(server.covers_from_ms, start_ms))
            continue; // readers of that time ask the database anyway
        home.bytes -= server.ticks.bytes();
        server.ticks.insert(std::move(tick));
        home.bytes += server.ticks.bytes();
    }
    while (!server.ticks.all().empty() && server.ticks.all().front().time_ms < start_ms) {
        drop_first(home, server);
    }
    make_room(home);
    return latest_ms;
}

std::uint64_t Head::begin_fill(const Source& source) {
    Shard& home = shard(source);
    const std::lock_guard lock(home.mutex);
    return home.servers[source].forgotten;
}

void Head::fill(const Source& source, std::uint64_t ticket, Ticks stored, std::int64_t from_ms) {
    Shard& home = shard(source);
    const std::lock_guard lock(home.mutex);
    Server& server = home.servers[source];
    if (server.forgotten != ticket || server.filled)
        return;
    home.bytes -= server.ticks.bytes();
    for (const Tick& tick : server.ticks.all()) {
        stored.insert(tick); // arrived while the database was being read, or before
    }
    server.ticks = std::move(stored);
    home.bytes += server.ticks.bytes();
    server.filled = true;
    server.covers_from_ms = std::max(server.covers_from_ms, from_ms);
    make_room(home);
}

bool Head::is_filled(const Source& source) const {
    const Shard& home = shard(source);
    const std::lock_guard lock(home.mutex);
    const auto found = home.servers.find(source);
    return found != home.servers.end() && found->second.filled;
}

bool Head::read(const Source& source, std::int64_t from_ms,
                const std::function<void(const std::deque<Tick>&)>& use) const {
    const Shard& home = shard(source);
    const std::lock_guard lock(home.mutex);
    const auto found = home.servers.find(source);
    if (found == home.servers.end() || !found->second.filled ||
        from_ms < found->second.covers_from_ms)
        return false;
    use(found->second.ticks.all());
    return true;
}

void Head::set_usage(const Source& source, const Usage& usage) {
    Shard& home = shard(source);
    const std::lock_guard lock(home.mutex);
    std::optional<Usage>& known = home.servers[source].usage;
    if (!known || known->at <= usage.at)
        known = usage;
}

std::optional<Usage> Head::find_usage(const Source& source) const {
    const Shard& home = shard(source);
    const std::lock_guard lock(home.mutex);
    const auto found = home.servers.find(source);
    return found == home.servers.end() ? std::nullopt : found->second.usage;
}

void Head::forget(const Source& source) {
    Shard& home = shard(source);
    const std::lock_guard lock(home.mutex);
    Server& server = home.servers[source];
    home.bytes -= server.ticks.bytes();
    const std::uint64_t forgotten = server.forgotten + 1;
    server = Server{};
    server.forgotten = forgotten;
}

std::size_t Head::bytes() const {
    std::size_t sum = 0;
    for (const Shard& each : shards_) {
        const std::lock_guard lock(each.mutex);
        sum += each.bytes;
    }
    return sum;
}

} // namespace atalaya::telemetry
