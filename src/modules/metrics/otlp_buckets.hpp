// Exponential histograms as classic ones: with bounds that are written out.
//
// Bounds are powers of the fourth root of two at the finest, each 19 % above the one before, so
// that a series is made for four buckets of a doubling and no more; what is finer is added up,
// which is exact, because each bound of a scale is a bound of every finer one. Pure; any thread.
#pragma once

#include "wire/otlp.hpp"

namespace atalaya::metrics {

/// Scales above this one are brought down to it.
inline constexpr int scale_max = 2;
/// Of one point, from the first to the last that is not empty.
inline constexpr std::size_t explicit_buckets_max = 1'000;

/// Sets `bounds` and `buckets` from `exponential`, which must be there. False: there are too many,
/// or what the point says cannot be (OpenTelemetry's scales are -10 to 20).
bool make_explicit(wire::OtlpPoint& point);

} // namespace atalaya::metrics
