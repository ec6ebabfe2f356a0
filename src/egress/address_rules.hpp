// Which addresses the server may reach on somebody else's behalf: the public internet, and what the
// operator opened beyond it.
//
// Values and pure functions; any thread. An address inside an address (IPv4-mapped, NAT64, 6to4,
// Teredo) is judged as both: a form that hides a denied address is denied. Some ranges cannot be
// opened at all: link-local ones, the metadata services of clouds, multicast and what is reserved.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

struct sockaddr;

namespace atalaya::egress {

/// IPv4 in the mapped form, so that one host has one form.
using Address = std::array<std::uint8_t, 16>;

std::optional<Address> parse_address(std::string_view text);
/// Absent for a family that is no IP, and for too few bytes.
std::optional<Address> address_of(const sockaddr* address, std::size_t size);

struct Network {
    Address base{};
    unsigned prefix_bits = 0; ///< of the 128

    bool contains(const Address& address) const;
};
/// "10.0.0.0/8", "fd00::/8", or one address. Bits behind the prefix do not count.
std::optional<Network> parse_network(std::string_view text);

struct AddressRules {
    std::vector<Network> opened;   ///< by the operator
    std::vector<Address> own = {}; ///< this host's, whatever range they are from
};

/// Why the address must not be reached, for the log; nullopt when it may.
std::optional<std::string_view> find_denial(const Address& address, const AddressRules& rules);
/// Whether it names a port on which a protocol listens that other requests could be smuggled into.
bool is_foreign_port(const sockaddr& address);
/// The addresses that this host has now.
std::vector<Address> list_own_addresses();

} // namespace atalaya::egress
