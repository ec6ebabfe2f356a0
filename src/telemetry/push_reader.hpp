// The stored ticks of one server between two times, in order: a page of rows at a time, one opened
// row at a time.
//
// Lives on one worker's stack inside a transaction. A row that does not open or cannot be read is
// logged and left out: one damaged row must not hide the others.
#pragma once

#include "db/tx.hpp"
#include "keyring/keyring.hpp"
#include "telemetry/body.hpp"
#include "telemetry/table_store.hpp"

#include <deque>
#include <functional>
#include <vector>

namespace atalaya::telemetry {

inline constexpr std::string_view push_purpose = "telemetry.push";

class PushReader {
  public:
    using OnTick = std::function<void(const TickView&, const TablePtr&)>;

    PushReader(db::Tx& tx, keyring::Keyring& keyring, TableStore& tables, ServerId server,
               std::int64_t from_ms, std::int64_t to_ms);

    /// Distances between ticks, as far as the first page tells.
    std::vector<std::int64_t> sample_distances_ms();
    /// Ascending by time, and by writing among equal times. Also gives neighbours just outside of
    /// the times.
    void read(const OnTick& on_tick);
    /// The last tick of the newest row, from the earlier time on.
    void read_newest(const OnTick& on_tick);

  private:
    struct Stored {
        std::int64_t at_us, stream, seq, last_us, received_us, ticks;
        Bytes sealed;
    };
    struct Opened {
        std::int64_t received_us, stream, seq;
        Body body;
        TablePtr table;
    };

    static Stored read_row(const db::Row& row);
    void fetch();
    void plan_each_time();
    std::optional<Opened> open(const Stored& row);
    std::vector<Opened> next_overlapping();
    TablePtr find_table(wire::TableId id);

    db::Tx& tx_;
    keyring::Keyring& keyring_;
    TableStore& tables_;
    const ServerId server_;
    const std::int64_t from_ms_, to_ms_;
    std::deque<Stored> page_;
    std::int64_t window_us_; ///< start of the hours that the next page is looked for in
    std::int64_t after_at_us_, after_stream_, after_seq_;
    bool exhausted_ = false;
    bool planned_ = false;
    TablePtr last_table_;
};

} // namespace atalaya::telemetry
