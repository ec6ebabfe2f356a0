#include "net/address.hpp"

#include "base/text.hpp"

#include <algorithm>
#include <arpa/inet.h>
#include <charconv>
#include <netinet/in.h>

namespace atalaya::net {
namespace {

constexpr std::array<std::uint8_t, 12> mapped_prefix{0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff};

std::optional<unsigned> parse_decimal(std::string_view text, unsigned max) {
    unsigned value = 0;
    const char* end = text.data() + text.size();
    const auto [rest, error] = std::from_chars(text.data(), end, value);
    // from_chars takes no sign or space for unsigned; a leading zero is refused as ambiguous
    // (octal).
    if (error != std::errc() || rest != end || value > max || (text.size() > 1 && text[0] == '0'))
        return std::nullopt;
    return value;
}

} // namespace

bool Address::is_loopback() const {
    if (v4)
        return bytes[12] == 127;
    Address one;
    one.bytes[15] = 1;
    return *this == one;
}

std::optional<Address> parse_address(std::string_view text) {
    if (text.size() >= INET6_ADDRSTRLEN || text.find('\0') != std::string_view::npos)
        return std::nullopt;
    const std::string terminated(text);
    Address out;
    if (inet_pton(AF_INET, terminated.c_str(), out.bytes.data() + 12) == 1) {
        std::copy(mapped_prefix.begin(), mapped_prefix.end(), out.bytes.begin());
        out.v4 = true;
        return out;
    }
    if (inet_pton(AF_INET6, terminated.c_str(), out.bytes.data()) != 1)
        return std::nullopt;
    out.v4 = std::equal(mapped_prefix.begin(), mapped_prefix.end(), out.bytes.begin());
    return out;
}

std::string to_string(const Address& address) {
    char text[INET6_ADDRSTRLEN];
    if (address.v4) {
        inet_ntop(AF_INET, address.bytes.data() + 12, text, sizeof text);
    } else {
        inet_ntop(AF_INET6, address.bytes.data(), text, sizeof text);
    }
    return text;
}

std::string to_client_group(std::string_view address) {
    auto parsed = parse_address(address);
    if (!parsed || parsed->v4)
        return parsed ? to_string(*parsed) : std::string(address);
    std::fill(parsed->bytes.begin() + 8, parsed->bytes.end(), std::uint8_t{0});
    return to_string(*parsed) + "/64";
}

bool Network::contains(const Address& address) const {
    if (address.v4 != base.v4)
        return false;
    const unsigned bits = prefix_bits + (base.v4 ? 96 : 0);
    const unsigned whole = bits / 8;
    if (!std::equal(base.bytes.begin(), base.bytes.begin() + whole, address.bytes.begin()))
        return false;
    if (bits % 8 == 0)
        return true;
    return (base.bytes[whole] ^ address.bytes[whole]) >> (8 - bits % 8) == 0;
}

std::optional<Network> parse_network(std::string_view text) {
    const std::size_t slash = text.find('/');
    const auto base = parse_address(text.substr(0, slash));
    if (!base)
        return std::nullopt;
    const unsigned bits_max = base->v4 ? 32 : 128;
    Network out{*base, bits_max};
    if (slash != std::string_view::npos) {
        const auto bits = parse_decimal(text.substr(slash + 1), bits_max);
        if (!bits)
            return std::nullopt;
        out.prefix_bits = *bits;
    }
    for (unsigned bit = out.prefix_bits + 128 - bits_max; bit < 128; ++bit) {
        if (base->bytes[bit / 8] & (0x80 >> bit % 8))
            return std::nullopt;
    }
    return out;
}

std::optional<Endpoint> parse_endpoint(std::string_view text) {
    Endpoint out;
    if (text.starts_with("unix:")) {
        out.unix_path = text.substr(5);
        if (!out.unix_path.starts_with('/'))
            return std::nullopt;
        return out;
    }
    const std::size_t colon = text.rfind(':');
    if (colon == std::string_view::npos)
        return std::nullopt;
    std::string_view host = text.substr(0, colon);
    const bool bracketed = host.size() > 2 && host.front() == '[' && host.back() == ']';
    if (bracketed)
        host = host.substr(1, host.size() - 2);
    const auto address = parse_address(host);
    const auto port = parse_decimal(text.substr(colon + 1), 65535);
    // A colon in the host without brackets would leave open where the port begins.
    if (!address || !port || bracketed != (host.find(':') != std::string_view::npos))
        return std::nullopt;
    out.address = *address;
    out.port = static_cast<std::uint16_t>(*port);
    return out;
}

bool TrustedProxies::trusts(const Address& address) const {
    return std::any_of(networks.begin(), networks.end(),
                       [&](const Network& network) { return network.contains(address); });
}

std::optional<TrustedProxies> parse_trusted_proxies(const std::vector<std::string>& entries) {
    TrustedProxies out;
    for (const std::string& entry : entries) {
        if (entry == "unix") {
            out.unix_socket = true;
        } else if (const auto network = parse_network(entry)) {
            out.networks.push_back(*network);
        } else {
            return std::nullopt;
        }
    }
    return out;
}

std::optional<Address> find_client(const std::vector<std::string_view>& forwarded_for,
                                   const TrustedProxies& proxies) {
    std::optional<Address> hop;
    for (auto line = forwarded_for.rbegin(); line != forwarded_for.rend(); ++line) {
        const auto hops = split(*line, ',');
        for (auto text = hops.rbegin(); text != hops.rend(); ++text) {
            hop = parse_address(trim(*text));
            if (!hop || !proxies.trusts(*hop))
                return hop;
        }
    }
    return hop;
}

std::string_view host_without_port(std::string_view host) {
    const std::size_t colon = host.rfind(':');
    const std::size_t bracket = host.rfind(']');
    if (colon == std::string_view::npos || (bracket != std::string_view::npos && colon < bracket))
        return host;
    return host.substr(0, colon);
}

bool is_host(std::string_view text) {
    const std::string_view host = host_without_port(text);
    if (host.size() != text.size() && !parse_decimal(text.substr(host.size() + 1), 65535))
        return false;
    if (host.empty() || host.size() > 253)
        return false;
    if (host.front() == '[') {
        if (host.back() != ']')
            return false;
        const auto address = parse_address(host.substr(1, host.size() - 2));
        return address && host.find(':') != std::string_view::npos;
    }
    return std::all_of(host.begin(), host.end(), [](char c) {
        return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
               c == '-' || c == '.' || c == '_';
    });
}

} // namespace atalaya::net
