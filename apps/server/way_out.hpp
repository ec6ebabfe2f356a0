// The guarded way out and the installation's own identity provider, from the settings. Throws
// StartRefused for what cannot be read.
#pragma once

#include "base/secret.hpp"
#include "config/config.hpp"
#include "egress/http.hpp"
#include "egress/tls_channel.hpp"

namespace atalaya::server_program {

egress::Send make_way_out(const config::Config& config);
/// The same rules for what is sent over TLS as it is.
std::function<std::optional<egress::Failure>(const egress::Endpoint&, std::string_view)>
make_tls_way_out(const config::Config& config);
/// Empty for a public client, and where there is no provider.
Secret read_oidc_secret(const config::Config& config);

/// PEM; of the authority that stamps checkpoints.
std::string read_timestamp_authorities(const config::Config& config);

} // namespace atalaya::server_program
