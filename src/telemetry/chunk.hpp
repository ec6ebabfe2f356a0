// Samples of one series in few bytes, each bit of every value kept.
//
//     varint of how many, times two, and one more when their steps vary
//     how the first time differs from where the chunk before would have gone on, and (unless it is
//     the only one) the first step from the last step there, zigzag varints of milliseconds
//     if the steps vary: how each differs from the one before, packed (pack.hpp)
//     how many bytes the values take, varint
//     kind u8 of the values, and what that kind needs:
//     same         the one value
//     decimal      digits u8 | order u8 | exceptions varint, each its place varint and value |
//                  first zigzag varint, unit varint: values times 10 to the power of `digits` are
//                  `first` and some units, whole numbers; these, or their differences, or the
//                  differences of these, packed
//     differing    the first value; each exclusive-or with the one before, as bits
//
// Pure; any thread. What cannot be read is damage, and gives false.
#pragma once

#include "base/bytes.hpp"
#include "telemetry/points.hpp"

#include <limits>

namespace atalaya::telemetry {

/// More are cut into several chunks; a reader that is told of more does not believe it.
inline constexpr std::size_t chunk_points_max = 512;

/// Appends the chunks of points in order of time.
void encode_chunks(const Points& points, Bytes& out);
/// Appends the points of all chunks that touch the range, both ends included.
bool decode_chunks(BytesView bytes, Points& points,
                   std::int64_t from_ms = std::numeric_limits<std::int64_t>::min(),
                   std::int64_t to_ms = std::numeric_limits<std::int64_t>::max());

} // namespace atalaya::telemetry
