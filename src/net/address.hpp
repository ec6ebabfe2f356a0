// Network addresses as values: where to listen, who is the client, which networks are trusted.
// Pure; any thread; parsers return nullopt on bad input.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace atalaya::net {

/// IPv4 or IPv6; an IPv4-mapped address is its IPv4 address, so that one host has one form.
struct Address {
    std::array<std::uint8_t, 16> bytes{}; ///< IPv4 in the mapped form
    bool v4 = false;

    bool operator==(const Address&) const = default;
    bool is_loopback() const;
};

std::optional<Address> parse_address(std::string_view text);
/// Canonical (RFC 5952).
std::string to_string(const Address& address);

/// What counts as one client when attempts are counted: the IPv4 address, or the /64 of an IPv6
/// address, of which whoever has one has 2^64 addresses. A text that is no address is itself.
std::string to_client_group(std::string_view address);

struct Network {
    Address base;
    unsigned prefix_bits = 0; ///< of the base's own family

    bool contains(const Address& address) const;
};

/// "10.0.0.0/8", "fd00::/8", or one address. Bits behind the prefix must be zero.
std::optional<Network> parse_network(std::string_view text);

/// Where to listen: "127.0.0.1:8443", "[::1]:8443" or "unix:/path".
struct Endpoint {
    Address address;
    std::uint16_t port = 0;
    std::string unix_path; ///< set: a unix socket, and the rest means nothing
};

std::optional<Endpoint> parse_endpoint(std::string_view text);

/// Whom a server believes about clients behind it.
struct TrustedProxies {
    std::vector<Network> networks;
    bool unix_socket = false;

    bool trusts(const Address& address) const;
};

/// Each entry a network or "unix"; nullopt when one is neither.
std::optional<TrustedProxies> parse_trusted_proxies(const std::vector<std::string>& entries);

/// The client that a trusted proxy speaks for: the rightmost hop of X-Forwarded-For (its lines in
/// order) that is not itself trusted; when all are, the leftmost. nullopt when a hop on the way is
/// not an address.
std::optional<Address> find_client(const std::vector<std::string_view>& forwarded_for,
                                   const TrustedProxies& proxies);

/// True for what may stand in a Host field: a host name, an IPv4 or bracketed IPv6 address, perhaps
/// a port.
bool is_host(std::string_view text);
/// The host without its port.
std::string_view host_without_port(std::string_view host);

} // namespace atalaya::net
