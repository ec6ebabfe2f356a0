// What memory holds of one team: its series, and their samples that are not in blocks yet.
//
// Owned by BlockStore and by the writes that are under way; see the locks for which thread may do
// what.
#pragma once

#include "base/ids.hpp"
#include "telemetry/metric_row.hpp"
#include "telemetry/series_index.hpp"
#include "telemetry/series_store.hpp"

#include <array>
#include <atomic>
#include <map>
#include <mutex>
#include <shared_mutex>
#include <unordered_map>
#include <vector>

namespace atalaya::telemetry {

inline constexpr std::int64_t window_ms = 2 * 3'600'000;
inline constexpr std::int64_t day_ms = 24 * 3'600'000;

/// Of the past too, which a plain division would round towards 1970.
inline std::int64_t floor_to(std::int64_t time_ms, std::int64_t span_ms) {
    const std::int64_t rest = time_ms % span_ms;
    return time_ms - (rest < 0 ? rest + span_ms : rest);
}

struct TeamSeries {
    TeamSeries(TeamId id, std::uint64_t seed) : team(id), index(seed) {}

    const TeamId team;

    std::mutex load_mutex;           ///< held while the rows are read
    std::atomic<bool> loaded{false}; ///< everything that was committed then is here

    std::shared_mutex mutex; ///< over all below
    SeriesIndex index;
    /// How many series last received a sample in which window of our clock.
    std::map<std::int64_t, std::int64_t> active;
    std::array<std::int64_t, refusal_count> refused{};

    /// With the lock.
    std::int64_t count_active(std::int64_t now_ms) const;
    /// With the exclusive lock.
    void add_samples(Series& series, std::span<const Sample> samples, std::int64_t now_ms);
};

struct PreparedWrite {
    struct FreshSeries {
        std::size_t at; ///< in row.series
        std::string key;
    };
    std::shared_ptr<TeamSeries> team;
    std::int64_t generation = 0;
    MetricRow row;
    std::vector<Series*> known; ///< as row.series; none for those in `fresh`
    std::vector<FreshSeries> fresh;
};

} // namespace atalaya::telemetry
