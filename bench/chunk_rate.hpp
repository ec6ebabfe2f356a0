// How small chunks are, and how fast they are packed and unpacked, by processor time.
//
// Called on the main thread.
#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <string>

namespace atalaya::bench {

struct ChunkRate {
    std::map<std::string, double> bytes_by_metric; ///< of a sample
    double bytes = 0;                              ///< likewise, of all
    double packed_m_per_s = 0, unpacked_m_per_s = 0;
};

/// Of made-up hosts (host_series.hpp). Throws when what is unpacked is not what was packed.
ChunkRate measure_chunks(std::size_t hosts, std::int64_t steps);

} // namespace atalaya::bench
