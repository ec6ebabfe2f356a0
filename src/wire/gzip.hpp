// Unpacks gzip (RFC 1952). Pure; any thread.
#pragma once

#include "base/bytes.hpp"
#include "base/result.hpp"

namespace atalaya::wire {

/// Refuses what is no whole gzip, and stops at `bytes_max`, since how much comes out cannot be told
/// before.
Result<Bytes> unpack_gzip(BytesView packed, std::size_t bytes_max);

} // namespace atalaya::wire
