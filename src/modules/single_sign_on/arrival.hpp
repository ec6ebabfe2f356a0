// The way back from a provider: who came, and into which session. Handlers, on a worker that may
// wait for the provider.
#pragma once

#include "api/endpoint.hpp"

namespace atalaya::single_sign_on {

/// A browser's navigation: it always ends on a page, with a session or with the reason why not.
net::Response arrive(api::SlowCall& call);

} // namespace atalaya::single_sign_on
