// Single sign-on by OpenID Connect: by the installation's own provider, and by a team's.
//
// Whoever runs a provider can be anybody of it. The installation's is the operator's, so a session
// opened by it is like any other. A team's is anybody's, so such a session carries the team and
// sees nothing else: neither other teams nor what belongs to the account. An existing account is
// never taken over by its address: its owner, signed in as before, connects it once.
#pragma once

#include "api/endpoint.hpp"

namespace atalaya::single_sign_on {

std::span<const api::Endpoint> endpoints();

} // namespace atalaya::single_sign_on
