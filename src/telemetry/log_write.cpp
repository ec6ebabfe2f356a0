#include "telemetry/log_write.hpp"

#include "telemetry/series_place.hpp"
#include "telemetry_sql.hpp"

#include <algorithm>
#include <map>

namespace atalaya::telemetry {

LogWrite::~LogWrite() {
    if (generation_ == 0)
        return;
    // Rolled back, or committed while the answer was lost: the rows know.
    if (!published_)
        team_->doubtful = true;
    memory_.generations().end(generation_);
}

/// In the order of their keys, so that two writers that make the same series wait for each other
/// and never in a circle.
void LogWrite::insert_series(db::Tx& tx, std::span<FreshSeries> fresh,
                             std::optional<ServerId> server) {
    struct Wanted {
        std::string_view key;
        std::int64_t first_day, last_day;
        std::int64_t id = 0;
    };
    const TeamId team = tx.scope().team;
    std::map<Bytes, Wanted> by_hash;
    std::vector<Bytes> hashes;
    for (const FreshSeries& each : fresh) {
        hashes.push_back(to_bytes(keyring_.blind_index(team, series_purpose, each.key)));
        by_hash.try_emplace(hashes.back(),
                            Wanted{each.key, day_of(each.first_ms), day_of(each.last_ms)});
    }
    std::vector<Bytes> keys, bodies;
    std::vector<std::int64_t> first_days, last_days;
    for (const auto& [hash, each] : by_hash) {
        keys.push_back(hash);
        first_days.push_back(each.first_day);
        last_days.push_back(each.last_day);
        bodies.push_back(keyring_.seal(team, series_purpose, place_of(hash), as_bytes(each.key)));
    }
    const db::Rows rows = tx.query(sql::telemetry::insert_series, {{"team", team},
                                                                   {"server", server},
                                                                   {"keys", keys},
                                                                   {"first_days", first_days},
                                                                   {"last_days", last_days},
                                                                   {"bodies", bodies}});
    for (const db::Row row : rows) {
        by_hash.at(row.get<Bytes>("key")).id = row.get<std::int64_t>("series_id");
    }
    for (std::size_t i = 0; i < fresh.size(); ++i) {
        fresh[i].id = by_hash.at(hashes[i]).id;
    }
}

void LogWrite::insert_row(db::Tx& tx, BytesView plain) {
    const TeamId team = tx.scope().team;
    const auto [generation, seq, made] = memory_.generations().take(plain.size());
    generation_ = generation;
    if (!made)
        tx.defer(sql::telemetry::ensure_generation, {{"generation", generation}});
    tx.defer(sql::telemetry::insert_log,
             {{"team", team},
              {"generation", generation},
              {"seq", seq},
              {"body", keyring_.seal(team, metric_log_purpose, place_of(generation, seq), plain)}});
}

Arrival LogWrite::arrive() const {
    if (generation_ != 0)
        memory_.generations().note_made(generation_);
    return {generation_, memory_.now_ms(), memory_.chunk_samples()};
}

} // namespace atalaya::telemetry
