#include "mail/message.hpp"

#include "base/bytes.hpp"

#include <algorithm>
#include <array>
#include <ctime>

namespace atalaya::mail {
namespace {

constexpr std::size_t subject_max = 1000;
/// An encoded word has at most 75 characters, 12 of them frame; base64 makes four of three.
constexpr std::size_t word_bytes_max = 45;
/// A header line with "Subject: " stays below 78.
constexpr std::size_t plain_max = 66;

bool is_control(char c) { return static_cast<unsigned char>(c) < ' ' || c == 0x7f; }
bool is_ascii(char c) { return static_cast<unsigned char>(c) < 0x80; }
bool continues_character(char c) { return (static_cast<unsigned char>(c) & 0xc0) == 0x80; }

std::string to_base64(std::string_view text) {
    constexpr std::string_view digits =
        "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    std::string out;
    for (std::size_t at = 0; at < text.size(); at += 3) {
        std::uint32_t group = 0;
        for (std::size_t i = 0; i < 3; ++i)
            group =
                group << 8 | (at + i < text.size() ? static_cast<unsigned char>(text[at + i]) : 0u);
        for (std::size_t i = 0; i < 4; ++i)
            out += at + i > text.size() ? '=' : digits[group >> (18 - 6 * i) & 63];
    }
    return out;
}

} // namespace

bool is_plain_address(std::string_view address) {
    const auto at = address.find('@');
    return at != std::string_view::npos && at > 0 && at + 1 < address.size() &&
           address.size() <= 254 && address.find('@', at + 1) == std::string_view::npos &&
           address.front() != '-' && std::none_of(address.begin(), address.end(), [](char c) {
               return is_control(c) ||
                      std::string_view(" <>,;:\"\\()[]").find(c) != std::string_view::npos;
           });
}

std::optional<std::string> find_fault(const Message& message) {
    if (!is_plain_address(message.to))
        return "the address cannot be written to";
    if (message.subject.empty() || message.subject.size() > subject_max ||
        std::any_of(message.subject.begin(), message.subject.end(), is_control))
        return "the subject is no single line";
    if (message.text.empty() || message.html.empty())
        return "a part is missing";
    if (message.text.size() > part_bytes_max || message.html.size() > part_bytes_max)
        return "a part is too long";
    return std::nullopt;
}

std::string encode_header_text(std::string_view text) {
    if (text.size() <= plain_max && std::all_of(text.begin(), text.end(), is_ascii) &&
        text.find("=?") == std::string_view::npos)
        return std::string(text);
    std::string out;
    while (!text.empty()) {
        std::size_t size = std::min(word_bytes_max, text.size());
        while (size < text.size() && size > 1 && continues_character(text[size]))
            --size;
        // The space between two words is no part of the text.
        out += (out.empty() ? "=?UTF-8?B?" : "\r\n =?UTF-8?B?") + to_base64(text.substr(0, size)) +
               "?=";
        text.remove_prefix(size);
    }
    return out;
}

std::string to_mail_date(Time time) {
    constexpr std::array<std::string_view, 7> days{"Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"};
    constexpr std::array<std::string_view, 12> months{"Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                                      "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
    const std::time_t seconds = static_cast<std::time_t>(time.us / 1'000'000);
    std::tm parts{};
    gmtime_r(&seconds, &parts);
    const auto two = [](int number) { return (number < 10 ? "0" : "") + std::to_string(number); };
    return std::string(days[static_cast<std::size_t>(parts.tm_wday)]) + ", " + two(parts.tm_mday) +
           " " + std::string(months[static_cast<std::size_t>(parts.tm_mon)]) + " " +
           std::to_string(parts.tm_year + 1900) + " " + two(parts.tm_hour) + ":" +
           two(parts.tm_min) + ":" + two(parts.tm_sec) + " +0000";
}

} // namespace atalaya::mail
