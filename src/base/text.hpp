// Text codings and small questions about text. Pure; any thread; parsers return nullopt on bad
// input.
#pragma once

#include "base/bytes.hpp"

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace atalaya {

std::string to_hex(BytesView bytes);
std::optional<Bytes> parse_hex(std::string_view text);

/// RFC 4648 section 4, with padding.
std::string to_base64(BytesView bytes);
std::optional<Bytes> parse_base64(std::string_view text);
/// RFC 4648 section 5, without padding.
std::string to_base64url(BytesView bytes);
std::optional<Bytes> parse_base64url(std::string_view text);

/// True for well-formed UTF-8 (RFC 3629) without NUL.
bool is_utf8(std::string_view text);
/// Number of code points; the text must be UTF-8.
std::size_t count_code_points(std::string_view text);

/// ASCII only: what protocols compare without regard to case is ASCII.
std::string to_lower(std::string_view text);
bool equal_ignoring_case(std::string_view left, std::string_view right);
std::string_view trim(std::string_view text);
std::vector<std::string_view> split(std::string_view text, char separator);

/// Whole text as a decimal integer; nullopt for anything else, overflow included.
std::optional<std::int64_t> parse_integer(std::string_view text);

/// For text and quoted attributes of HTML.
std::string escape_html(std::string_view text);

/// RFC 3986 percent-decoding; nullopt for a broken escape.
std::optional<std::string> percent_decode(std::string_view text, bool plus_is_space);
std::string percent_encode(std::string_view text);

} // namespace atalaya
