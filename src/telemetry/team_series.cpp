#include "telemetry/team_series.hpp"

#include "telemetry/series_key.hpp"

#include <algorithm>
#include <utility>

namespace atalaya::telemetry {
namespace {

/// So much later than its end a window is taken for complete; what comes later still is merged.
constexpr std::int64_t settling_ms = 10 * 60'000;

std::string label_of(const Series& series, std::string_view name) {
    const auto labels = parse_series_key(series.key);
    return labels ? std::string(label_value(*labels, name)) : std::string();
}

} // namespace

std::int64_t TeamSeries::count_active(std::int64_t now_ms) const {
    std::int64_t count = 0;
    for (auto each = active.lower_bound(floor_to(now_ms, window_ms) - window_ms);
         each != active.end(); ++each) {
        count += each->second;
    }
    return count;
}

std::size_t TeamSeries::add_samples(Series& series, std::span<const Sample> samples,
                                    const Arrival& arrival) {
    const std::int64_t active_window = floor_to(arrival.now_ms, window_ms);
    if (series.active_window < active_window) {
        if (const auto before = active.find(series.active_window);
            before != active.end() && --before->second == 0)
            active.erase(before);
        series.active_window = active_window;
        ++active[active_window];
    }
    const std::size_t before = series.head.bytes();
    std::int64_t first_ms = -long_ago, last_ms = long_ago;
    while (!samples.empty()) {
        const std::int64_t window = floor_to(samples.front().time_ms, window_ms);
        std::size_t count = 0;
        for (; count < samples.size(); ++count) {
            const std::int64_t time_ms = samples[count].time_ms;
            if (time_ms < window || time_ms >= window + window_ms)
                break;
            first_ms = std::min(first_ms, time_ms);
            last_ms = std::max(last_ms, time_ms);
        }
        note_window(window, arrival);
        newest_ms = std::max(newest_ms, last_ms);
        series.head.add(window, samples.first(count), arrival.chunk_samples);
        samples = samples.subspan(count);
    }
    series.first_ms = std::min(series.first_ms, first_ms);
    series.last_ms = std::max(series.last_ms, last_ms);
    const std::size_t after = series.head.bytes();
    head_bytes = head_bytes + after - before;
    return after - before; // wraps around when a chunk was closed, and so do sums of it
}

void TeamSeries::note_window(std::int64_t window, const Arrival& arrival) {
    OpenWindow& open = windows
                           .try_emplace(window, OpenWindow{arrival.generation, arrival.now_ms,
                                                           is_over(window, arrival.now_ms)})
                           .first->second;
    open.generation = std::min(open.generation, arrival.generation);
    open.last_arrival = arrival.now_ms;
}

std::int64_t TeamSeries::first_window() const {
    std::int64_t first = std::numeric_limits<std::int64_t>::max();
    for (const auto* each : {&windows, &leaving}) {
        if (!each->empty())
            first = std::min(first, each->begin()->first);
    }
    return first;
}

std::int64_t TeamSeries::oldest_generation() const {
    std::int64_t oldest = std::numeric_limits<std::int64_t>::max();
    for (const auto* each : {&windows, &leaving}) {
        for (const auto& [window, open] : *each) {
            oldest = std::min(oldest, open.generation);
        }
    }
    return oldest;
}

bool TeamSeries::is_over(std::int64_t window, std::int64_t now_ms) const {
    return std::max(newest_ms, now_ms) >= window + window_ms + settling_ms;
}

bool TeamSeries::is_settled() const {
    return windows.empty() && leaving.empty() && unmerged_days.empty() && !doubtful &&
           erased_series.empty() && refused == decltype(refused){};
}

std::vector<std::int64_t> TeamSeries::remove_series_before(std::int64_t day, std::int64_t now_ms) {
    const std::int64_t active_since = floor_to(now_ms, window_ms) - window_ms;
    return remove_if([&](const Series& series) {
        return series.stored_last_day < day && series.head.chunks() == 0 &&
               series.active_window < active_since;
    });
}

void TeamSeries::remove_erased() {
    remove_if([](const Series& series) { return series.erased; });
    erased_series.clear();
    std::erase_if(servers, [](const auto& server) { return server.second.erased; });
}

std::vector<std::int64_t> TeamSeries::remove_if(const std::function<bool(const Series&)>& is_over) {
    const std::vector<std::int64_t> removed = index.remove_if([&](const Series& series) {
        const bool over = is_over(series);
        if (const auto known = active.find(series.active_window); over && known != active.end())
            --known->second;
        return over;
    });
    // Their series are somewhere else now. Agents are asked for their tables again.
    if (!removed.empty()) {
        for (auto& [id, server] : servers) {
            server.tables.clear();
        }
    }
    return removed;
}

std::size_t TeamSeries::erase_server(ServerId server) {
    const std::string id = to_string(server);
    std::size_t freed = 0;
    for (Series& series : index.all()) {
        if (!series.of_server || series.erased || label_of(series, server_id_label) != id)
            continue;
        freed += series.head.bytes();
        series.head = {};
        series.first_ms = series.stored_first_day = -long_ago;
        series.last_ms = series.stored_last_day = long_ago;
        series.erased = true;
        erased_series.push_back(series.id);
    }
    head_bytes -= freed;
    WatchedServer& watched = servers[server];
    watched.tables.clear();
    ++watched.forgotten;
    watched.erased = true;
    return freed;
}

std::vector<Series*> TeamSeries::begin_leaving(std::int64_t from_ms, std::int64_t to_ms) {
    const auto from = windows.lower_bound(from_ms), to = windows.lower_bound(to_ms);
    leaving.insert(from, to);
    windows.erase(from, to);
    std::vector<Series*> with;
    for (Series& series : index.all()) {
        const std::size_t before = series.head.bytes();
        if (series.head.leave(from_ms, to_ms))
            with.push_back(&series);
        closing_bytes += before - series.head.bytes();
    }
    return with;
}

std::size_t TeamSeries::end_leaving(const std::vector<Series*>& series, Left left) {
    std::size_t freed = std::exchange(closing_bytes, 0);
    for (Series* each : series) {
        const std::size_t before = each->head.bytes();
        if (left == Left::in_memory) {
            each->head.stay();
            continue;
        }
        const std::int64_t day = day_of(leaving.begin()->first);
        if (!each->erased) {
            each->stored_first_day = std::min(each->stored_first_day, day);
            each->stored_last_day = std::max(each->stored_last_day, day);
        }
        each->head.gone();
        freed += before - each->head.bytes();
    }
    for (const auto& [window, was] : std::exchange(leaving, {})) {
        if (left == Left::in_memory) {
            OpenWindow& open = windows.try_emplace(window, was).first->second;
            open.generation = std::min(open.generation, was.generation);
        } else if (left == Left::in_windows) {
            unmerged_days.insert(floor_to(window, day_ms));
            if (was.late)
                late_windows.insert(window);
        }
    }
    head_bytes -= freed;
    return freed;
}

} // namespace atalaya::telemetry
