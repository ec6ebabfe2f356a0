// What lies sealed in a row of app.metric_log that an agent's push became: which series its columns
// are, and the frame as it came.
//
//     version u8 = 2 | runs varint | for each run of ids that follow each other: how far its first
//     is behind the end of the run before, zigzag varint, and their number, varint
//     the frame (wire/frame.hpp)
//
// Pure; any thread. A row that cannot be read is damage: parse_frame_row says no more than absent.
#pragma once

#include "wire/frame.hpp"

#include <cstdint>
#include <optional>
#include <span>
#include <vector>

namespace atalaya::telemetry {

struct FrameRow {
    std::vector<std::int64_t> series; ///< ids, in the order of the columns
    wire::Push push;
};

Bytes encode_frame_row(std::span<const std::int64_t> series, BytesView frame);
/// Whether it is one, and not a MetricRow.
bool is_frame_row(BytesView bytes);
std::optional<FrameRow> parse_frame_row(BytesView bytes);

/// Replaces `samples` by those of one column from a tick on. What is not a number is a gap.
void read_column(const wire::Push& push, std::size_t column, std::size_t first_tick,
                 std::vector<Sample>& samples);

} // namespace atalaya::telemetry
