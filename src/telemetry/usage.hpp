// How loaded a server is, from one tick of the metrics that agents send. Pure; any thread.
#pragma once

#include "telemetry/store.hpp"
#include "telemetry/tick.hpp"

namespace atalaya::telemetry {

Usage read_usage(const TickView& tick);

} // namespace atalaya::telemetry
