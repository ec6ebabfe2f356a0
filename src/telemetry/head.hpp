// The recent past in memory: the ticks of each server as they came, oldest forgotten first.
//
// Owned by the store; any thread; each server lies in one of some shards, each with a lock of its
// own and its share of the bytes. The database holds all that is here, so anything may be forgotten
// at any time. What a server's head covers: once filled from the database, every stored tick from
// `covers_from` on.
#pragma once

#include "base/time.hpp"
#include "telemetry/store.hpp"
#include "telemetry/tick.hpp"

#include <array>
#include <deque>
#include <functional>
#include <mutex>
#include <optional>
#include <unordered_map>
#include <vector>

namespace atalaya::telemetry {

struct Tick {
    std::int64_t time_ms;
    TablePtr table;
    std::vector<double> values; ///< one for each series of the table

    static Tick copy(const TickView& view, const TablePtr& table);
    TickView view() const { return {time_ms, *table, values.data()}; }
    std::size_t bytes() const;
};

/// Ascending by time, and by arrival among equal times; values for a tick and table that are here
/// already go over them.
class Ticks {
  public:
    void insert(Tick tick);
    void pop_front();

    const std::deque<Tick>& all() const { return ticks_; }
    std::size_t bytes() const { return bytes_; }

  private:
    std::deque<Tick> ticks_;
    std::size_t bytes_ = 0;
};

class Head {
  public:
    Head(Micros window, std::size_t bytes_max);

    /// Gives when the latest tick of the server was before this; absent when none is known.
    std::optional<std::int64_t> add(const Source& source, std::vector<Tick> ticks, Time now);

    /// Before the server's ticks of the window are read from the database; fill() wants it back.
    std::uint64_t begin_fill(const Source& source);
    /// `stored` are all ticks from `from_ms` on. Does nothing when the server was forgotten since
    /// begin_fill.
    void fill(const Source& source, std::uint64_t ticket, Ticks stored, std::int64_t from_ms);
    bool is_filled(const Source& source) const;

    /// Hands `use` the ticks, under the lock; false when not all from `from_ms` on are here.
    bool read(const Source& source, std::int64_t from_ms,
              const std::function<void(const std::deque<Tick>&)>& use) const;

    /// The later of two counts.
    void set_usage(const Source& source, const Usage& usage);
    std::optional<Usage> find_usage(const Source& source) const;

    void forget(const Source& source);

    std::int64_t window_start_ms(Time now) const { return (now - window_).us / 1000; }
    std::size_t bytes() const;
    /// The share of one shard: no server can have more.
    std::size_t server_bytes_max() const { return shard_bytes_max_; }

  private:
    struct Server {
        Ticks ticks;
        bool filled = false;
        std::int64_t covers_from_ms = std::numeric_limits<std::int64_t>::min();
        std::uint64_t forgotten = 0; ///< how often
        std::optional<Usage> usage;
    };
    struct Shard {
        mutable std::mutex mutex;
        std::unordered_map<Source, Server, SourceHash> servers;
        std::size_t bytes = 0;
    };

    Shard& shard(const Source& source) { return shards_[SourceHash()(source) % shards_.size()]; }
    const Shard& shard(const Source& source) const {
        return shards_[SourceHash()(source) % shards_.size()];
    }
    static void drop_first(Shard& shard, Server& server);
    void make_room(Shard& shard);

    const Micros window_;
    const std::size_t shard_bytes_max_;
    std::array<Shard, 8> shards_;
};

} // namespace atalaya::telemetry
