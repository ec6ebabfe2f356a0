// What memory holds of all teams: their series, the samples that are not in blocks yet, and the
// generations of the log that hold these too.
//
// Owned by BlockStore; any thread. A team is read from the database when it is first asked for.
#pragma once

#include "db/tx.hpp"
#include "keyring/keyring.hpp"
#include "telemetry/block_cache.hpp"
#include "telemetry/generations.hpp"
#include "telemetry/team_series.hpp"

#include <algorithm>
#include <atomic>
#include <mutex>
#include <semaphore>
#include <thread>
#include <unordered_map>
#include <vector>

namespace atalaya::telemetry {

using SpareThreads = std::counting_semaphore<>;

class SeriesMemory {
  public:
    SeriesMemory(keyring::Keyring& keyring, const Clock& clock, std::uint64_t seed,
                 std::size_t bytes_max)
        : keyring_(keyring),
          clock_(clock),
          seed_(seed),
          bytes_max_(bytes_max),
          blocks_(bytes_max / 4) {}

    /// The transaction's team, read if it was not.
    TeamPtr get_team(db::Tx& tx);
    /// Absent when it was not read.
    TeamPtr find_team(TeamId id) const;
    /// Whether somebody holds the team beside the caller, and so perhaps pointers to its series.
    /// Who comes for it later waits for its lock, if the caller has that.
    bool is_held(const TeamPtr& team) const;
    /// Forgets a team that is settled, held by nobody and not asked for since. It is read again
    /// when somebody asks.
    bool let_go(TeamId id, std::int64_t since_ms);
    /// Reads the rows once more, over what is there: some may have been committed unseen.
    void read_again(db::Tx& tx, TeamSeries& team);

    /// Throws Problem unavailable when samples arrive much faster than blocks are made.
    void check_room() const;
    Generations& generations() { return generations_; }
    /// May take a quarter of what samples may that are not in blocks yet.
    BlockCache& blocks() { return blocks_; }
    /// How many threads may yet be started to unpack blocks for queries, for all teams together.
    SpareThreads& spare_threads() { return spare_threads_; }
    std::size_t bytes_max() const { return bytes_max_; }
    std::size_t bytes() const { return bytes_; }
    /// May wrap around, as differences do.
    void add_bytes(std::size_t bytes) { bytes_ += bytes; }
    std::size_t chunk_samples() const;
    std::int64_t now_ms() const { return clock_.now().us / 1000; }

  private:
    void load(db::Tx& tx, TeamSeries& team);
    void load_series(db::Tx& tx, TeamSeries& team);
    void load_log(db::Tx& tx, TeamSeries& team);
    /// False when it cannot be read.
    bool add_row(TeamSeries& team, const std::unordered_map<std::int64_t, Series*>& by_id,
                 BytesView plain, std::int64_t generation);

    keyring::Keyring& keyring_;
    const Clock& clock_;
    const std::uint64_t seed_;
    const std::size_t bytes_max_;
    BlockCache blocks_;
    SpareThreads spare_threads_{std::max<std::ptrdiff_t>(std::thread::hardware_concurrency(), 2) -
                                1};
    Generations generations_;
    std::atomic<std::size_t> bytes_ = 0;
    mutable std::mutex mutex_;
    std::unordered_map<TeamId, TeamPtr> teams_;
};

} // namespace atalaya::telemetry
