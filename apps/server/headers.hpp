// The security headers of every answer (promises A2, A10, H18). Pure.
#pragma once

#include "config/config.hpp"
#include "net/message.hpp"

#include <vector>

namespace atalaya::server_program {

std::vector<net::Header> security_headers(const config::Config& config);

} // namespace atalaya::server_program
