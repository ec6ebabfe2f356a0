// Many integers in few bits: pieces of up to 128 of them, each as its distance from a base, in as
// many bits as the piece needs. What would make the others wider stands apart, in whole.
//
//     for each piece: width u8 (+ 0x80: there are exceptions)
//     how its base differs from the one before, zigzag varint
//     if there are: their number u8, and for each its place u8 and its distance, zigzag varint
//     the distances, `width` bits each, lowest bits first, filled up to a byte
//
// Arithmetic wraps, so every int64 is possible. Pure; any thread. What cannot be read is damage,
// and gives false.
#pragma once

#include "base/bytes.hpp"

#include <cstdint>
#include <span>

namespace atalaya::telemetry {

inline std::uint64_t zigzag(std::uint64_t value) { return value << 1 ^ (0 - (value >> 63)); }
inline std::uint64_t unzigzag(std::uint64_t value) { return value >> 1 ^ (0 - (value & 1)); }
inline void append_varint(std::uint64_t value, Bytes& out) {
    for (; value >= 0x80; value >>= 7) {
        out.push_back(static_cast<std::uint8_t>(value | 0x80));
    }
    out.push_back(static_cast<std::uint8_t>(value));
}

/// About how many bits pack() takes.
std::size_t estimate_packed_bits(std::span<const std::uint64_t> numbers);
void pack(std::span<const std::uint64_t> numbers, Bytes& out);
/// As many as fit into `numbers`.
bool unpack(Reader& in, std::span<std::uint64_t> numbers);

} // namespace atalaya::telemetry
