#include "modules/second_factor/recovery_code.hpp"

#include "base/text.hpp"

namespace atalaya::second_factor {
namespace {

constexpr std::string_view alphabet = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";
constexpr std::size_t secret_length = 10;

char to_canonical(char c) {
    if (c >= 'a' && c <= 'z')
        c = static_cast<char>(c - 'a' + 'A');
    if (c == 'I' || c == 'L')
        return '1';
    return c == 'O' ? '0' : c;
}

} // namespace

RecoveryCode make_recovery_code(Random& random, int number) {
    RecoveryCode code{number, {}};
    for (const std::uint8_t byte : random.bytes(secret_length))
        code.secret += alphabet[byte % alphabet.size()];
    return code;
}

std::string to_text(const RecoveryCode& code) {
    const std::string number = std::to_string(code.number);
    return std::string(2 - number.size(), '0') + number + "-" + code.secret.substr(0, 5) + "-" +
           code.secret.substr(5);
}

std::optional<RecoveryCode> parse_recovery_code(std::string_view text) {
    std::string plain;
    for (const char c : text) {
        if (c == '-' || c == ' ')
            continue;
        plain += to_canonical(c);
        if (alphabet.find(plain.back()) == alphabet.npos || plain.size() > 2 + secret_length)
            return std::nullopt;
    }
    if (plain.size() != 2 + secret_length)
        return std::nullopt;
    const auto number = parse_integer(plain.substr(0, 2));
    if (!number || *number < 1)
        return std::nullopt;
    return RecoveryCode{static_cast<int>(*number), plain.substr(2)};
}

} // namespace atalaya::second_factor
