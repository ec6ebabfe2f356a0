#include "promql/literals.hpp"

#include "base/text.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>
#include <limits>

namespace atalaya::promql {

namespace {

bool is_digit(char c) { return c >= '0' && c <= '9'; }
bool is_letter(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_'; }

int digit_of(char c) {
    if (is_digit(c))
        return c - '0';
    if (c >= 'a' && c <= 'f')
        return c - 'a' + 10;
    if (c >= 'A' && c <= 'F')
        return c - 'A' + 10;
    return 99;
}

/// An underscore may stand between two digits, and after the x of a hexadecimal number.
std::optional<std::string> without_underscores(std::string_view text) {
    std::string digits;
    for (std::size_t i = 0; i < text.size(); ++i) {
        if (text[i] != '_') {
            digits += text[i];
            continue;
        }
        const bool before =
            i > 0 && (digit_of(text[i - 1]) < 16 || to_lower(text.substr(i - 1, 1)) == "x");
        if (!before || i + 1 == text.size() || digit_of(text[i + 1]) >= 16)
            return std::nullopt;
    }
    return digits;
}

std::optional<double> parse_whole(std::string_view digits, int base) {
    std::int64_t value = 0;
    const auto [end, error] =
        std::from_chars(digits.data(), digits.data() + digits.size(), value, base);
    if (error != std::errc{} || end != digits.data() + digits.size())
        return std::nullopt;
    return static_cast<double>(value);
}

void append_utf8(std::string& out, std::uint32_t code) {
    const auto put = [&](std::uint32_t byte) { out += static_cast<char>(byte); };
    if (code < 0x80) {
        put(code);
    } else if (code < 0x800) {
        put(0xc0 | code >> 6);
        put(0x80 | (code & 0x3f));
    } else if (code < 0x10000) {
        put(0xe0 | code >> 12);
        put(0x80 | (code >> 6 & 0x3f));
        put(0x80 | (code & 0x3f));
    } else {
        put(0xf0 | code >> 18);
        put(0x80 | (code >> 12 & 0x3f));
        put(0x80 | (code >> 6 & 0x3f));
        put(0x80 | (code & 0x3f));
    }
}

/// `count` digits of the base at the front of `text`, which are cut off.
std::optional<std::uint32_t> take_code(std::string_view& text, std::size_t count, int base) {
    if (text.size() < count)
        return std::nullopt;
    std::uint32_t code = 0;
    for (const char c : text.substr(0, count)) {
        if (digit_of(c) >= base)
            return std::nullopt;
        code = code * static_cast<std::uint32_t>(base) + static_cast<std::uint32_t>(digit_of(c));
    }
    text.remove_prefix(count);
    return code;
}

/// Reads what follows a backslash.
bool take_escape(std::string_view& text, char quote, std::string& out) {
    constexpr std::string_view letters = "abfnrtv\\";
    constexpr std::string_view meanings = "\a\b\f\n\r\t\v\\";
    if (text.empty())
        return false;
    const char c = text.front();
    if (const auto at = letters.find(c); at != letters.npos || c == quote) {
        text.remove_prefix(1);
        out += c == quote ? quote : meanings[at];
        return true;
    }
    const bool octal = c >= '0' && c <= '7';
    if (!octal)
        text.remove_prefix(1);
    if (octal || c == 'x') {
        const auto code = octal ? take_code(text, 3, 8) : take_code(text, 2, 16);
        if (!code || *code > 0xff)
            return false;
        out += static_cast<char>(*code);
        return true;
    }
    if (c != 'u' && c != 'U')
        return false;
    const auto code = take_code(text, c == 'u' ? 4 : 8, 16);
    if (!code || *code > 0x10ffff || (*code >= 0xd800 && *code < 0xe000))
        return false;
    append_utf8(out, *code);
    return true;
}

struct Unit {
    std::string_view name;
    std::int64_t ms;
};
constexpr std::array units{Unit{"y", 365LL * 86'400'000},
                           Unit{"w", 7LL * 86'400'000},
                           Unit{"d", 86'400'000},
                           Unit{"h", 3'600'000},
                           Unit{"m", 60'000},
                           Unit{"s", 1'000},
                           Unit{"ms", 1}};

} // namespace

std::optional<double> parse_number(std::string_view text) {
    const std::string lower = to_lower(text);
    if (lower == "inf")
        return std::numeric_limits<double>::infinity();
    if (lower == "nan")
        return std::numeric_limits<double>::quiet_NaN();
    const auto digits = without_underscores(lower);
    if (!digits || digits->empty() || !(is_digit(digits->front()) || digits->front() == '.'))
        return std::nullopt;
    if (digits->starts_with("0x")) {
        if (digits->size() == 2 || digits->at(2) == '-')
            return std::nullopt;
        return parse_whole(std::string_view(*digits).substr(2), 16);
    }
    if (digits->size() > 1 && digits->front() == '0' &&
        digits->find_first_not_of("01234567") == std::string::npos)
        return parse_whole(*digits, 8);
    double value = 0;
    const char* const last = digits->data() + digits->size();
    const auto [end, error] = std::from_chars(digits->data(), last, value);
    if (error != std::errc{} || end != last)
        return std::nullopt;
    return value;
}

std::optional<std::int64_t> parse_units_ms(std::string_view text) {
    std::int64_t total = 0;
    auto unit = units.begin();
    if (text.empty())
        return std::nullopt;
    while (!text.empty()) {
        std::int64_t count = 0;
        const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), count);
        if (error != std::errc{} || count < 0)
            return std::nullopt;
        text.remove_prefix(static_cast<std::size_t>(end - text.data()));
        const std::string_view name = text.substr(
            0, static_cast<std::size_t>(std::ranges::find_if_not(text, is_letter) - text.begin()));
        unit = std::find_if(unit, units.end(), [&](const Unit& u) { return u.name == name; });
        if (unit == units.end())
            return std::nullopt;
        std::int64_t part = 0;
        if (__builtin_mul_overflow(count, unit->ms, &part) ||
            __builtin_add_overflow(total, part, &total))
            return std::nullopt;
        text.remove_prefix(name.size());
        ++unit;
    }
    return total;
}

std::optional<std::string> parse_quoted(std::string_view text) {
    if (text.size() < 2 || text.front() != text.back())
        return std::nullopt;
    const char quote = text.front();
    text = text.substr(1, text.size() - 2);
    if (quote == '`')
        return std::string(text);
    if (quote != '"' && quote != '\'')
        return std::nullopt;
    std::string out;
    while (!text.empty()) {
        const char c = text.front();
        text.remove_prefix(1);
        if (c == quote || c == '\n' || (c == '\\' && !take_escape(text, quote, out)))
            return std::nullopt;
        if (c != '\\')
            out += c;
    }
    return out;
}

std::string write_plain_number(double value) {
    if (std::isnan(value))
        return "NaN";
    if (std::isinf(value))
        return value > 0 ? "+Inf" : "-Inf";
    std::array<char, 400>
        buffer{}; // the longest double has 309 digits before or 325 after its point
    const auto end = std::to_chars(buffer.data(), buffer.data() + buffer.size(), value,
                                   std::chars_format::fixed);
    return {buffer.data(), end.ptr};
}

std::string write_quoted(std::string_view text) {
    constexpr std::string_view hex = "0123456789abcdef";
    std::string out = "\"";
    const bool utf8 = is_utf8(text);
    for (const char c : text) {
        const auto byte = static_cast<unsigned char>(c);
        if (c == '"' || c == '\\') {
            out += '\\';
            out += c;
        } else if (c == '\n') {
            out += "\\n";
        } else if (byte < 0x20 || byte == 0x7f || (byte >= 0x80 && !utf8)) {
            out += "\\x";
            out += hex[byte >> 4];
            out += hex[byte & 15];
        } else {
            out += c;
        }
    }
    return out + '"';
}

std::string write_duration(std::int64_t ms) {
    if (ms == 0)
        return "0s";
    std::string out;
    for (const Unit& unit : units) {
        // Weeks and years only if nothing is left over: nobody reads 1w3d as ten days.
        if (unit.ms > 86'400'000 && ms % unit.ms != 0)
            continue;
        if (ms >= unit.ms) {
            out += std::to_string(ms / unit.ms);
            out += unit.name;
            ms %= unit.ms;
        }
    }
    return out;
}

bool is_label_name(std::string_view text) {
    return !text.empty() && is_letter(text.front()) &&
           std::ranges::all_of(text, [](char c) { return is_letter(c) || is_digit(c); });
}

bool is_metric_name(std::string_view text) {
    const auto fits = [](char c) { return is_letter(c) || is_digit(c) || c == ':'; };
    return !text.empty() && !is_digit(text.front()) && std::ranges::all_of(text, fits);
}

} // namespace atalaya::promql
