// What memory holds of one team: its series, and their samples that are not in blocks yet.
//
// Owned by SeriesMemory and by the writes that are under way; see the locks for which thread may
// do what.
#pragma once

#include "base/ids.hpp"
#include "telemetry/series_index.hpp"
#include "telemetry/series_store.hpp"
#include "telemetry/store.hpp"

#include <array>
#include <atomic>
#include <deque>
#include <limits>
#include <map>
#include <mutex>
#include <optional>
#include <set>
#include <shared_mutex>
#include <unordered_map>

namespace atalaya::telemetry {

/// What memory holds of one window.
struct OpenWindow {
    std::int64_t generation;   ///< the earliest of the log that has rows of it
    std::int64_t last_arrival; ///< by our clock, in milliseconds
    bool late;                 ///< it was over already when the first of this came
};

struct Arrival {
    std::int64_t generation;
    std::int64_t now_ms;
    std::size_t chunk_samples = SeriesHead::chunk_samples;
};

/// A table that an agent sent, and which series its columns are.
struct FrameTable {
    TablePtr table;
    std::vector<Series*> series;
};
using FrameTablePtr = std::shared_ptr<const FrameTable>;

/// A server whose agent has sent something since the start, or that somebody asked for.
struct WatchedServer {
    std::deque<FrameTablePtr> tables; ///< the last ones
    std::uint64_t forgotten = 0;      ///< how often the tables were
    bool erased = false;
    std::int64_t latest_ms = long_ago;           ///< of its ticks
    std::optional<std::optional<Usage>> usage{}; ///< at its latest tick, when that is known
};

/// Where what was leaving is now.
enum class Left { in_windows, in_day, in_memory };

struct TeamSeries {
    TeamSeries(TeamId id, std::uint64_t seed) : team(id), index(seed) {}

    const TeamId team;

    std::atomic<std::int64_t> used_at_ms{0}; ///< when somebody last asked for it
    std::mutex load_mutex;                   ///< held while the rows are read
    std::atomic<bool> loaded{false};         ///< everything that was committed then is here
    std::atomic<bool> doubtful{false};       ///< a write may have been committed and not come here

    mutable std::shared_mutex mutex; ///< over all below
    SeriesIndex index;
    /// How many series last received a sample in which window of our clock.
    std::map<std::int64_t, std::int64_t> active;
    std::map<std::int64_t, OpenWindow> windows;
    /// The windows that are being written into blocks.
    std::map<std::int64_t, OpenWindow> leaving;
    std::int64_t newest_ms = long_ago; ///< of all samples
    /// The days of which app.metric_windows may have rows.
    std::set<std::int64_t> unmerged_days;
    /// The windows of these days that were over when they came.
    std::set<std::int64_t> late_windows;
    std::unordered_map<ServerId, WatchedServer> servers;
    /// Series of servers that were deleted, until the compactor has removed them.
    std::vector<std::int64_t> erased_series;
    std::array<std::int64_t, refusal_count> refused{};
    std::optional<StoredStats> stored; ///< as it was last counted
    std::size_t head_bytes = 0;
    std::size_t closing_bytes = 0; ///< that became free when the tails of `leaving` were closed

    // All with the lock, and what changes something with the exclusive one.

    std::int64_t count_active(std::int64_t now_ms) const;
    /// Gives how many bytes were taken; they are counted in head_bytes.
    std::size_t add_samples(Series& series, std::span<const Sample> samples,
                            const Arrival& arrival);
    /// Where the earliest window starts of which memory holds something.
    std::int64_t first_window() const;
    /// The earliest generation of the log that holds what no block does.
    std::int64_t oldest_generation() const;
    bool is_over(std::int64_t window, std::int64_t now_ms) const;

    /// All that it holds is in blocks and merged, and no count would be lost with it.
    bool is_settled() const;
    /// Takes the samples of a deleted server out of sight; gives how many bytes became free.
    std::size_t erase_server(ServerId server);

    // Only while nobody else holds the team:

    /// Removes the series of which nothing is kept from `day` on, and gives their ids.
    std::vector<std::int64_t> remove_series_before(std::int64_t day, std::int64_t now_ms);
    void remove_erased();

    /// All windows of a span of time.
    std::vector<Series*> begin_leaving(std::int64_t from_ms, std::int64_t to_ms);
    /// Gives how many bytes became free.
    std::size_t end_leaving(const std::vector<Series*>& series, Left left);

  private:
    void note_window(std::int64_t window, const Arrival& arrival);
    std::vector<std::int64_t> remove_if(const std::function<bool(const Series&)>& is_over);
};
using TeamPtr = std::shared_ptr<TeamSeries>;

} // namespace atalaya::telemetry
