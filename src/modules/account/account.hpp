// The own account: signing up, in and out, profile, password, sessions.
//
// Hashing takes a fifth of a second on purpose, so sign-up, log-in and password change run on the
// slow workers.
#pragma once

#include "api/endpoint.hpp"

namespace atalaya::account {

std::span<const api::Endpoint> endpoints();

} // namespace atalaya::account
