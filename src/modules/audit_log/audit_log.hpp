// The record for readers: list and look at events, ask for the head, verify the chain.
//
// Handlers, in the team's scope. Verifying a long chain takes seconds, so it runs on the slow
// workers.
#pragma once

#include "api/endpoint.hpp"

namespace atalaya::audit_log {

std::span<const api::Endpoint> endpoints();

} // namespace atalaya::audit_log
