#include "telemetry/push_store.hpp"

#include "base/check.hpp"
#include "telemetry/body.hpp"
#include "telemetry/buckets.hpp"
#include "telemetry/push_reader.hpp"
#include "telemetry/seal_place.hpp"
#include "telemetry/usage.hpp"
#include "telemetry_sql.hpp"

#include <algorithm>

namespace atalaya::telemetry {
namespace {

/// How far a server's clock may be ahead of ours.
constexpr Micros ahead_max = std::chrono::minutes(10);

constexpr std::int64_t day_us = 86'400'000'000;

bool is_table_of(const wire::SeriesTable& series, const wire::Push& push) {
    return series.size() == push.series_count &&
           wire::table_id(crypto::sha256(wire::encode_table(series))) == push.table;
}

std::vector<Tick> cut_into_ticks(const wire::Push& push, const TablePtr& table,
                                 std::int64_t from_ms) {
    std::vector<Tick> ticks;
    for (std::size_t i = 0; i < push.times_ms.size(); ++i) {
        if (push.times_ms[i] >= from_ms)
            ticks.push_back(Tick::copy(
                {push.times_ms[i], *table, push.values.data() + i, push.times_ms.size()}, table));
    }
    return ticks;
}

} // namespace

PushStore::PushStore(keyring::Keyring& keyring, const Clock& clock, PushStoreOptions options)
    : keyring_(keyring),
      clock_(clock),
      options_(options),
      tables_(keyring, options.table_bytes_max),
      head_(options.head, options.head_bytes_max) {}

Appended PushStore::append(db::Tx& tx, ServerId server, const wire::Push& push) {
    if (push.series && !is_table_of(*push.series, push))
        return {AppendResult::wrong_table};
    const Time now = clock_.now();
    const std::int64_t oldest_ms = (now - options_.retention).us / 1000;
    if (!push.times_ms.empty() && push.times_ms.back() > (now + ahead_max).us / 1000)
        return {AppendResult::rejected_time};
    if (!push.times_ms.empty() && push.times_ms.back() < oldest_ms)
        return {AppendResult::too_old};
    // Two days more than the ticks themselves are kept, since the day of use is noted once a day.
    const std::int64_t today = now.us / day_us;
    const TablePtr table =
        tables_.admit(tx, server, push, today, today - options_.retention.count() - 2);
    if (!table)
        return {AppendResult::unknown_table};
    if (table->series.size() != push.series_count)
        return {AppendResult::wrong_table};
    const bool fresh = push.times_ms.empty() || insert(tx, server, push, oldest_ms);
    return {fresh ? AppendResult::stored : AppendResult::duplicate, table};
}

bool PushStore::insert(db::Tx& tx, ServerId server, const wire::Push& push,
                       std::int64_t oldest_ms) {
    const TeamId team = tx.scope().team;
    const auto stream = static_cast<std::int64_t>(push.stream);
    const auto seq = static_cast<std::int64_t>(push.seq);
    std::vector<std::int64_t> at_us, last_us, ticks;
    std::vector<Bytes> bodies;
    for (const Piece& piece : cut_into_hours(push, oldest_ms)) {
        prepare_hour(tx, piece.first_ms / hour_ms);
        at_us.push_back(piece.first_ms * 1000);
        last_us.push_back(piece.last_ms * 1000);
        ticks.push_back(static_cast<std::int64_t>(piece.ticks));
        bodies.push_back(keyring_.seal(
            team, push_purpose, seal_place(server, {at_us.back(), stream, seq}), piece.body));
    }
    const db::Rows rows = tx.query(sql::telemetry::insert_pushes, {{"team", team},
                                                                   {"server", server},
                                                                   {"stream", stream},
                                                                   {"seq", seq},
                                                                   {"at_us", at_us},
                                                                   {"last_us", last_us},
                                                                   {"ticks", ticks},
                                                                   {"bodies", bodies}});
    return rows.affected() > 0;
}

void PushStore::prepare_hour(db::Tx& tx, std::int64_t hour) {
    {
        const std::lock_guard lock(hours_mutex_);
        if (hours_.contains(hour))
            return;
    }
    tx.defer(sql::telemetry::ensure_partition, {{"at", Time{hour * hour_ms * 1000}}});
}

void PushStore::remember_hours(const wire::Push& push, std::int64_t oldest_ms) {
    const std::lock_guard lock(hours_mutex_);
    for (const std::int64_t time_ms : push.times_ms) {
        if (time_ms >= oldest_ms)
            hours_.insert(time_ms / hour_ms);
    }
}

void PushStore::publish(TeamId team, ServerId server, const wire::Push& push,
                        const Appended& done) {
    const Source source{team, server};
    if (done.result == AppendResult::duplicate) {
        // Perhaps the answer to its first COMMIT was lost, and it never came here.
        head_.forget(source);
        return;
    }
    if (done.result != AppendResult::stored)
        return;
    const Time now = clock_.now();
    tables_.remember(source, done.table, now.us / day_us);
    remember_hours(push, (now - options_.retention).us / 1000);
    std::vector<Tick> ticks = cut_into_ticks(push, done.table, head_.window_start_ms(now));
    if (ticks.empty())
        return;
    head_.set_usage(source, read_usage(ticks.back().view()));
    std::vector<Tick> news;
    if (subscribers_.wanted(team))
        news = ticks;
    const std::optional<std::int64_t> latest_ms = head_.add(source, std::move(ticks), now);
    std::erase_if(news, [&](const Tick& tick) {
        // A server whose clock was ahead and has been set right is news again at once.
        const bool seen = latest_ms && *latest_ms <= now.us / 1000 && tick.time_ms <= *latest_ms;
        return seen || tick.time_ms < (now - live_age_max).us / 1000;
    });
    tell(source, news);
}

void PushStore::tell(const Source& source, const std::vector<Tick>& ticks) {
    for (const Tick& tick : ticks) {
        subscribers_.tell(
            {source.team, source.server, {tick.time_ms * 1000}, *tick.table, tick.values});
    }
}

Range PushStore::range(db::Tx& tx, ServerId server, const RangeQuery& query) {
    CHECK_REQUEST(query.from < query.to);
    const Source source{tx.scope().team, server};
    const std::int64_t from_ms = query.from.us / 1000;
    if (from_ms >= head_.window_start_ms(clock_.now())) {
        if (!head_.is_filled(source))
            fill_head(tx, source);
        if (auto range = read_head(source, query))
            return std::move(*range);
    }
    PushReader reader(tx, keyring_, tables_, server, from_ms, (query.to.us + 999) / 1000);
    auto distances = reader.sample_distances_ms();
    Buckets buckets(query, choose_step_s(query, median_interval_ms(distances)));
    reader.read([&](const TickView& tick, const TablePtr&) { buckets.add(tick); });
    return std::move(buckets).finish();
}

std::optional<Range> PushStore::read_head(const Source& source, const RangeQuery& query) const {
    std::optional<Range> range;
    head_.read(source, query.from.us / 1000, [&](const std::deque<Tick>& ticks) {
        std::vector<std::int64_t> distances;
        for (std::size_t i = 1; i < ticks.size(); ++i) {
            if (ticks[i].time_ms > ticks[i - 1].time_ms)
                distances.push_back(ticks[i].time_ms - ticks[i - 1].time_ms);
        }
        Buckets buckets(query, choose_step_s(query, median_interval_ms(distances)));
        for (const Tick& tick : ticks) {
            buckets.add(tick.view());
        }
        range = std::move(buckets).finish();
    });
    return range;
}

void PushStore::fill_head(db::Tx& tx, const Source& source) {
    const Time now = clock_.now();
    std::int64_t from_ms = head_.window_start_ms(now);
    const std::uint64_t ticket = head_.begin_fill(source);
    Ticks stored;
    PushReader reader(tx, keyring_, tables_, source.server, from_ms,
                      (now + ahead_max).us / 1000 + 1);
    reader.read([&](const TickView& tick, const TablePtr& table) {
        stored.insert(Tick::copy(tick, table));
        while (stored.bytes() > head_.server_bytes_max()) {
            from_ms = stored.all().front().time_ms + 1;
            stored.pop_front();
        }
    });
    head_.fill(source, ticket, std::move(stored), from_ms);
}

std::optional<Usage> PushStore::find_usage(db::Tx& tx, ServerId server) {
    const Source source{tx.scope().team, server};
    const Time now = clock_.now();
    const std::int64_t from_ms = head_.window_start_ms(now);
    auto usage = head_.find_usage(source);
    if (!usage) {
        PushReader reader(tx, keyring_, tables_, server, from_ms, now.us / 1000);
        reader.read_newest(
            [&](const TickView& tick, const TablePtr&) { usage = read_usage(tick); });
        if (usage)
            head_.set_usage(source, *usage);
    }
    if (usage && usage->at.us / 1000 < from_ms)
        return std::nullopt;
    return usage;
}

Subscription PushStore::subscribe(TeamId team, OnPoint on_point) {
    return subscribers_.add(team, std::move(on_point));
}

void PushStore::erase_server(db::Tx& tx, ServerId server) {
    const Source source{tx.scope().team, server};
    tx.defer(sql::telemetry::delete_pushes, {{"team", source.team}, {"server", server}});
    tx.defer(sql::telemetry::delete_tables, {{"team", source.team}, {"server", server}});
    head_.forget(source);
    tables_.forget(source);
}

std::int64_t PushStore::drop_before(db::Connection& connection, Time time) {
    {
        const std::lock_guard lock(hours_mutex_);
        hours_.clear();
    }
    return db::transact(connection, {platform_team, {}}, [&](db::Tx& tx) {
        return tx.query_one(sql::telemetry::drop_partitions, {{"before", time}})
            .get<std::int64_t>("dropped");
    });
}

Stats PushStore::stats(db::Tx& tx) {
    const db::Row row = tx.query_one(sql::telemetry::measure, {{"team", tx.scope().team}});
    return {row.get<std::int64_t>("rows"), row.get<std::int64_t>("bytes")};
}

} // namespace atalaya::telemetry
