// One push of an agent as bytes: some ticks of all its series, with one vector of times for all of
// them.
//
// The layout, version 1. A varint is LEB128, zigzag where a value may be negative; a text is a
// varint and UTF-8. Flags: 1 = a table follows, 2 = facts follow.
//
//     "AP" | version u8 | flags u8 | stream u64 | seq varint | dropped varint | table id u64
//     series count varint | tick count varint | first time, first step, then the steps' differences
//     [table] [facts] | for each series, in the order of the table: one column (wire/column.hpp)
//
// The coding is canonical: parse_push accepts only what encode_push writes, so equal pushes have
// equal bytes. Pure values and functions; any thread. Bytes from outside give a Result; a Push that
// breaks the rules below in our own hands is a programmer's error (CHECK_REQUEST).
#pragma once

#include "base/bytes.hpp"
#include "base/result.hpp"
#include "base/series.hpp"
#include "base/time.hpp"
#include "wire/column.hpp"

#include <array>
#include <compare>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace atalaya::wire {

inline constexpr std::string_view push_content_type = "application/vnd.atalaya.push";

inline constexpr std::size_t frame_bytes_max = 1 << 20;
inline constexpr std::size_t series_max = 10'000;
inline constexpr std::size_t ticks_max = 4'096;
/// A still series costs a few bytes whatever its length, so the frame's size alone does not bound
/// the memory.
inline constexpr std::size_t samples_max = 1 << 20;
inline constexpr std::size_t name_bytes_max = 200; ///< metric names, label names and label values
inline constexpr std::size_t labels_max = 30;
inline constexpr std::size_t fact_bytes_max = 256;
inline constexpr std::size_t addresses_max = 64;
inline constexpr std::int64_t time_ms_max = 253'402'300'799'999; ///< the end of the year 9999

enum class Unit : std::uint8_t {
    count = 0,
    percent = 1,
    bytes = 2,
    seconds = 3,
    bytes_per_s = 4,
    ops_per_s = 5,
    errors_per_s = 6,
};
inline constexpr std::size_t unit_count = 7;
/// The name of the API: "bytes_per_s".
std::string_view to_string(Unit unit);
/// What an agent measures says its unit at the end of its name.
Unit unit_of(std::string_view metric);

using atalaya::Label;

/// What a column means. Two series of a table differ in name or labels.
struct Series {
    std::string name;
    std::vector<Label> labels{}; ///< strictly ascending by name
    Unit unit = Unit::count;
    bool operator==(const Series&) const = default;
};
/// The order of a table: by name, then labels; the unit does not tell series apart.
std::strong_ordering order(const Series& left, const Series& right);

/// Strictly ascending by `order`.
using SeriesTable = std::vector<Series>;

struct TableId {
    std::uint64_t value = 0;
    auto operator<=>(const TableId&) const = default;
};
/// A table's id is the first eight bytes of the SHA-256 of encode_table. Hashing is another room's
/// trade: `table_id(crypto::sha256(encode_table(table)))`.
TableId table_id(const std::array<std::uint8_t, 32>& sha256_of_table);
Bytes encode_table(const SeriesTable& table);
Result<SeriesTable> parse_table(BytesView bytes);
/// Sixteen hex digits, as in the answer {"table": "..."}.
std::string to_hex(TableId id);
std::optional<TableId> parse_table_id(std::string_view hex);

/// The machine as it describes itself. Texts are at most fact_bytes_max bytes.
struct HostFacts {
    std::string hostname{};
    std::string os{};
    std::string kernel{};
    std::string architecture{};
    std::uint64_t cores = 0;
    std::uint64_t memory_bytes = 0;
    Time boot_time{}; ///< not before 1970
    std::string agent_version{};
    std::string policy_hash{}; ///< hex
    std::vector<std::string> addresses{};
    bool operator==(const HostFacts&) const = default;
};

Bytes encode_facts(const HostFacts& facts);
Result<HostFacts> parse_facts(BytesView bytes);

struct Push {
    std::uint64_t stream =
        0; ///< random, made with the agent's spool; with `seq` it names this push for ever
    std::uint64_t seq = 0;
    std::uint64_t dropped =
        0; ///< ticks that this stream has lost so far (spool full, or refused by the server)
    TableId table{};
    std::size_t series_count = 0;
    std::vector<std::int64_t> times_ms{}; ///< since 1970 UTC, strictly ascending
    std::optional<SeriesTable> series{};  ///< when the server may not know `table`
    std::optional<HostFacts> facts{};     ///< first, and after a change
    std::vector<double> values{}; ///< series by series: [series * ticks + tick]; absent() for a gap

    std::span<const double> column(std::size_t index) const {
        return {values.data() + index * times_ms.size(), times_ms.size()};
    }
};

Bytes encode_push(const Push& push);
Result<Push> parse_push(BytesView frame);

} // namespace atalaya::wire
