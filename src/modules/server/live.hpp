// The live page: one stream of events for each browser tab. On the thread of the transaction that
// opens it; after that events come from whoever publishes them.
#pragma once

#include "api/endpoint.hpp"

namespace atalaya::server {

/// `event: server` for each report of any server, `event: points` with all values of the one in
/// `?server=`, and `event: audit` when the team's chain grew.
inline constexpr std::array live_parameters{
    api::Parameter{"server", "Whose values come too.", api::ParameterKind::uuid}};
net::Response open_live(api::Call& call);

} // namespace atalaya::server
