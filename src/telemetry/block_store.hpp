// SeriesStore over PostgreSQL (migrations/0002_metrics.sql): each write is one sealed row of a log,
// and what the rows hold is in memory as well, until it is in blocks.
//
// Owned by the program; any thread. One program at a time may write to a database. A team is read
// into memory when it is first asked for: its series, and the rows that are left.
#pragma once

#include "base/random.hpp"
#include "keyring/keyring.hpp"
#include "telemetry/series_store.hpp"
#include "telemetry/team_series.hpp"

#include <chrono>
#include <mutex>
#include <unordered_map>
#include <unordered_set>

namespace atalaya::telemetry {

struct BlockStoreOptions {
    std::chrono::days retention{30};
    std::int64_t series_max = 200'000; ///< active ones of a team
};

class BlockStore final : public SeriesStore {
  public:
    BlockStore(keyring::Keyring& keyring, const Clock& clock, Random& random,
               BlockStoreOptions options = {});

    Written append(db::Tx& tx, std::span<const SeriesWrite> writes) override;
    void publish(TeamId team, const Written& written) override;
    void select(db::Tx& tx, const promql::Matchers& matchers, promql::TimeRange range,
                const promql::Source::OnSeries& use) override;
    void list(db::Tx& tx, const promql::Matchers& matchers, promql::TimeRange range,
              const std::function<void(const Labels&)>& use) override;
    SeriesStats stats(db::Tx& tx) override;

  private:
    using TeamPtr = std::shared_ptr<TeamSeries>;

    TeamPtr get_team(db::Tx& tx);
    void load(db::Tx& tx, TeamSeries& team);
    void load_series(db::Tx& tx, TeamSeries& team);
    void load_log(db::Tx& tx, TeamSeries& team);
    void admit(TeamSeries& team, std::span<const SeriesWrite> writes, PreparedWrite& prepared,
               Written& written);
    void insert_series(db::Tx& tx, PreparedWrite& prepared);
    void insert_row(db::Tx& tx, PreparedWrite& prepared);
    std::int64_t now_ms() const { return clock_.now().us / 1000; }

    keyring::Keyring& keyring_;
    const Clock& clock_;
    const BlockStoreOptions options_;
    const std::uint64_t seed_;
    std::mutex teams_mutex_;
    std::unordered_map<TeamId, TeamPtr> teams_;
    std::mutex generation_mutex_;
    std::int64_t generation_ = 0; ///< which is written; 0: not known yet
    std::int64_t next_seq_ = 1;
    std::unordered_set<std::int64_t> made_; ///< generations whose partitions are committed
};

} // namespace atalaya::telemetry
