// The guarded way out and the installation's own identity provider, from the settings. Throws
// StartRefused for what cannot be read.
#pragma once

#include "base/secret.hpp"
#include "config/config.hpp"
#include "egress/http.hpp"

namespace atalaya::server_program {

egress::Send make_way_out(const config::Config& config);
/// Empty for a public client, and where there is no provider.
Secret read_oidc_secret(const config::Config& config);

} // namespace atalaya::server_program
