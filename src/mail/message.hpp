// A mail to one person, as values. Pure; any thread.
#pragma once

#include "base/ids.hpp"
#include "base/time.hpp"

#include <optional>
#include <string>
#include <string_view>

namespace atalaya::mail {

struct Message {
    std::string to; ///< one address, without a name
    std::string subject;
    std::string text;
    std::string html;
};

/// What stays the same however often a message is sent, so that a copy can be told from another
/// message.
struct Stamp {
    Uuid id;
    Time written_at;
};

/// Bytes of each part: no mail of ours is longer.
inline constexpr std::size_t part_bytes_max = 400'000;

/// Why no mail can be made of it, in words without anything of its content; nullopt when one can. A
/// header must not be able to end: who is addressed, and what else is in the head, is ours to say.
std::optional<std::string> find_fault(const Message& message);
/// One @, and neither a space, a control character nor a bracket around it.
bool is_plain_address(std::string_view address);

/// As a header takes it (RFC 2047): as it is when it is short and ASCII, else encoded words.
std::string encode_header_text(std::string_view text);
/// RFC 5322: Sun, 22 Nov 2026 20:28:00 +0000.
std::string to_mail_date(Time time);

} // namespace atalaya::mail
