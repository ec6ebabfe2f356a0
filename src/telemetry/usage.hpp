// How loaded a server is, from one tick of the metrics that agents send. Pure; any thread.
#pragma once

#include "telemetry/store.hpp"
#include "telemetry/tick.hpp"

#include <string_view>

namespace atalaya::telemetry {

/// The metrics that it takes, as a regular expression.
inline constexpr std::string_view usage_metrics = "cpu_percent|memory_bytes|filesystem_bytes";

Usage read_usage(const TickView& tick);

} // namespace atalaya::telemetry
