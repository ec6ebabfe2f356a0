// Writes what memory holds into blocks, merges the windows of a day that is over, and drops the
// generations of the log of which nothing is needed any more: one thread with one connection.
//
// Owned by the program, and goes before the store. Each step is one transaction, and a sample that
// is in a block and in the log is one sample: interrupted anywhere, nothing is lost or doubled.
#pragma once

#include "base/background_task.hpp"
#include "telemetry/block_rows.hpp"
#include "telemetry/retention.hpp"
#include "telemetry/series_memory.hpp"

#include <functional>
#include <string_view>
#include <unordered_set>

namespace atalaya::telemetry {

struct CompactorParts {
    keyring::Keyring& keyring;
    SeriesMemory& memory;
    std::function<std::vector<TeamId>()> list_teams; ///< called on the compactor's thread
    /// Of the transaction's team: what is kept for a shorter time than everything.
    std::function<std::vector<RetentionRule>(db::Tx&)> list_rules = [](db::Tx&) {
        return std::vector<RetentionRule>();
    };
    /// Told before each COMMIT of which step it is; what it throws ends the step.
    std::function<void(std::string_view)> before_commit = [](std::string_view) {};
};

class BlockCompactor {
  public:
    BlockCompactor(db::ConnectionOptions connection, CompactorParts parts);

    void start() { task_.start(); }
    void stop() { task_.stop(); }

    /// Does what is due, or, with `everything`, all that can be done. For the own thread, and for
    /// tests that start none.
    void run_once(bool everything = false, std::stop_token stop = {});
    /// Retention (block_retention.cpp), for all teams: what lies in days that ended before `time`
    /// goes, but never the last day. Gives the number of partitions that were dropped. Series of
    /// which nothing is left are forgotten, now or in a later round; and so is, in memory, who has
    /// not asked for anything for an hour.
    std::int64_t drop_before(Time time);

  private:
    enum class Due { over, everything };
    /// What becomes a block of each series at once.
    struct Span {
        BlockKind kind;
        std::int64_t from_ms, to_ms;
    };

    void read_unread(const std::vector<TeamId>& teams);
    void compact(TeamSeries& team, Due due, std::stop_token stop);
    std::vector<Span> list_due(const TeamSeries& team, Due due) const;
    void compact(TeamSeries& team, const Span& span);
    void write(db::Tx& tx, TeamSeries& team, std::span<Series* const> series, const Span& span);
    void merge_days(TeamSeries& team, Due due, std::stop_token stop);
    void merge_day(db::Tx& tx, const std::vector<std::int64_t>& series, std::int64_t day);
    void drop_generations(const std::vector<TeamId>& teams);
    void drop_windows(const std::vector<TeamId>& teams);
    void forget_erased(const TeamPtr& team);
    void drop_by_rules(TeamId id);
    void drop_samples(TeamSeries& team, const std::vector<Series*>& series, std::int64_t day);
    void forget_over();
    bool forget_series(TeamId id);
    TeamPtr find_team_with_series_over(TeamId id);
    bool is_written(TeamId id, std::int64_t generation);
    bool is_short_of_memory() const { return parts_.memory.bytes() > parts_.memory.bytes_max(); }

    const CompactorParts parts_;
    db::Connection connection_;
    std::mutex mutex_;                   ///< one round at a time
    std::unordered_set<TeamId> nothing_; ///< teams without a row of log or windows
    std::unordered_set<TeamId> over_;    ///< teams of which series may have to be forgotten
    std::int64_t over_before_day_ = 0;   ///< those of which nothing is left from this day on
    BackgroundTask task_;
};

} // namespace atalaya::telemetry
