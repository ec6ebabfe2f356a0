// Takes the metrics that OpenTelemetry's programs send (OTLP over HTTP).
#pragma once

#include "api/call.hpp"

namespace atalaya::metrics {

net::Response write_otlp(api::Call& call);

} // namespace atalaya::metrics
