// A TLS connection to an address that somebody else chose, for protocols that only send: connect,
// send everything, and have the other side confirm that it read to the end.
//
// Pure function over the network; any thread, and it blocks for as long as the limits say. The
// address is judged by the rules of the HTTP client (http.hpp). Confirmed is what the other side
// ends with a close_notify of its own, after ours: TLS sends that only when all before it was read.
// Never throws for what the network or the other side does.
#pragma once

#include "egress/http.hpp"

#include <cstdint>
#include <string>
#include <string_view>

namespace atalaya::egress {

struct Endpoint {
    std::string host;
    std::uint16_t port = 0;
};

/// nullopt: everything arrived.
std::optional<Failure> send_over_tls(const ClientOptions& options, const Endpoint& to,
                                     std::string_view bytes);

} // namespace atalaya::egress
