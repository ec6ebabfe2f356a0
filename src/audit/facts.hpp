// What an event says, taken apart for searching: single facts, and the conditions they may meet.
//
// Pure; any thread. Both the search itself and its index (search_index.hpp) see events through
// facts_of(), so what the index leads to is what the condition then finds.
#pragma once

#include "audit/reader.hpp"

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace atalaya::audit {

enum class FactKind : std::uint8_t {
    action,
    outcome,
    actor_kind,
    resource_type,
    resource_id,
    actor, ///< the id of a person, an API key or an agent's server
    ip,
    actor_name,    ///< words
    resource_name, ///< words
    text,          ///< words: every text of the event, those above included
};
inline constexpr bool is_words(FactKind kind) { return kind >= FactKind::actor_name; }

/// Under whose key a fact lies: the header is open to everybody, the rest is sealed.
enum class Source : std::uint8_t { header, subject, detail };

struct Fact {
    FactKind kind;
    Source source;
    std::string value; ///< in lower case (ASCII)
};

std::vector<Fact> facts_of(const EventView& view);

/// Holds when any of the values is met; negated, when none is. Values are in lower case.
struct Condition {
    FactKind kind;
    std::vector<std::string> any_of;
    bool prefix = false; ///< values are beginnings; of words, the last word is one
    bool negated = false;
};
bool meets(const std::vector<Fact>& facts, const Condition& condition);

/// Letters and digits that belong together; bytes beyond ASCII count as letters, and a UUID is one
/// word.
std::vector<std::string_view> words_of(std::string_view text);

/// Numbers that stand for facts in the index. Two facts may share one, so they only ever lead to
/// events that are then looked at.
using Token = std::uint32_t;
std::vector<Token> tokens_of(const Fact& fact);
/// Tokens that an event has if it meets this value of a positive condition; none when the index
/// cannot help.
std::vector<Token> tokens_for(const Condition& condition, std::string_view value);

} // namespace atalaya::audit
