// What lies sealed in a row of app.pushes: the ticks of one push in one hour (UTC).
//
//     version u8 = 1 | table id u64 | series count varint | tick count varint
//     first time, first step, then the steps' differences, zigzag varints of milliseconds
//     for each series of the table: one column (wire/column.hpp)
//
// Pure; any thread. A body that cannot be read is damage, not input: parse_body says no more than
// absent.
#pragma once

#include "telemetry/tick.hpp"

#include <optional>
#include <vector>

namespace atalaya::telemetry {

inline constexpr std::int64_t hour_ms = 3'600'000;

struct Piece {
    std::int64_t first_ms;
    std::int64_t last_ms;
    std::size_t ticks;
    Bytes body;
};

/// One piece for each hour that the push touches, leaving out the ticks before `oldest_ms`.
std::vector<Piece> cut_into_hours(const wire::Push& push, std::int64_t oldest_ms);

struct Body {
    wire::TableId table;
    std::size_t series_count = 0;
    std::vector<std::int64_t> times_ms;
    std::vector<double> values; ///< series by series

    TickView tick(std::size_t index, const Table& of) const {
        return {times_ms[index], of, values.data() + index, times_ms.size()};
    }
};
std::optional<Body> parse_body(BytesView bytes);

} // namespace atalaya::telemetry
