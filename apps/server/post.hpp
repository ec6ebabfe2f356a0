// How the server's mails leave it, by the settings. Any thread.
#pragma once

#include "config/config.hpp"
#include "modules/outbox/postman.hpp"

namespace atalaya::server_program {

/// To the SMTP server of the settings. Throws StartRefused when they name a sender, a password or
/// authorities that cannot be used.
outbox::Transport make_transport(const config::Config& config);

} // namespace atalaya::server_program
