#include "telemetry/block_store.hpp"

#include "base/log.hpp"
#include "db/tx.hpp"
#include "telemetry/series_key.hpp"
#include "telemetry/series_place.hpp"
#include "telemetry_sql.hpp"

#include <algorithm>
#include <cstring>
#include <utility>

namespace atalaya::telemetry {
namespace {

/// How far a sender's clock may be ahead of ours.
constexpr std::int64_t ahead_max_ms = 10 * 60'000;

std::uint64_t make_seed(Random& random) {
    std::uint64_t seed;
    const Bytes bytes = random.bytes(sizeof seed);
    std::memcpy(&seed, bytes.data(), sizeof seed);
    return seed;
}

void refuse(Written& written, Refusal why, std::size_t samples, const std::string& reason,
            const SeriesWrite& write) {
    if (samples == 0)
        return;
    written.refused[static_cast<std::size_t>(why)] += samples;
    if (written.first_refusal.empty())
        written.first_refusal = reason + ": " + describe_series(write.labels);
}

bool overlaps(const Series& series, promql::TimeRange range) {
    return series.first_ms <= range.to_ms && series.last_ms >= range.from_ms;
}

} // namespace

BlockStore::BlockStore(keyring::Keyring& keyring, const Clock& clock, Random& random,
                       BlockStoreOptions options)
    : keyring_(keyring), clock_(clock), options_(options), seed_(make_seed(random)) {}

BlockStore::TeamPtr BlockStore::get_team(db::Tx& tx) {
    TeamPtr team;
    {
        const std::lock_guard lock(teams_mutex_);
        TeamPtr& place = teams_[tx.scope().team];
        if (!place)
            place = std::make_shared<TeamSeries>(tx.scope().team, seed_);
        team = place;
    }
    if (!team->loaded) {
        const std::lock_guard lock(team->load_mutex);
        if (!team->loaded)
            load(tx, *team);
    }
    return team;
}

void BlockStore::load(db::Tx& tx, TeamSeries& team) {
    {
        const std::lock_guard lock(generation_mutex_);
        if (generation_ == 0) {
            const db::Rows rows = tx.query(sql::telemetry::list_generations);
            const std::size_t count = rows.size();
            generation_ = count == 0 ? 1 : rows[count - 1].get<std::int64_t>("generation") + 1;
        }
    }
    const std::unique_lock lock(team.mutex);
    load_series(tx, team);
    load_log(tx, team);
    team.loaded = true;
}

void BlockStore::load_series(db::Tx& tx, TeamSeries& team) {
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
            Series& series = team.index.add(after, as_text(*key));
            series.stored_first_day = row.get<std::int64_t>("first_day");
            series.stored_last_day = row.get<std::int64_t>("last_day");
            series.first_ms = series.stored_first_day * day_ms;
            series.last_ms = (series.stored_last_day + 1) * day_ms - 1;
        }
    }
}

void BlockStore::load_log(db::Tx& tx, TeamSeries& team) {
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
            const auto row = plain ? parse_metric_row(*plain) : std::nullopt;
            if (!row) {
                log::error("metrics.log_damaged", {{"generation", std::to_string(generation)},
                                                   {"seq", std::to_string(seq)}});
                continue;
            }
            std::span<const Sample> samples(row->samples);
            for (std::size_t i = 0; i < row->series.size(); ++i) {
                const auto mine = samples.first(row->counts[i]);
                samples = samples.subspan(row->counts[i]);
                if (const auto found = by_id.find(row->series[i]); found != by_id.end())
                    team.add_samples(*found->second, mine, std::min(now_ms(), mine.back().time_ms));
            }
        }
    }
}

Written BlockStore::append(db::Tx& tx, std::span<const SeriesWrite> writes) {
    Written written;
    auto prepared = std::make_shared<PreparedWrite>();
    prepared->team = get_team(tx);
    admit(*prepared->team, writes, *prepared, written);
    written.samples = prepared->row.samples.size();
    if (!prepared->fresh.empty())
        insert_series(tx, *prepared);
    if (written.samples > 0)
        insert_row(tx, *prepared);
    written.prepared = std::move(prepared);
    return written;
}

void BlockStore::admit(TeamSeries& team, std::span<const SeriesWrite> writes,
                       PreparedWrite& prepared, Written& written) {
    const std::int64_t now = now_ms();
    const std::int64_t newest = now + ahead_max_ms;
    const std::int64_t oldest = now - std::chrono::milliseconds(options_.retention).count();
    const std::int64_t active_since = floor_to(now, window_ms) - window_ms;
    std::unordered_set<std::string> fresh;
    std::string key;
    MetricRow& row = prepared.row;

    const std::shared_lock lock(team.mutex);
    std::int64_t room = options_.series_max - team.count_active(now);
    for (const SeriesWrite& write : writes) {
        if (write.samples.empty())
            continue;
        write_series_key(write.labels, key);
        Series* series = team.index.find(key);
        if (!series) {
            if (const std::string fault = find_label_fault(write.labels); !fault.empty()) {
                refuse(written, Refusal::bad_labels, write.samples.size(), fault, write);
                continue;
            }
        }
        const std::size_t before = row.samples.size();
        std::size_t too_old = 0, too_new = 0;
        for (const Sample& sample : write.samples) {
            if (sample.time_ms > newest)
                ++too_new;
            else if (sample.time_ms < oldest)
                ++too_old;
            else
                row.samples.push_back(sample);
        }
        refuse(written, Refusal::too_new, too_new, "a sample lies in the future", write);
        refuse(written, Refusal::too_old, too_old, "a sample is older than what is kept", write);
        const std::size_t taken = row.samples.size() - before;
        if (taken == 0)
            continue;
        const bool active = series ? series->active_window >= active_since : fresh.contains(key);
        if (!active && room <= 0) {
            row.samples.resize(before);
            refuse(written, Refusal::too_many_series, taken,
                   "the team has as many active series as it may have; most differ in " +
                       team.index.widest_label(),
                   write);
            continue;
        }
        if (!active)
            --room;
        if (!series) {
            prepared.fresh.push_back({row.series.size(), key});
            fresh.insert(key);
        }
        row.series.push_back(series ? series->id : 0);
        row.counts.push_back(static_cast<std::uint32_t>(taken));
        prepared.known.push_back(series);
    }
}

/// In the order of their keys, so that two writers that make the same series wait for each other
/// and never in a circle.
void BlockStore::insert_series(db::Tx& tx, PreparedWrite& prepared) {
    struct Fresh {
        std::string_view key;
        std::int64_t first_day, last_day;
        std::int64_t id = 0;
    };
    const TeamId team = tx.scope().team;
    std::map<Bytes, Fresh> by_hash;
    std::vector<Bytes> hashes;
    std::vector<std::size_t> starts;
    std::size_t start = 0;
    for (const std::uint32_t count : prepared.row.counts) {
        starts.push_back(start);
        start += count;
    }
    for (const auto& each : prepared.fresh) {
        hashes.push_back(to_bytes(keyring_.blind_index(team, series_purpose, each.key)));
        const auto [first, last] = std::ranges::minmax(
            std::span(prepared.row.samples).subspan(starts[each.at], prepared.row.counts[each.at]),
            {}, &Sample::time_ms);
        by_hash.try_emplace(hashes.back(), Fresh{each.key, floor_to(first.time_ms, day_ms) / day_ms,
                                                 floor_to(last.time_ms, day_ms) / day_ms});
    }
    std::vector<Bytes> keys, bodies;
    std::vector<std::int64_t> first_days, last_days;
    for (const auto& [hash, each] : by_hash) {
        keys.push_back(hash);
        first_days.push_back(each.first_day);
        last_days.push_back(each.last_day);
        bodies.push_back(keyring_.seal(team, series_purpose, place_of(hash), as_bytes(each.key)));
    }
    const auto note_ids = [&](const db::Rows& rows) {
        for (const db::Row row : rows) {
            by_hash.at(row.get<Bytes>("key")).id = row.get<std::int64_t>("series_id");
        }
        return rows.size();
    };
    if (note_ids(tx.query(sql::telemetry::insert_series, {{"team", team},
                                                          {"keys", keys},
                                                          {"first_days", first_days},
                                                          {"last_days", last_days},
                                                          {"bodies", bodies}})) < keys.size())
        note_ids(tx.query(sql::telemetry::find_series, {{"team", team}, {"keys", keys}}));
    for (std::size_t i = 0; i < hashes.size(); ++i) {
        prepared.row.series[prepared.fresh[i].at] = by_hash.at(hashes[i]).id;
    }
}

void BlockStore::insert_row(db::Tx& tx, PreparedWrite& prepared) {
    const TeamId team = tx.scope().team;
    std::int64_t seq;
    bool made;
    {
        const std::lock_guard lock(generation_mutex_);
        prepared.generation = generation_;
        seq = next_seq_++;
        made = made_.contains(generation_);
    }
    if (!made)
        tx.defer(sql::telemetry::ensure_generation, {{"generation", prepared.generation}});
    tx.defer(sql::telemetry::insert_log,
             {{"team", team},
              {"generation", prepared.generation},
              {"seq", seq},
              {"body", keyring_.seal(team, metric_log_purpose, place_of(prepared.generation, seq),
                                     encode_metric_row(prepared.row))}});
}

void BlockStore::publish(TeamId, const Written& written) {
    if (!written.prepared)
        return;
    const PreparedWrite& prepared = *written.prepared;
    TeamSeries& team = *prepared.team;
    {
        const std::lock_guard lock(generation_mutex_);
        made_.insert(prepared.generation);
    }
    const std::int64_t now = now_ms();
    const std::unique_lock lock(team.mutex);
    for (std::size_t i = 0; i < refusal_count; ++i) {
        team.refused[i] += static_cast<std::int64_t>(written.refused[i]);
    }
    std::span<const Sample> samples(prepared.row.samples);
    auto fresh = prepared.fresh.begin();
    for (std::size_t i = 0; i < prepared.known.size(); ++i) {
        Series* series = prepared.known[i];
        if (!series)
            series = &team.index.add(prepared.row.series[i], (fresh++)->key);
        team.add_samples(*series, samples.first(prepared.row.counts[i]), now);
        samples = samples.subspan(prepared.row.counts[i]);
    }
}

void BlockStore::select(db::Tx& tx, const promql::Matchers& matchers, promql::TimeRange range,
                        const promql::Source::OnSeries& use) {
    const TeamPtr team = get_team(tx);
    std::vector<const Series*> found;
    {
        const std::shared_lock lock(team->mutex);
        found = team->index.match(matchers);
    }
    std::vector<Sample> samples;
    std::vector<std::int64_t> times_ms;
    std::vector<double> values;
    for (const Series* series : found) {
        samples.clear();
        times_ms.clear();
        values.clear();
        {
            const std::shared_lock lock(team->mutex);
            if (overlaps(*series, range))
                series->head.collect(range.from_ms, range.to_ms, samples);
        }
        order_samples(samples);
        for (const Sample& sample : samples) {
            times_ms.push_back(sample.time_ms);
            values.push_back(sample.value);
        }
        if (!samples.empty())
            use({team->index.labels_of(*series), times_ms, values});
    }
}

void BlockStore::list(db::Tx& tx, const promql::Matchers& matchers, promql::TimeRange range,
                      const std::function<void(const Labels&)>& use) {
    const TeamPtr team = get_team(tx);
    std::vector<const Series*> found;
    {
        const std::shared_lock lock(team->mutex);
        found = team->index.match(matchers);
        std::erase_if(found, [&](const Series* series) { return !overlaps(*series, range); });
    }
    for (const Series* series : found) {
        use(*team->index.labels_of(*series));
    }
}

SeriesStats BlockStore::stats(db::Tx& tx) {
    const TeamPtr team = get_team(tx);
    SeriesStats stats;
    stats.series_max = options_.series_max;
    const std::shared_lock lock(team->mutex);
    stats.active_series = team->count_active(now_ms());
    stats.refused = team->refused;
    return stats;
}

} // namespace atalaya::telemetry
