// The generations of app.metric_log: which one is written, and which ones are still needed by
// writes under way.
//
// Owned by SeriesMemory; any thread. A generation may be dropped when no write to it or to an
// earlier one is under way, and all that was written to it lies in blocks.
#pragma once

#include <cstdint>
#include <map>
#include <mutex>
#include <unordered_set>

namespace atalaya::telemetry {

class Generations {
  public:
    /// A row that is about to be written.
    struct Place {
        std::int64_t generation;
        std::int64_t seq;
        bool made; ///< the partition is known to be there
    };

    /// Begins the one after the newest of the database, unless one was begun already.
    void begin_after(std::int64_t newest);
    bool begun() const;

    /// Every take() is followed by one end().
    Place take(std::size_t bytes);
    void note_made(std::int64_t generation);
    void end(std::int64_t generation);

    /// Lets later writes go to a new one when this one is large or old enough, or `always` when
    /// anything was written to it.
    void roll(std::int64_t now_ms, bool always);
    /// Earlier ones are written no more.
    std::int64_t oldest_in_use() const;

  private:
    mutable std::mutex mutex_;
    std::int64_t current_ = 0; ///< 0: not begun
    std::int64_t next_seq_ = 1;
    std::size_t bytes_ = 0; ///< of the current one
    std::int64_t rolled_at_ms_ = 0;
    std::unordered_set<std::int64_t> made_;
    std::map<std::int64_t, std::size_t> under_way_;
};

} // namespace atalaya::telemetry
