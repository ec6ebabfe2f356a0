// Samples of one series in few bytes, each bit of every value kept.
//
//     count varint | first time, zigzag varint of milliseconds
//     step of the times, zigzag varint, and 0; or 1, and how each step differs from the one before,
//     packed (pack.hpp)
//     kind u8 of the values, and what that kind needs:
//     same         the one value
//     decimal      digits u8 | order u8 | exceptions varint, each its place varint and value |
//                  the values times 10 to the power of `digits`, as whole numbers, or their
//                  differences, or the differences of these, packed
//     differing    the first value; each exclusive-or with the one before, as bits
//
// Pure; any thread. What cannot be read is damage, and gives false.
#pragma once

#include "base/bytes.hpp"
#include "telemetry/points.hpp"

#include <span>

namespace atalaya::telemetry {

/// More are cut into several chunks; a reader that is told of more does not believe it.
inline constexpr std::size_t chunk_points_max = 512;

/// Appends the chunks of points in order of time.
void encode_chunks(const Points& points, Bytes& out);
/// Appends the points of all chunks.
bool decode_chunks(BytesView bytes, Points& points);

} // namespace atalaya::telemetry
