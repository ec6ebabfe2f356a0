// The values of a chunk (chunk.hpp), at most chunk_points_max. Pure; any thread.
#pragma once

#include "base/bytes.hpp"

#include <span>

namespace atalaya::telemetry {

void encode_values(std::span<const double> values, Bytes& out);
bool decode_values(Reader& in, std::span<double> values);

} // namespace atalaya::telemetry
