#include "config/checks.hpp"

#include "base/text.hpp"

#include <algorithm>
#include <arpa/inet.h>
#include <array>
#include <cstdint>

namespace atalaya::config {
namespace {

bool is_number(std::string_view text, std::int64_t lowest, std::int64_t highest) {
    const auto number = parse_integer(text);
    return number && *number >= lowest && *number <= highest;
}

bool is_ip(std::string_view text, int family) {
    std::array<unsigned char, 16> address{};
    return inet_pton(family, std::string(text).c_str(), address.data()) == 1;
}

} // namespace

Refusal check_address(std::string_view text) {
    constexpr std::string_view wanted =
        "must be ADDRESS:PORT, such as 127.0.0.1:8443 or [::1]:8443";
    const std::size_t colon = text.rfind(':');
    if (colon == text.npos || !is_number(text.substr(colon + 1), 0, 65535)) {
        return std::string(wanted);
    }
    const std::string_view host = text.substr(0, colon);
    const bool is_v6 = host.size() > 2 && host.front() == '[' && host.back() == ']' &&
                       is_ip(host.substr(1, host.size() - 2), AF_INET6);
    return is_v6 || is_ip(host, AF_INET) ? Refusal() : std::string(wanted);
}

Refusal check_http_address(std::string_view text) {
    if (text == "off" || text.starts_with("unix:/") || !check_address(text)) {
        return std::nullopt;
    }
    return *check_address(text) + ", or unix:/PATH, or off";
}

Refusal check_public_url(std::string_view text) {
    const bool plain = text.starts_with("https://") && text.size() > 8 && !text.ends_with('/') &&
                       text.find_first_of(" ?#\"<>") == text.npos;
    return text.empty() || plain ? Refusal()
                                 : "must be https://HOST[:PORT] without a slash at the end";
}

Refusal check_not_empty(std::string_view text) {
    return text.empty() ? Refusal("must not be empty") : std::nullopt;
}

Refusal check_network(std::string_view text) {
    const std::size_t slash = text.find('/');
    const std::string_view address = text.substr(0, slash);
    const bool v4 = is_ip(address, AF_INET);
    const bool whole = slash == text.npos;
    if ((v4 || is_ip(address, AF_INET6)) &&
        (whole || is_number(text.substr(slash + 1), 0, v4 ? 32 : 128))) {
        return std::nullopt;
    }
    return "must be an IP address or network, such as 127.0.0.1 or 10.0.0.0/8";
}

Refusal check_host_name(std::string_view text) {
    const bool name = !text.empty() && text.size() <= 253 && text.front() != '-' &&
                      std::all_of(text.begin(), text.end(), [](char c) {
                          return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
                                 (c >= '0' && c <= '9') || c == '-' || c == '.';
                      });
    return name || is_ip(text, AF_INET6) ? Refusal() : "must be a host name or an IP address";
}

Refusal check_memory(std::string_view text) {
    const std::size_t unit = text.find_first_not_of("0123456789");
    const std::string_view name = unit == text.npos ? "" : text.substr(unit);
    const bool known = name == "kB" || name == "MB" || name == "GB";
    return known && is_number(text.substr(0, unit), 1, 1 << 20)
               ? Refusal()
               : "must be a number with kB, MB or GB, such as 128MB";
}

/// Without a name and a password: the user has a key of its own, and a secret stands in a file.
Refusal check_smtp_url(std::string_view text) {
    const bool tls = text.starts_with("smtps://");
    const std::string_view place = text.substr(std::min(text.size(), std::size_t(tls ? 8 : 7)));
    const bool plain = (tls || text.starts_with("smtp://")) && !place.empty() &&
                       std::all_of(place.begin(), place.end(), [](char c) {
                           return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
                                  (c >= '0' && c <= '9') ||
                                  std::string_view("-.:[]").find(c) != std::string_view::npos;
                       });
    return text.empty() || plain ? Refusal() : "must be smtp://HOST[:PORT] or smtps://HOST[:PORT]";
}

Refusal check_issuer(std::string_view text) {
    const bool plain = text.starts_with("https://") && text.size() > 8 &&
                       text.find_first_of(" ?#@\"<>") == text.npos;
    return text.empty() || plain ? Refusal() : "must be https://HOST[/PATH]";
}

Refusal check_domain(std::string_view text) {
    const bool dotted = text.find('.') != text.npos && text.front() != '.' && text.back() != '.';
    return dotted && !check_host_name(text) ? Refusal() : "must be a domain, such as example.com";
}

Refusal check_contact(std::string_view text) {
    const bool address = text.starts_with("mailto:") && text.find('@') != text.npos;
    const bool plain = text.find_first_of(" \r\n\t") == text.npos && text.size() <= 200;
    return text.empty() || ((address || text.starts_with("https://")) && plain)
               ? Refusal()
               : "must be mailto:ADDRESS or https://PAGE";
}

Refusal check_mail_from(std::string_view text) {
    const bool one_line = std::none_of(text.begin(), text.end(), [](char c) {
        return static_cast<unsigned char>(c) < ' ' || c == 0x7f;
    });
    const bool address = text.find('@') != text.npos && text.find('@') == text.rfind('@');
    return text.empty() || (one_line && address)
               ? Refusal()
               : "must be an address, such as atalaya@example.com or Atalaya <atalaya@example.com>";
}

Refusal check_timestamp_url(std::string_view text) {
    const bool plain = (text.starts_with("https://") || text.starts_with("http://")) &&
                       text.find_first_of(" #@\"<>") == text.npos;
    return text.empty() || plain ? Refusal() : "must be https://HOST/PATH or http://HOST/PATH";
}

Refusal check_mail_address(std::string_view text) {
    const bool plain = text.find('@') != text.npos && text.find('@') == text.rfind('@') &&
                       text.find_first_of(" \t\r\n<>,;") == text.npos;
    return plain ? Refusal() : "must be an address, such as ada@example.com";
}

} // namespace atalaya::config
