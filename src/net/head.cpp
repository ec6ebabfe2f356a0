#include "net/head.hpp"

#include "base/problems.hpp"
#include "base/text.hpp"
#include "net/address.hpp"

#include <algorithm>
#include <array>
#include <cstring>

namespace atalaya::net {
namespace {

/// Why a head is refused; null: it is not.
using Fault = const char*;

constexpr auto token_characters = [] {
    std::array<bool, 256> table{};
    for (const char c : std::string_view("!#$%&'*+-.^_`|~0123456789"))
        table[static_cast<unsigned char>(c)] = true;
    for (unsigned char c = 'a'; c <= 'z'; ++c)
        table[c] = table[static_cast<unsigned char>(c - 'a' + 'A')] = true;
    return table;
}();

/// Fields whose meaning would depend on which of several one believes.
constexpr std::array<std::string_view, 7> single_fields{
    "host",         "content-length",  "transfer-encoding", "authorization",
    "content-type", "idempotency-key", "x-csrf-token",
};

std::string_view take_line(std::string_view& text) {
    const std::size_t end = text.find("\r\n");
    const std::string_view line = text.substr(0, end);
    text.remove_prefix(end + 2);
    return line;
}

Fault parse_fields(std::string_view text, std::vector<Header>& out) {
    out.reserve(16);
    while (!text.starts_with("\r\n")) {
        const std::string_view line = take_line(text);
        if (line.front() == ' ' || line.front() == '\t')
            return "A header goes on in a second line.";
        const std::size_t colon = line.find(':');
        if (colon == std::string_view::npos)
            return "A header has no colon.";
        const std::string_view name = line.substr(0, colon);
        const std::string_view value = trim(line.substr(colon + 1));
        if (!is_token(name))
            return "A header's name has a character that is not allowed.";
        if (!is_field_value(value))
            return "A header's value has a control character.";
        if (out.size() == head_fields_max)
            return "There are too many headers.";
        out.push_back({to_lower(name), std::string(value)});
    }
    return nullptr;
}

Fault check_single(const std::vector<Header>& fields) {
    std::array<bool, single_fields.size()> seen{};
    for (const Header& field : fields) {
        for (std::size_t i = 0; i < single_fields.size(); ++i) {
            if (field.name != single_fields[i])
                continue;
            if (seen[i])
                return "A header that may stand once stands twice.";
            seen[i] = true;
        }
    }
    return nullptr;
}

Fault parse_framing(const std::vector<Header>& fields, Framing& out) {
    out.keep_alive = !out.http_1_0;
    for (const Header& field : fields) {
        if (field.name == "content-length") {
            const bool digits = std::all_of(field.value.begin(), field.value.end(),
                                            [](char c) { return c >= '0' && c <= '9'; });
            const auto length = parse_integer(field.value);
            if (!digits || !length)
                return "Content-Length is not a number.";
            out.content_length = static_cast<std::uint64_t>(*length);
        } else if (field.name == "transfer-encoding") {
            if (out.http_1_0 || !equal_ignoring_case(field.value, "chunked"))
                return "The only transfer coding here is chunked.";
            out.chunked = true;
        } else if (field.name == "connection") {
            for (const std::string_view option : split(field.value, ',')) {
                if (equal_ignoring_case(trim(option), "close"))
                    out.keep_alive = false;
                if (out.http_1_0 && equal_ignoring_case(trim(option), "keep-alive"))
                    out.keep_alive = true;
            }
        }
    }
    if (out.chunked && out.content_length)
        return "Content-Length and Transfer-Encoding exclude each other.";
    return nullptr;
}

Fault parse_target(std::string_view target, Request& out) {
    if (!std::all_of(target.begin(), target.end(), [](char c) { return c > ' ' && c < '\x7f'; }))
        return "The address has a character that must be encoded.";
    const std::size_t mark = target.find('?');
    if (target.find('#') != std::string_view::npos)
        return "The address has a fragment.";
    auto path = parse_path(target.substr(0, mark));
    if (!path)
        return "The address is not a plain path.";
    out.target = target;
    out.path = std::move(*path);
    if (mark != std::string_view::npos)
        out.query = target.substr(mark + 1);
    return nullptr;
}

Fault parse_request_line(std::string_view line, RequestHead& out) {
    const std::size_t first = line.find(' ');
    const std::size_t last = line.rfind(' ');
    if (first == std::string_view::npos || first == last)
        return "The request line has not three parts.";
    const std::string_view method = line.substr(0, first);
    const std::string_view version = line.substr(last + 1);
    if (!is_token(method) || method.size() > 32)
        return "The method is not a word.";
    if (version != "HTTP/1.1" && version != "HTTP/1.0")
        return "This server speaks HTTP/1.1.";
    out.request.method = method;
    out.framing.http_1_0 = version == "HTTP/1.0";
    return parse_target(line.substr(first + 1, last - first - 1), out.request);
}

Fault check_request(RequestHead& head) {
    const std::string_view host = head.request.header("host");
    if (!is_host(host) && !(head.framing.http_1_0 && host.empty()))
        return "The Host header is missing or not a host.";
    const std::string_view expect = head.request.header("expect");
    head.expects_continue = equal_ignoring_case(expect, "100-continue") && !head.framing.http_1_0;
    if (!expect.empty() && !equal_ignoring_case(expect, "100-continue"))
        return "The only expectation here is 100-continue.";
    return nullptr;
}

} // namespace

HeadEnd find_head_end(std::string_view text, std::size_t scanned) {
    // Whoever greets with TLS on the plain port is told at once, not after the time-out.
    if (!text.empty() && !token_characters[static_cast<unsigned char>(text.front())])
        return {0, true};
    std::size_t at = scanned;
    while (at < text.size()) {
        const void* found = std::memchr(text.data() + at, '\n', text.size() - at);
        if (!found)
            return {};
        at = static_cast<std::size_t>(static_cast<const char*>(found) - text.data());
        if (at < 2 || text[at - 1] != '\r')
            return {0, true};
        if (text[at - 2] == '\n')
            return {at + 1, false};
        ++at;
    }
    return {};
}

std::variant<RequestHead, Refusal> parse_request_head(std::string_view text) {
    RequestHead head;
    Fault fault = parse_request_line(take_line(text), head);
    if (!fault)
        fault = parse_fields(text, head.request.headers);
    if (!fault)
        fault = check_single(head.request.headers);
    if (!fault)
        fault = parse_framing(head.request.headers, head.framing);
    if (!fault)
        fault = check_request(head);
    if (fault) {
        const bool too_many = head.request.headers.size() == head_fields_max;
        return Refusal{too_many ? &problems::head_too_large : &problems::bad_request, fault};
    }
    // TRACE would echo cookies to scripts; CONNECT would make a proxy of us.
    if (head.request.method == "TRACE" || head.request.method == "CONNECT")
        return Refusal{&problems::method_not_allowed, "TRACE and CONNECT are not served."};
    return head;
}

Result<ResponseHead> parse_response_head(std::string_view text) {
    ResponseHead head;
    const std::string_view line = take_line(text);
    const bool known = line.starts_with("HTTP/1.1 ") || line.starts_with("HTTP/1.0 ");
    const auto status = line.size() >= 12 ? parse_integer(line.substr(9, 3)) : std::nullopt;
    if (!known || !status || *status < 100 || (line.size() > 12 && line[12] != ' '))
        return ParseError{"the answer's status line is not HTTP/1.x"};
    head.status = static_cast<int>(*status);
    head.framing.http_1_0 = line[7] == '0';
    Fault fault = parse_fields(text, head.headers);
    if (!fault)
        fault = parse_framing(head.headers, head.framing);
    if (fault)
        return ParseError{fault};
    return head;
}

bool is_token(std::string_view text) {
    return !text.empty() && std::all_of(text.begin(), text.end(), [](char c) {
        return token_characters[static_cast<unsigned char>(c)];
    });
}

bool is_field_value(std::string_view text) {
    return std::all_of(text.begin(), text.end(), [](char c) {
        const auto byte = static_cast<unsigned char>(c);
        return byte == '\t' || (byte >= 0x20 && byte != 0x7f);
    });
}

std::optional<std::string> parse_path(std::string_view raw) {
    if (!raw.starts_with('/'))
        return std::nullopt;
    // An encoded slash would make another path after decoding than before.
    for (std::size_t at = raw.find('%'); at != std::string_view::npos; at = raw.find('%', at + 1)) {
        if (equal_ignoring_case(raw.substr(at, 3), "%2f"))
            return std::nullopt;
    }
    auto path = percent_decode(raw, false);
    if (!path || !is_utf8(*path) || path->find('\\') != std::string::npos)
        return std::nullopt;
    const auto is_control = [](char c) {
        return static_cast<unsigned char>(c) < 0x20 || c == 0x7f;
    };
    if (std::any_of(path->begin(), path->end(), is_control))
        return std::nullopt;
    const auto segments = split(std::string_view(*path).substr(1), '/');
    for (std::size_t i = 0; i < segments.size(); ++i) {
        const bool inner_empty = segments[i].empty() && i + 1 < segments.size();
        if (segments[i] == "." || segments[i] == ".." || inner_empty)
            return std::nullopt;
    }
    return path;
}

} // namespace atalaya::net
