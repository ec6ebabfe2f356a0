// What signing checkpoints of many chains costs, in processor time.
//
// Called on the main thread.
#pragma once

#include "bench/stage.hpp"

#include <cstdint>

namespace atalaya::bench {

/// Processor time for each minute, of the signer and of its session in the database.
struct CheckpointRate {
    double signer_s = 0;
    double database_s = 0;
};

/// One minute of a signer of so many teams, each of which has one new event in it: sixty rounds, in
/// each of which another sixtieth of the teams is due. Throws when a chain is not signed for.
CheckpointRate measure_checkpoints(Stage& stage, std::size_t teams);

} // namespace atalaya::bench
