// Measurements of any program: in by Prometheus' remote write and by OTLP, out by Prometheus' HTTP
// API.
//
// An API key speaks for its team below /prometheus; the page asks the same below its team.
#pragma once

#include "api/endpoint.hpp"

namespace atalaya::metrics {

/// Paths are whole: clients of Prometheus do not speak below /api/v1.
std::span<const api::Endpoint> endpoints();
std::span<const api::Endpoint> team_endpoints();

} // namespace atalaya::metrics
