#include "telemetry/frame_store.hpp"

#include "crypto/hash.hpp"
#include "telemetry/frame_row.hpp"
#include "telemetry/series_key.hpp"
#include "telemetry/server_range.hpp"
#include "telemetry/usage.hpp"
#include "telemetry_sql.hpp"

#include <algorithm>

namespace atalaya::telemetry {
namespace {

/// How far a server's clock may be ahead of ours.
constexpr Micros ahead_max = std::chrono::minutes(10);
/// What is older says nothing of how a server is now.
constexpr Micros usage_age_max = std::chrono::hours(2);
/// An agent has one table, and another one when a disk comes or goes.
constexpr std::size_t tables_max = 4;

bool is_table_of(const wire::SeriesTable& series, const wire::Push& push) {
    return series.size() == push.series_count &&
           wire::table_id(crypto::sha256(wire::encode_table(series))) == push.table;
}

/// From a tick on.
wire::Push cut(const wire::Push& push, std::size_t first_tick) {
    wire::Push rest = push;
    const auto skipped = static_cast<std::ptrdiff_t>(first_tick);
    rest.times_ms.erase(rest.times_ms.begin(), rest.times_ms.begin() + skipped);
    rest.values.clear();
    for (std::size_t i = 0; i < push.series_count; ++i) {
        const auto column = push.column(i).subspan(first_tick);
        rest.values.insert(rest.values.end(), column.begin(), column.end());
    }
    return rest;
}

/// Absent when no agent may send it.
std::optional<std::string> key_of(const wire::Series& series, std::string_view name,
                                  std::string_view id) {
    std::vector<LabelView> labels{
        {metric_name_label, series.name}, {server_label, name}, {server_id_label, id}};
    for (const Label& label : series.labels) {
        labels.push_back({label.name, label.value});
    }
    std::ranges::sort(labels, {}, &LabelView::name);
    if (!find_label_fault(labels).empty())
        return std::nullopt; // one of ours twice, for instance
    std::string key;
    write_series_key(labels, key);
    return key;
}

FrameTablePtr find_table(const TeamSeries& team, ServerId server, wire::TableId id) {
    const auto watched = team.servers.find(server);
    if (watched == team.servers.end())
        return nullptr;
    const auto& tables = watched->second.tables;
    const auto found =
        std::ranges::find(tables, id, [](const auto& each) { return each->table->id; });
    return found == tables.end() ? nullptr : *found;
}

} // namespace

/// Between its row and memory. `table->series` lacks those of `fresh`, in their order.
struct PreparedPush {
    PreparedPush(ServerId of, SeriesMemory& memory, keyring::Keyring& keyring, TeamPtr team)
        : server(of), log(memory, keyring, std::move(team)) {}

    const ServerId server;
    LogWrite log;
    FrameTablePtr table{};
    std::vector<FreshSeries> fresh{};
    bool is_new = false;         ///< the table
    std::uint64_t forgotten = 0; ///< when the server's name was asked for
    std::size_t first_tick = 0;  ///< those before are too old
};

namespace {

/// With the team's lock. From now on the table is known, unless its server was renamed meanwhile.
FrameTablePtr admit_table(TeamSeries& team, WatchedServer& watched, const PreparedPush& prepared) {
    auto table = std::make_shared<FrameTable>(*prepared.table);
    auto fresh = prepared.fresh.begin();
    for (Series*& series : table->series) {
        if (series)
            continue;
        series = &team.index.add(fresh->id, fresh->key);
        series->of_server = true;
        ++fresh;
    }
    if (watched.forgotten == prepared.forgotten) {
        watched.tables.push_front(table);
        if (watched.tables.size() > tables_max)
            watched.tables.pop_back();
    }
    return table;
}

} // namespace

FrameStore::FrameStore(BlockStore& series, keyring::Keyring& keyring, const Clock& clock,
                       std::chrono::days retention)
    : series_(series), keyring_(keyring), clock_(clock), retention_(retention) {}

std::optional<AppendResult> FrameStore::find_fault(const wire::Push& push,
                                                   std::int64_t oldest_ms) const {
    if (push.series && !is_table_of(*push.series, push))
        return AppendResult::wrong_table;
    if (push.times_ms.empty())
        return std::nullopt;
    if (push.times_ms.back() > (clock_.now() + ahead_max).us / 1000)
        return AppendResult::rejected_time;
    if (push.times_ms.back() < oldest_ms)
        return AppendResult::too_old;
    return std::nullopt;
}

Appended FrameStore::append(db::Tx& tx, ServerId server, const Frame& frame) {
    const wire::Push& push = frame.push;
    const std::int64_t oldest_ms = (clock_.now() - retention_).us / 1000;
    if (const auto fault = find_fault(push, oldest_ms))
        return {*fault};
    SeriesMemory& memory = series_.memory();
    memory.check_room();
    auto prepared = std::make_shared<PreparedPush>(server, memory, keyring_, memory.get_team(tx));
    TeamSeries& team = prepared->log.team();
    {
        const std::shared_lock lock(team.mutex);
        prepared->table = find_table(team, server, push.table);
        if (const auto watched = team.servers.find(server); watched != team.servers.end())
            prepared->forgotten = watched->second.forgotten;
    }
    if (!prepared->table) {
        if (!push.series)
            return {AppendResult::unknown_table};
        if (const auto fault = resolve(team, server, frame, *prepared))
            return {*fault};
    }
    if (prepared->table->series.size() != push.series_count)
        return {AppendResult::wrong_table};
    insert(tx, frame, oldest_ms, *prepared);
    return {AppendResult::stored, std::move(prepared)};
}

std::optional<AppendResult> FrameStore::resolve(TeamSeries& team, ServerId server,
                                                const Frame& frame, PreparedPush& prepared) const {
    const std::string name = frame.find_name();
    const std::string id = to_string(server);
    const std::int64_t now = series_.memory().now_ms();
    const std::int64_t active_since = floor_to(now, window_ms) - window_ms;
    const wire::Push& push = frame.push;
    auto table = std::make_shared<FrameTable>(
        FrameTable{std::make_shared<const Table>(Table{push.table, *push.series}), {}});

    const std::shared_lock lock(team.mutex);
    for (const wire::Series& series : *push.series) {
        const auto key = key_of(series, name, id);
        if (!key)
            return AppendResult::wrong_table;
        Series* known = team.index.find(*key);
        table->series.push_back(known);
        if (!known)
            prepared.fresh.push_back({*key, push.times_ms.empty() ? now : push.times_ms.front(),
                                      push.times_ms.empty() ? now : push.times_ms.back()});
    }
    const auto active = std::ranges::count_if(
        team.index.match(
            {*promql::Matcher::make(promql::MatchKind::equal, std::string(server_id_label), id)}),
        [&](const Series* series) { return series->active_window >= active_since; });
    if (static_cast<std::size_t>(active) + prepared.fresh.size() > wire::series_max)
        return AppendResult::too_wide;
    prepared.table = std::move(table);
    prepared.is_new = true;
    return std::nullopt;
}

void FrameStore::insert(db::Tx& tx, const Frame& frame, std::int64_t oldest_ms,
                        PreparedPush& prepared) {
    if (!prepared.fresh.empty())
        prepared.log.insert_series(tx, prepared.fresh, prepared.server);
    const auto& times = frame.push.times_ms;
    if (times.empty())
        return;
    std::vector<std::int64_t> ids;
    auto fresh = prepared.fresh.begin();
    for (const Series* series : prepared.table->series) {
        ids.push_back(series ? series->id : (fresh++)->id);
    }
    prepared.first_tick =
        static_cast<std::size_t>(std::ranges::lower_bound(times, oldest_ms) - times.begin());
    prepared.log.insert_row(
        tx, prepared.first_tick == 0
                ? encode_frame_row(ids, frame.bytes)
                : encode_frame_row(ids, wire::encode_push(cut(frame.push, prepared.first_tick))));
}

void FrameStore::publish(const wire::Push& push, const Appended& done) {
    if (!done.prepared)
        return;
    const PreparedPush& prepared = *done.prepared;
    TeamSeries& team = prepared.log.team();
    const Arrival arrival = prepared.log.arrive();
    std::optional<Usage> usage;
    if (!push.times_ms.empty()) {
        const std::size_t last = push.times_ms.size() - 1;
        usage = read_usage({push.times_ms[last], *prepared.table->table, push.values.data() + last,
                            push.times_ms.size()});
    }
    std::int64_t latest_ms = long_ago;
    {
        std::size_t taken = 0;
        std::vector<Sample> samples;
        const std::unique_lock lock(team.mutex);
        prepared.log.note_published();
        WatchedServer& watched = team.servers[prepared.server];
        if (watched.erased)
            return;
        const FrameTablePtr table =
            prepared.is_new ? admit_table(team, watched, prepared) : prepared.table;
        for (std::size_t i = 0; i < table->series.size(); ++i) {
            read_column(push, i, prepared.first_tick, samples);
            if (!samples.empty())
                taken += team.add_samples(*table->series[i], samples, arrival);
        }
        series_.memory().add_bytes(taken);
        latest_ms = watched.latest_ms;
        if (usage) {
            watched.latest_ms = std::max(latest_ms, push.times_ms.back());
            if (!watched.usage || !*watched.usage || (*watched.usage)->at <= usage->at)
                watched.usage = usage;
        }
    }
    tell(team.team, prepared, push, latest_ms);
}

void FrameStore::tell(TeamId team, const PreparedPush& prepared, const wire::Push& push,
                      std::int64_t latest_ms) const {
    if (!subscribers_.wanted(team))
        return;
    const std::int64_t now = series_.memory().now_ms();
    std::vector<double> values(push.series_count);
    for (std::size_t tick = 0; tick < push.times_ms.size(); ++tick) {
        const std::int64_t time_ms = push.times_ms[tick];
        // A server whose clock was ahead and has been set right is news again at once.
        const bool seen = latest_ms <= now && time_ms <= latest_ms;
        if (seen || time_ms < now - std::chrono::milliseconds(live_age_max).count())
            continue;
        for (std::size_t i = 0; i < values.size(); ++i) {
            values[i] = push.column(i)[tick];
        }
        subscribers_.tell(
            {team, prepared.server, {time_ms * 1000}, *prepared.table->table, values});
    }
}

Range FrameStore::range(db::Tx& tx, ServerId server, const RangeQuery& query) {
    return read_range(series_, tx, server, query);
}

std::optional<Usage> FrameStore::find_usage(db::Tx& tx, ServerId server) {
    const TeamPtr team = series_.memory().get_team(tx);
    const Time now = clock_.now();
    std::optional<std::optional<Usage>> usage;
    {
        const std::shared_lock lock(team->mutex);
        if (const auto watched = team->servers.find(server); watched != team->servers.end())
            usage = watched->second.usage;
    }
    if (!usage) {
        usage = read_latest_usage(series_, tx, server, now - usage_age_max, now + ahead_max);
        const std::unique_lock lock(team->mutex);
        WatchedServer& watched = team->servers[server];
        if (!watched.usage)
            watched.usage = usage;
    }
    if (*usage && (*usage)->at < now - usage_age_max)
        return std::nullopt;
    return *usage;
}

Subscription FrameStore::subscribe(TeamId team, OnPoint on_point) {
    return subscribers_.add(team, std::move(on_point));
}

void FrameStore::note_renamed(TeamId id, ServerId server) {
    const TeamPtr team = series_.memory().find_team(id);
    if (!team)
        return;
    const std::unique_lock lock(team->mutex);
    WatchedServer& watched = team->servers[server];
    watched.tables.clear();
    ++watched.forgotten;
}

void FrameStore::erase_server(db::Tx& tx, ServerId server) {
    const TeamId team = tx.scope().team;
    series_.memory().get_team(tx); // for note_erased: a team that is being read now is read whole
    std::vector<std::int64_t> series;
    for (const db::Row row :
         tx.query(sql::telemetry::delete_series_of_server, {{"team", team}, {"server", server}}))
        series.push_back(row.get<std::int64_t>("series_id"));
    tx.defer(sql::telemetry::erase_windows, {{"team", team}, {"series", series}});
    tx.defer(sql::telemetry::erase_blocks, {{"team", team}, {"series", series}});
}

void FrameStore::note_erased(TeamId id, ServerId server) {
    const TeamPtr team = series_.memory().find_team(id);
    if (!team)
        return;
    series_.memory().blocks().drop_team(id);
    const std::unique_lock lock(team->mutex);
    series_.memory().add_bytes(0 - team->erase_server(server));
}

} // namespace atalaya::telemetry
