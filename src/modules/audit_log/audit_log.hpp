// The record for readers: list and look at events, ask for the head, verify the chain.
//
// Handlers, in the team's scope. Verifying a long chain takes seconds, so it runs on the slow
// workers.
#pragma once

#include "api/endpoint.hpp"

namespace atalaya::audit_log {

std::span<const api::Endpoint> endpoints();
/// Where the record is sent as it grows (streamer.hpp sends it).
std::span<const api::Endpoint> stream_endpoints();
/// Who cosigns its checkpoints (witness_courier.hpp asks them).
std::span<const api::Endpoint> witness_endpoints();

} // namespace atalaya::audit_log
