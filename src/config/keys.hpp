// The table of all configuration keys: the one place where a key, its default, its bounds and its
// description stand. Private to this room. Constant; any thread.
#pragma once

#include "config/config.hpp"

#include <span>
#include <variant>

namespace atalaya::config {

/// Why a text is not acceptable, as "must be ..."; nullopt when it is.
using Check = std::optional<std::string> (*)(std::string_view text);

struct TextKey {
    std::string& (*member)(Config&);
    Check check = nullptr;
};
struct NumberKey {
    std::int64_t& (*member)(Config&);
    std::int64_t lowest;
    std::int64_t highest;
};
struct ListKey {
    std::vector<std::string>& (*member)(Config&);
    Check check; ///< of one item
};
struct ChoiceKey {
    std::string_view words; ///< separated by |
    void (*set)(Config&, std::size_t word);
};

struct Key {
    std::string_view section;
    std::string_view name;
    std::variant<TextKey, NumberKey, ListKey, ChoiceKey> type;
    std::string_view fallback; ///< the default, written as in the environment
    std::string_view meaning;  ///< one or two sentences of documentation
};

std::span<const Key> list_keys();

} // namespace atalaya::config
