#include "base/ids.hpp"

#include "base/text.hpp"

#include <algorithm>

namespace atalaya {

std::string to_string(const Uuid& id) {
    std::string out = to_hex(id.bytes);
    for (const std::size_t at : {8u, 13u, 18u, 23u}) {
        out.insert(at, 1, '-');
    }
    return out;
}

std::optional<Uuid> parse_uuid(std::string_view text) {
    if (text.size() != 36)
        return std::nullopt;
    std::string digits;
    for (std::size_t i = 0; i < text.size(); ++i) {
        const bool hyphen = i == 8 || i == 13 || i == 18 || i == 23;
        if (hyphen != (text[i] == '-'))
            return std::nullopt;
        if (!hyphen)
            digits += text[i];
    }
    const auto bytes = parse_hex(digits);
    if (!bytes)
        return std::nullopt;
    Uuid id;
    std::copy(bytes->begin(), bytes->end(), id.bytes.begin());
    return id;
}

} // namespace atalaya
