// The sealed rows of app.metric_windows and app.metric_blocks, within one transaction.
//
// Made for one use on one thread. A row that does not open is damage: it is logged and left out.
#pragma once

#include "db/tx.hpp"
#include "keyring/keyring.hpp"
#include "telemetry/points.hpp"

#include <cstdint>
#include <functional>
#include <string_view>
#include <vector>

namespace atalaya::telemetry {

/// Two tables of the same shape.
enum class BlockKind { window, day };

struct BlockPlace {
    std::int64_t series;
    std::int64_t at_ms; ///< where the window or day starts
};

struct Block : BlockPlace {
    Points points{};
};

class BlockRows {
  public:
    using OnOpened = std::function<void(const BlockPlace&, Bytes&& plain)>;

    BlockRows(db::Tx& tx, keyring::Keyring& keyring) : tx_(tx), keyring_(keyring) {}

    /// Those of the series on these days, counted from 1970 and both included, by series, days
    /// before windows, by time: opened and not unpacked.
    void open(const std::vector<std::int64_t>& series, std::int64_t first_day,
              std::int64_t last_day, const OnOpened& use);
    /// The block is valid during the call.
    void read_windows(const std::vector<std::int64_t>& series, std::int64_t from_ms,
                      std::int64_t to_ms, const std::function<void(const Block&)>& use);
    void read_days(const std::vector<std::int64_t>& series, std::int64_t day_ms,
                   const std::function<void(const Block&)>& use);
    /// Makes the partition that the time lies in, unless it is there; write() does it too.
    void ensure_partition(BlockKind kind, std::int64_t at_ms);
    /// Replaces rows that are there.
    void write(BlockKind kind, const std::vector<Block>& blocks);
    void delete_windows(const std::vector<std::int64_t>& series, std::int64_t day_ms);

  private:
    void open(const db::Rows& rows, const OnOpened& use);
    void unpack(const db::Rows& rows, const std::function<void(const Block&)>& use);

    db::Tx& tx_;
    keyring::Keyring& keyring_;
};

} // namespace atalaya::telemetry
