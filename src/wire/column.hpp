// One series of one push as bytes: the values of all ticks, without loss and without waste.
//
// A column is one control byte, a presence bitmap when a value is absent, and then either whole
// numbers (the values times a power of ten, as deltas from tick to tick) or, when that would not
// give back every bit, the plain eight bytes of each value. Pure; any thread. Reading hostile bytes
// turns the Reader bad and no more.
#pragma once

#include "base/bytes.hpp"

#include <bit>
#include <cstdint>
#include <span>

namespace atalaya::wire {

/// Stands in a row of values where nothing was measured: a NaN that no arithmetic produces.
inline constexpr std::uint64_t absent_bits = 0x7ff8'a7a1'a7a0'0001;
inline double absent() { return std::bit_cast<double>(absent_bits); }
inline bool is_absent(double value) { return std::bit_cast<std::uint64_t>(value) == absent_bits; }

void write_column(Writer& out, std::span<const double> values);
/// Fills all of `values`; what is left in them after a failure is of no meaning.
void read_column(Reader& in, std::span<double> values);

inline std::uint64_t zigzag(std::int64_t value) {
    return static_cast<std::uint64_t>(value) << 1 ^ static_cast<std::uint64_t>(value >> 63);
}
inline std::int64_t unzigzag(std::uint64_t value) {
    return static_cast<std::int64_t>(value >> 1 ^ (~(value & 1) + 1));
}

} // namespace atalaya::wire
