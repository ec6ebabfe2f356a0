#include "egress/address_rules.hpp"

#include "base/text.hpp"

#include <algorithm>
#include <arpa/inet.h>
#include <cstring>
#include <ifaddrs.h>
#include <memory>
#include <netinet/in.h>
#include <sys/socket.h>

namespace atalaya::egress {
namespace {

/// Ports on which something else than HTTP listens that a request could be smuggled into.
constexpr std::array<std::uint16_t, 7> foreign_ports{22, 25, 465, 5432, 6379, 8883, 11211};

constexpr unsigned mapped_bits = 96;

constexpr Address map(std::uint8_t a, std::uint8_t b, std::uint8_t c, std::uint8_t d) {
    return {0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff, a, b, c, d};
}
constexpr Network v4(std::uint8_t a, std::uint8_t b, std::uint8_t c, std::uint8_t d,
                     unsigned bits) {
    return {map(a, b, c, d), mapped_bits + bits};
}
/// The first four groups; the rest is zero.
constexpr Network v6(std::array<std::uint16_t, 4> groups, unsigned bits) {
    Network out{{}, bits};
    for (std::size_t i = 0; i < groups.size(); ++i) {
        out.base[2 * i] = static_cast<std::uint8_t>(groups[i] >> 8);
        out.base[2 * i + 1] = static_cast<std::uint8_t>(groups[i]);
    }
    return out;
}

constexpr Network loopback_v6{{0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1}, 128};
/// fd00:ec2::254, the metadata service of one cloud.
constexpr Network metadata_v6{{0xfd, 0, 0x0e, 0xc2, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 2, 0x54}, 128};

struct Denied {
    Network network;
    bool openable;
    std::string_view reason;
};

constexpr std::array denied{
    Denied{v4(169, 254, 0, 0, 16), false, "link-local, or a metadata service"},
    Denied{v4(100, 100, 100, 200, 32), false, "a metadata service"},
    Denied{v4(168, 63, 129, 16, 32), false, "a metadata service"},
    Denied{v4(192, 0, 0, 192, 32), false, "a metadata service"},
    Denied{metadata_v6, false, "a metadata service"},
    Denied{v4(0, 0, 0, 0, 8), false, "this network"},
    Denied{v4(224, 0, 0, 0, 4), false, "multicast"},
    Denied{v4(240, 0, 0, 0, 4), false, "reserved"},
    Denied{v4(10, 0, 0, 0, 8), true, "private"},
    Denied{v4(172, 16, 0, 0, 12), true, "private"},
    Denied{v4(192, 168, 0, 0, 16), true, "private"},
    Denied{v4(100, 64, 0, 0, 10), true, "shared by a provider's customers"},
    Denied{v4(127, 0, 0, 0, 8), true, "loopback"},
    Denied{v4(192, 0, 0, 0, 24), true, "for protocols"},
    Denied{v4(192, 0, 2, 0, 24), true, "for documentation"},
    Denied{v4(198, 51, 100, 0, 24), true, "for documentation"},
    Denied{v4(203, 0, 113, 0, 24), true, "for documentation"},
    Denied{v4(198, 18, 0, 0, 15), true, "for benchmarks"},
    Denied{v6({0xfe80}, 10), false, "link-local"},
    Denied{v6({0xfec0}, 10), false, "site-local"},
    Denied{v6({0xff00}, 8), false, "multicast"},
    Denied{loopback_v6, true, "loopback"},
    Denied{v6({0xfc00}, 7), true, "private"},
    Denied{v6({0x64, 0xff9b}, 96), true, "a translation to IPv4"},
    Denied{v6({0x64, 0xff9b, 1}, 48), true, "a translation to IPv4"},
    Denied{v6({0x2001}, 32), true, "a tunnel"},
    Denied{v6({0x2002}, 16), true, "a tunnel"},
    Denied{v6({0x100}, 64), true, "discarded"},
    Denied{v6({0x2001, 0xdb8}, 32), true, "for documentation"},
};

constexpr bool is_in(const Network& network, const Address& address) {
    for (unsigned bit = 0; bit < network.prefix_bits; bit += 8) {
        const unsigned left = network.prefix_bits - bit;
        const auto mask = static_cast<std::uint8_t>(left >= 8 ? 0xff : 0xff00 >> left);
        if ((network.base[bit / 8] & mask) != (address[bit / 8] & mask))
            return false;
    }
    return true;
}

bool is_mapped(const Address& address) { return is_in({map(0, 0, 0, 0), mapped_bits}, address); }

Address inner(const Address& address, std::size_t at, std::uint8_t flip = 0) {
    const auto byte = [&](std::size_t i) {
        return static_cast<std::uint8_t>(address[at + i] ^ flip);
    };
    return map(byte(0), byte(1), byte(2), byte(3));
}

/// The IPv4 addresses that this one may lead to.
std::vector<Address> list_inner(const Address& address) {
    if (is_in(v6({0x64, 0xff9b}, 96), address))
        return {inner(address, 12)};
    if (is_in(v6({0x64, 0xff9b, 1}, 48), address)) // RFC 6052: a prefix of 96 or of 48 bits
        return {inner(address, 12), map(address[6], address[7], address[9], address[10])};
    if (is_in(v6({0x2002}, 16), address))
        return {inner(address, 2)};
    if (is_in(v6({0x2001}, 32), address)) // the server, and the client with its bits turned
        return {inner(address, 4), inner(address, 12, 0xff)};
    return {};
}

std::optional<std::string_view> find_plain_denial(const Address& address,
                                                  const AddressRules& rules) {
    const bool opened = std::any_of(rules.opened.begin(), rules.opened.end(),
                                    [&](const Network& net) { return net.contains(address); });
    // ::/96 holds the unspecified address and a form of IPv4 addresses that nobody uses any more.
    if (is_in(Network{{}, mapped_bits}, address) && !is_in(loopback_v6, address))
        return "unspecified";
    for (const Denied& row : denied) {
        if (is_in(row.network, address) && !(row.openable && opened))
            return row.reason;
    }
    if (!opened && std::find(rules.own.begin(), rules.own.end(), address) != rules.own.end())
        return "this host's own";
    return std::nullopt;
}

} // namespace

bool Network::contains(const Address& address) const { return is_in(*this, address); }

std::optional<Address> parse_address(std::string_view text) {
    const std::string name(text);
    in_addr four{};
    if (inet_pton(AF_INET, name.c_str(), &four) == 1) {
        std::array<std::uint8_t, 4> bytes{};
        std::memcpy(bytes.data(), &four, bytes.size());
        return map(bytes[0], bytes[1], bytes[2], bytes[3]);
    }
    Address out{};
    if (inet_pton(AF_INET6, name.c_str(), out.data()) == 1)
        return out;
    return std::nullopt;
}

std::optional<Address> address_of(const sockaddr* address, std::size_t size) {
    if (!address || size < sizeof(sa_family_t))
        return std::nullopt;
    if (address->sa_family == AF_INET && size >= sizeof(sockaddr_in)) {
        sockaddr_in four{};
        std::memcpy(&four, address, sizeof four);
        std::array<std::uint8_t, 4> bytes{};
        std::memcpy(bytes.data(), &four.sin_addr, bytes.size());
        return map(bytes[0], bytes[1], bytes[2], bytes[3]);
    }
    if (address->sa_family == AF_INET6 && size >= sizeof(sockaddr_in6)) {
        sockaddr_in6 six{};
        std::memcpy(&six, address, sizeof six);
        Address out{};
        std::memcpy(out.data(), &six.sin6_addr, out.size());
        return out;
    }
    return std::nullopt;
}

std::optional<Network> parse_network(std::string_view text) {
    const std::size_t slash = text.find('/');
    const auto base = parse_address(text.substr(0, slash));
    if (!base)
        return std::nullopt;
    const bool four = text.substr(0, slash).find(':') == text.npos;
    const std::int64_t most = four ? 32 : 128;
    const auto bits = slash == text.npos ? most : parse_integer(text.substr(slash + 1));
    if (!bits || *bits < 0 || *bits > most)
        return std::nullopt;
    return Network{*base, static_cast<unsigned>(*bits) + (four ? mapped_bits : 0)};
}

std::optional<std::string_view> find_denial(const Address& address, const AddressRules& rules) {
    if (const auto denial = find_plain_denial(address, rules))
        return denial;
    if (is_mapped(address))
        return std::nullopt;
    for (const Address& hidden : list_inner(address)) {
        if (const auto denial = find_plain_denial(hidden, rules))
            return denial;
    }
    return std::nullopt;
}

std::vector<Address> list_own_addresses() {
    ifaddrs* first = nullptr;
    if (getifaddrs(&first) != 0)
        return {};
    const std::unique_ptr<ifaddrs, void (*)(ifaddrs*)> end(first, freeifaddrs);
    std::vector<Address> out;
    for (const ifaddrs* at = first; at; at = at->ifa_next) {
        if (!at->ifa_addr)
            continue;
        const bool six = at->ifa_addr->sa_family == AF_INET6;
        if (const auto address =
                address_of(at->ifa_addr, six ? sizeof(sockaddr_in6) : sizeof(sockaddr_in)))
            out.push_back(*address);
    }
    return out;
}

bool is_foreign_port(const sockaddr& address) {
    const auto* bytes = reinterpret_cast<const std::uint8_t*>(&address);
    const auto port = static_cast<std::uint16_t>(bytes[2] << 8 | bytes[3]); // of both families
    return std::find(foreign_ports.begin(), foreign_ports.end(), port) != foreign_ports.end();
}

} // namespace atalaya::egress
