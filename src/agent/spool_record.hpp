// The records that a spool segment is made of.
//
// On disk a record is: length u32 of what follows the CRC | CRC-32C u32 of it | kind u8 | payload.
// A reader stops at the first record that is short, has a wrong CRC, or makes no sense: that is
// where a write was torn. Pure; any thread.
#pragma once

#include "base/bytes.hpp"
#include "wire/frame.hpp"

#include <cstdint>
#include <optional>
#include <variant>
#include <vector>

namespace atalaya::agent {

/// How far the work has come. Ticks below `settled` are done with: delivered, or counted in
/// `dropped`.
struct Progress {
    std::uint64_t settled = 0;
    std::uint64_t next_seq = 1;
    std::uint64_t dropped = 0;
    bool operator==(const Progress&) const = default;
};

/// The first record of a segment: all that the segments before it said, so that they can go.
struct SegmentHead {
    std::uint64_t stream = 0;
    std::uint64_t next_tick = 0;
    std::int64_t last_time_ms = 0;
    Progress progress{};
    bool operator==(const SegmentHead&) const = default;
};

/// What the ticks behind it measure, until the next one.
struct TableRecord {
    wire::SeriesTable series{};
    bool operator==(const TableRecord&) const = default;
};

struct TickRecord {
    std::uint64_t number = 0;
    std::int64_t time_ms = 0;
    std::vector<double> values{};
};

/// The promise which ticks push `seq` holds, made before it is sent for the first time.
struct Cut {
    std::uint64_t seq = 0;
    std::uint64_t first = 0;
    std::uint64_t last = 0;
    std::uint64_t dropped = 0;
    bool with_table = false;
    std::optional<wire::HostFacts> facts{};
    bool operator==(const Cut&) const = default;
};

using Record = std::variant<SegmentHead, TableRecord, TickRecord, Cut, Progress>;

void append_record(Bytes& out, const Record& record);

/// Reads the records of a segment one after the other.
class RecordReader {
  public:
    explicit RecordReader(BytesView segment) : segment_(segment) {}
    /// Nothing at the end of the good records.
    std::optional<Record> next();
    /// Bytes of the records given out so far.
    std::size_t offset() const { return offset_; }

  private:
    BytesView segment_;
    std::size_t offset_ = 0;
};

std::uint32_t crc32c(BytesView bytes);

} // namespace atalaya::agent
