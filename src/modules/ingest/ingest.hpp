// The door for agents: takes a push, stores it in the same transaction as the sign of life, and
// acknowledges after COMMIT.
#pragma once

#include "api/endpoint.hpp"

namespace atalaya::ingest {

/// Paths are whole: agents do not speak below /api/v1.
std::span<const api::Endpoint> endpoints();

} // namespace atalaya::ingest
