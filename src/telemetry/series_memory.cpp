#include "telemetry/series_memory.hpp"

#include "base/log.hpp"
#include "base/problems.hpp"
#include "telemetry/frame_row.hpp"
#include "telemetry/metric_row.hpp"
#include "telemetry/series_key.hpp"
#include "telemetry/series_place.hpp"
#include "telemetry_sql.hpp"

#include <algorithm>
#include <optional>
#include <span>

namespace atalaya::telemetry {
namespace {

/// With the lock under which teams are handed out.
bool is_held_by_more_than(const TeamPtr& team, long count) {
    const bool held = team.use_count() > count;
    // What those did who held it has happened before what the caller does now.
    std::atomic_thread_fence(std::memory_order_acquire);
    return held;
}

} // namespace

TeamPtr SeriesMemory::get_team(db::Tx& tx) {
    TeamPtr team;
    {
        const std::lock_guard lock(mutex_);
        TeamPtr& place = teams_[tx.scope().team];
        if (!place)
            place = std::make_shared<TeamSeries>(tx.scope().team, seed_);
        team = place;
    }
    team->used_at_ms = now_ms();
    if (!team->loaded) {
        const std::lock_guard lock(team->load_mutex);
        if (!team->loaded)
            load(tx, *team);
    }
    return team;
}

TeamPtr SeriesMemory::find_team(TeamId id) const {
    const std::lock_guard lock(mutex_);
    const auto found = teams_.find(id);
    return found == teams_.end() || !found->second->loaded ? nullptr : found->second;
}

bool SeriesMemory::is_held(const TeamPtr& team) const {
    const std::lock_guard lock(mutex_);
    return is_held_by_more_than(team, 2); // the map and the caller
}

bool SeriesMemory::let_go(TeamId id, std::int64_t since_ms) {
    TeamPtr gone; // what it held is freed without the lock
    const std::lock_guard lock(mutex_);
    const auto found = teams_.find(id);
    if (found == teams_.end() || is_held_by_more_than(found->second, 1) ||
        found->second->used_at_ms >= since_ms || !found->second->loaded ||
        !found->second->is_settled())
        return false;
    add_bytes(0 - found->second->head_bytes);
    blocks_.drop_team(id);
    gone = std::move(found->second);
    teams_.erase(found);
    return true;
}

void SeriesMemory::read_again(db::Tx& tx, TeamSeries& team) {
    const std::lock_guard lock(team.load_mutex);
    load(tx, team);
}

void SeriesMemory::check_room() const {
    if (bytes_ > 2 * bytes_max_)
        throw Problem(problems::unavailable).because("samples arrive faster than blocks are made");
}

std::size_t SeriesMemory::chunk_samples() const {
    return bytes_ > bytes_max_ / 2 ? SeriesHead::chunk_samples / 4 : SeriesHead::chunk_samples;
}

void SeriesMemory::load(db::Tx& tx, TeamSeries& team) {
    if (!generations_.begun()) {
        const db::Rows rows = tx.query(sql::telemetry::list_generations);
        const std::size_t count = rows.size();
        generations_.begin_after(count == 0 ? 0 : rows[count - 1].get<std::int64_t>("generation"));
    }
    const std::unique_lock lock(team.mutex);
    load_series(tx, team);
    load_log(tx, team);
    for (const db::Row row : tx.query(sql::telemetry::list_window_days, {{"team", team.team}})) {
        if (row.get<bool>("used"))
            team.unmerged_days.insert(row.get<Time>("at").us / 1000);
    }
    team.loaded = true;
}

void SeriesMemory::load_series(db::Tx& tx, TeamSeries& team) {
    std::int64_t after = 0;
    for (;;) {
        const db::Rows rows =
            tx.query(sql::telemetry::list_series, {{"team", team.team}, {"after", after}});
        if (rows.empty())
            return;
        for (const db::Row row : rows) {
            after = row.get<std::int64_t>("series_id");
            const auto key =
                keyring_.open_sealed(team.team, series_purpose, place_of(row.get<Bytes>("key")),
                                     row.get<BytesView>("body"));
            if (!key || !parse_series_key(as_text(*key))) {
                log::error("metrics.series_damaged", {{"series", std::to_string(after)}});
                continue;
            }
            const auto first_day = row.get<std::int64_t>("first_day");
            const auto last_day = row.get<std::int64_t>("last_day");
            Series& series = team.index.add(after, as_text(*key));
            series.of_server = row.get<bool>("of_server");
            series.stored_first_day = std::min(series.stored_first_day, first_day);
            series.stored_last_day = std::max(series.stored_last_day, last_day);
            series.first_ms = std::min(series.first_ms, first_day * day_ms);
            series.last_ms = std::max(series.last_ms, (last_day + 1) * day_ms - 1);
        }
    }
}

void SeriesMemory::load_log(db::Tx& tx, TeamSeries& team) {
    std::unordered_map<std::int64_t, Series*> by_id;
    for (Series& series : team.index.all()) {
        by_id.emplace(series.id, &series);
    }
    std::int64_t generation = 0, seq = 0;
    for (;;) {
        const db::Rows rows =
            tx.query(sql::telemetry::list_log,
                     {{"team", team.team}, {"after_generation", generation}, {"after_seq", seq}});
        if (rows.empty())
            return;
        for (const db::Row stored : rows) {
            generation = stored.get<std::int64_t>("generation");
            seq = stored.get<std::int64_t>("seq");
            const auto plain =
                keyring_.open_sealed(team.team, metric_log_purpose, place_of(generation, seq),
                                     stored.get<BytesView>("body"));
            if (!plain || !add_row(team, by_id, *plain, generation))
                log::error("metrics.log_damaged", {{"generation", std::to_string(generation)},
                                                   {"seq", std::to_string(seq)}});
        }
    }
}

bool SeriesMemory::add_row(TeamSeries& team, const std::unordered_map<std::int64_t, Series*>& by_id,
                           BytesView plain, std::int64_t generation) {
    const auto add = [&](std::int64_t id, std::span<const Sample> samples) {
        const auto found = by_id.find(id);
        if (found == by_id.end() || samples.empty())
            return;
        // When it arrived is not known; hardly before it was measured.
        const std::int64_t arrived_ms = std::min(now_ms(), samples.back().time_ms);
        add_bytes(
            team.add_samples(*found->second, samples, {generation, arrived_ms, chunk_samples()}));
    };
    if (is_frame_row(plain)) {
        const auto row = parse_frame_row(plain);
        std::vector<Sample> samples;
        for (std::size_t i = 0; row && i < row->series.size(); ++i) {
            read_column(row->push, i, 0, samples);
            add(row->series[i], samples);
        }
        return row.has_value();
    }
    const auto row = parse_metric_row(plain);
    if (!row)
        return false;
    std::span<const Sample> samples(row->samples);
    for (std::size_t i = 0; i < row->series.size(); ++i) {
        add(row->series[i], samples.first(row->counts[i]));
        samples = samples.subspan(row->counts[i]);
    }
    return true;
}

} // namespace atalaya::telemetry
