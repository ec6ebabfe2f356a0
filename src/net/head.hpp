// The strict reading of HTTP/1.x heads. Whatever two parsers could understand differently (RFC 9112
// section 11) is refused here, so that a proxy in front and we never disagree about where a request
// ends. Pure; any thread; untrusted input.
#pragma once

#include "base/problem.hpp"
#include "base/result.hpp"
#include "net/message.hpp"

#include <cstdint>
#include <optional>
#include <string_view>
#include <variant>

namespace atalaya::net {

inline constexpr std::size_t head_bytes_max = 16 * 1024;
inline constexpr std::size_t head_fields_max = 100;

/// How far the blank line that ends a head was looked for.
struct HeadEnd {
    std::size_t size = 0; ///< of the head with its blank line; zero: not there yet
    bool bad = false; ///< a line that ends without CR, or no line at all: never going to be right
};
/// `scanned` bytes of `text` were seen by an earlier call.
HeadEnd find_head_end(std::string_view text, std::size_t scanned);

/// What a head says about the body behind it.
struct Framing {
    std::optional<std::uint64_t> content_length;
    bool chunked = false;
    bool keep_alive = false;
    bool http_1_0 = false;
};

struct RequestHead {
    Request request; ///< body, peer and secure are not the head's business
    Framing framing;
    bool expects_continue = false;
};
struct Refusal {
    const ProblemKind* kind;
    std::string detail;
};

/// `text` is one whole head with its blank line.
std::variant<RequestHead, Refusal> parse_request_head(std::string_view text);

struct ResponseHead {
    int status = 0;
    std::vector<Header> headers;
    Framing framing;
};
Result<ResponseHead> parse_response_head(std::string_view text);

/// RFC 9110 token: methods and field names.
bool is_token(std::string_view text);
/// No control characters but tab: what may be written as a field value.
bool is_field_value(std::string_view text);
/// Percent-decodes once; nullopt for what could be read as another path by somebody else: dot
/// segments, `//`, backslash, NUL, an encoded slash, bytes that are not UTF-8.
std::optional<std::string> parse_path(std::string_view raw);

} // namespace atalaya::net
