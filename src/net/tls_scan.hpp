// Which TLS a listener takes, tried from outside. Blocking, five seconds at most; any thread.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

namespace atalaya::net {

enum class TlsVersion { tls1_1, tls1_2, tls1_3 };

/// Offers everything from TLS 1.0 up to `newest`, weak ciphers included, whatever this host's
/// policy says. Gives the version that was agreed on ("TLSv1.3"), nullopt when the listener refused
/// the handshake. Throws std::runtime_error when there is nobody at the address. No certificate is
/// looked at.
std::optional<std::string> negotiate(const std::string& host, std::uint16_t port,
                                     TlsVersion newest);

} // namespace atalaya::net
