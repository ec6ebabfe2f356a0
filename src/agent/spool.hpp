// The ticks that the server does not have yet, on disk, bounded; and which of them make up which
// push.
//
// Segments of records (spool_record.hpp) are appended to, and removed whole: when all their ticks
// are settled, or the oldest when the bound is reached (its ticks are then counted as dropped). A
// push never spans two segments. What it holds is fixed by a Cut before it is sent, so that a push
// whose answer was lost is sent again with the same seq and the same ticks, also by the next
// process.
//
// Durability: each tick is written at once and so outlives the program; it is not synced, and a
// loss of power may cost the last ticks. A cut is synced before the push leaves, with all ticks
// before it: the server must never hold a push that we forgot. A settled push that we forget is
// sent again and known to the server by (stream, seq).
//
// One thread at a time. The constructor throws std::runtime_error when the disk takes nothing at
// all.
#pragma once

#include "agent/collector.hpp"
#include "agent/disk.hpp"
#include "agent/spool_record.hpp"
#include "base/random.hpp"

#include <deque>
#include <optional>
#include <string>

namespace atalaya::agent {

struct SpoolLimits {
    std::uint64_t bytes_max = 64 << 20;
    std::uint64_t segment_bytes = 256 << 10;
    std::size_t push_ticks_max = 360;
};

class Spool {
  public:
    Spool(Disk& disk, Random& random, SpoolLimits limits);

    /// False when the disk refused; the tick is then lost and counted.
    bool append(const Tick& tick);
    /// Fixes the next push. False when no tick waits or the disk cannot remember the promise.
    /// `known_table` is what the server has; the push carries its table when it has another.
    bool cut(const std::optional<wire::TableId>& known_table,
             const std::optional<wire::HostFacts>& facts);
    /// The push that is under way: fixed, not settled.
    const std::optional<Cut>& pending() const { return pending_; }
    /// Its content; always the same. Nothing when the disk no longer gives it: then it is given up.
    std::optional<wire::Push> read_pending();
    /// The push is done with. A seq that is not pending (its segment was dropped meanwhile) is
    /// ignored.
    void settle(std::uint64_t seq, bool delivered);
    /// Makes all that was appended durable.
    void sync();

    std::uint64_t stream() const { return stream_; }
    std::uint64_t waiting() const { return next_tick_ - progress_.settled; }
    std::uint64_t dropped() const { return progress_.dropped; }
    /// Of the newest tick ever appended; 0 before the first.
    std::int64_t last_time_ms() const { return last_time_ms_; }
    std::uint64_t size_bytes() const;

  private:
    struct Segment {
        std::string name;
        std::uint64_t size = 0;
        std::uint64_t first = 0; ///< tick numbers from first ...
        std::uint64_t end = 0;   ///< ... to before end
        std::optional<wire::TableId> table{};
    };
    /// Ticks in a row that one push can hold.
    struct Run {
        wire::TableId table_id{};
        wire::SeriesTable series{};
        std::uint64_t first = 0;
        std::vector<TickRecord> ticks{};
    };

    /// Remembers the last answer: tables hardly ever change.
    wire::TableId id_of(const wire::SeriesTable& series);
    void open();
    bool replay(const std::string& name, bool newest);
    void apply(Segment& segment, const Record& record);
    void apply_progress(const Progress& progress);
    bool start_segment(const TableRecord& table);
    bool append_records(BytesView bytes);
    void keep_bound();
    void remove_settled();
    Run read_run(std::uint64_t first, std::size_t ticks_max);

    Disk& disk_;
    SpoolLimits limits_;
    std::uint64_t stream_ = 0;
    std::uint64_t next_tick_ = 0;
    std::int64_t last_time_ms_ = 0;
    Progress progress_;
    std::optional<Cut> pending_;
    std::deque<Segment> segments_; ///< oldest first; the last one grows
    std::uint64_t next_segment_ = 0;
    wire::SeriesTable last_series_;
    std::optional<wire::TableId> last_id_;
};

} // namespace atalaya::agent
