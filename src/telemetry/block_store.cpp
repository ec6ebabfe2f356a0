#include "telemetry/block_store.hpp"

#include "telemetry/block_reader.hpp"
#include "telemetry/log_write.hpp"
#include "telemetry/series_key.hpp"
#include "telemetry_sql.hpp"

#include <algorithm>
#include <cstring>
#include <unordered_set>
#include <utility>

namespace atalaya::telemetry {
namespace {

/// How far a sender's clock may be ahead of ours.
constexpr std::int64_t ahead_max_ms = 10 * 60'000;

/// To count millions of rows takes seconds.
constexpr Micros stored_stats_age_max = std::chrono::minutes(5);

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

/// `known` and `fresh` are as row.series has them, those of `fresh` where there is none in `known`.
struct PreparedWrite {
    PreparedWrite(SeriesMemory& memory, keyring::Keyring& keyring, TeamPtr team)
        : log(memory, keyring, std::move(team)) {}

    LogWrite log;
    MetricRow row{};
    std::vector<Series*> known{};
    std::vector<FreshSeries> fresh{};
};

BlockStore::BlockStore(keyring::Keyring& keyring, const Clock& clock, Random& random,
                       BlockStoreOptions options)
    : keyring_(keyring),
      options_(options),
      memory_(keyring, clock, make_seed(random), options.memory_bytes_max) {}

Written BlockStore::append(db::Tx& tx, std::span<const SeriesWrite> writes) {
    Written written;
    memory_.check_room();
    auto prepared = std::make_shared<PreparedWrite>(memory_, keyring_, memory_.get_team(tx));
    admit(prepared->log.team(), writes, *prepared, written);
    written.samples = prepared->row.samples.size();
    if (!prepared->fresh.empty())
        insert_series(tx, *prepared);
    if (written.samples > 0)
        prepared->log.insert_row(tx, encode_metric_row(prepared->row));
    written.prepared = std::move(prepared);
    return written;
}

void BlockStore::admit(TeamSeries& team, std::span<const SeriesWrite> writes,
                       PreparedWrite& prepared, Written& written) {
    const std::int64_t now = memory_.now_ms();
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
        if (!series || series->of_server) {
            const std::string fault = names_server(write.labels)
                                          ? "server_id names a server, and its agent alone may"
                                          : find_label_fault(write.labels);
            if (!fault.empty()) {
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
            const auto [first, last] =
                std::ranges::minmax(std::span(row.samples).subspan(before), {}, &Sample::time_ms);
            prepared.fresh.push_back({key, first.time_ms, last.time_ms});
            fresh.insert(key);
        }
        row.series.push_back(series ? series->id : 0);
        row.counts.push_back(static_cast<std::uint32_t>(taken));
        prepared.known.push_back(series);
    }
}

void BlockStore::insert_series(db::Tx& tx, PreparedWrite& prepared) {
    prepared.log.insert_series(tx, prepared.fresh, {});
    auto fresh = prepared.fresh.begin();
    for (std::size_t i = 0; i < prepared.known.size(); ++i) {
        if (!prepared.known[i])
            prepared.row.series[i] = (fresh++)->id;
    }
}

void BlockStore::publish(TeamId, const Written& written) {
    if (!written.prepared)
        return;
    const PreparedWrite& prepared = *written.prepared;
    TeamSeries& team = prepared.log.team();
    const Arrival arrival = prepared.log.arrive();
    std::size_t taken = 0;
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
        taken += team.add_samples(*series, samples.first(prepared.row.counts[i]), arrival);
        samples = samples.subspan(prepared.row.counts[i]);
    }
    memory_.add_bytes(taken);
    prepared.log.note_published();
}

void BlockStore::select(db::Tx& tx, const promql::Matchers& matchers, promql::TimeRange range,
                        const promql::Source::OnSeries& use) {
    const TeamPtr team = memory_.get_team(tx);
    std::vector<const Series*> found;
    {
        const std::shared_lock lock(team->mutex);
        found = team->index.match(matchers);
        std::erase_if(found, [&](const Series* series) { return !overlaps(*series, range); });
    }
    std::ranges::sort(found, {}, &Series::id);
    BlockReader(tx, keyring_, memory_, *team, range)
        .read(found, [&](std::size_t place, const PointsView& points) {
            use({team->index.labels_of(*found[place]), points.times_ms, points.values});
        });
}

std::vector<Points> BlockStore::read(db::Tx& tx, std::span<const LabelsPtr> series,
                                     promql::TimeRange range) {
    struct Found {
        const Series* series;
        std::size_t place; ///< in what is asked for
    };
    const TeamPtr team = memory_.get_team(tx);
    std::vector<Found> found;
    {
        std::string key;
        std::vector<LabelView> labels;
        const std::shared_lock lock(team->mutex);
        for (std::size_t i = 0; i < series.size(); ++i) {
            labels.clear();
            for (const Label& label : *series[i])
                labels.push_back({label.name, label.value});
            write_series_key(labels, key);
            if (const Series* each = team->index.find(key))
                found.push_back({each, i});
        }
    }
    std::ranges::sort(found, {}, [](const Found& each) { return each.series->id; });
    std::vector<const Series*> some;
    for (const Found& each : found) {
        some.push_back(each.series);
    }
    std::vector<Points> ordered(series.size());
    BlockReader(tx, keyring_, memory_, *team, range)
        .read(some, [&](std::size_t place, const PointsView& points) {
            ordered[found[place].place] = {{points.times_ms.begin(), points.times_ms.end()},
                                           {points.values.begin(), points.values.end()}};
        });
    return ordered;
}

void BlockStore::list(db::Tx& tx, const promql::Matchers& matchers, promql::TimeRange range,
                      const std::function<void(const ListedSeries&)>& use) {
    struct Found {
        const Series* series;
        promql::TimeRange range;
    };
    const TeamPtr team = memory_.get_team(tx);
    std::vector<Found> found;
    {
        const std::shared_lock lock(team->mutex);
        for (const Series* series : team->index.match(matchers)) {
            if (overlaps(*series, range))
                found.push_back({series, {series->first_ms, series->last_ms}});
        }
    }
    for (const Found& each : found) {
        use({team->index.labels_of(*each.series), each.range});
    }
}

std::vector<std::string> BlockStore::list_values(db::Tx& tx, std::string_view label,
                                                 const promql::Matchers& matchers,
                                                 promql::TimeRange range) {
    const TeamPtr team = memory_.get_team(tx);
    const std::shared_lock lock(team->mutex);
    const auto values = team->index.values_of(
        label, matchers, [&](const Series& series) { return overlaps(series, range); });
    return {values.begin(), values.end()};
}

std::vector<std::string> BlockStore::list_labels(db::Tx& tx, const promql::Matchers& matchers,
                                                 promql::TimeRange range) {
    const TeamPtr team = memory_.get_team(tx);
    const std::shared_lock lock(team->mutex);
    const auto labels = team->index.list_labels(
        matchers, [&](const Series& series) { return overlaps(series, range); });
    return {labels.begin(), labels.end()};
}

MemoryStats BlockStore::measure_memory(db::Tx& tx, std::size_t ranked) {
    const TeamPtr team = memory_.get_team(tx);
    MemoryStats stats;
    stats.series_max = options_.series_max;
    const std::shared_lock lock(team->mutex);
    stats.series = static_cast<std::int64_t>(team->index.size());
    stats.active_series = team->count_active(memory_.now_ms());
    for (const Series& series : team->index.all()) {
        stats.samples += static_cast<std::int64_t>(series.head.samples());
        stats.chunks += static_cast<std::int64_t>(series.head.chunks());
    }
    if (stats.samples > 0) {
        stats.first_ms = team->first_window();
        stats.last_ms = team->newest_ms;
    }
    stats.refused = team->refused;
    stats.cardinality = team->index.rank(ranked);
    return stats;
}

StoredStats BlockStore::measure_stored(db::Tx& tx) {
    const TeamPtr team = memory_.get_team(tx);
    const Time now{memory_.now_ms() * 1000};
    {
        const std::shared_lock lock(team->mutex);
        if (team->stored && now - team->stored->at < stored_stats_age_max)
            return *team->stored;
    }
    const db::Row row = tx.query_one(sql::telemetry::measure_metrics, {{"team", tx.scope().team}});
    const StoredStats stored{now, row.get<std::int64_t>("samples"), row.get<std::int64_t>("bytes")};
    const std::unique_lock lock(team->mutex);
    team->stored = stored;
    return stored;
}

} // namespace atalaya::telemetry
