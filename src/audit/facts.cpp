#include "audit/facts.hpp"

#include "base/text.hpp"

#include <algorithm>

namespace atalaya::audit {
namespace {

constexpr std::size_t uuid_size = 36;
/// Beginnings of words that the index knows.
constexpr std::array<std::size_t, 2> word_beginnings{3, 5};

bool is_word_byte(char c) {
    return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') ||
           (static_cast<unsigned char>(c) & 0x80) != 0;
}

/// FNV-1a, folded. Tokens lie sealed, so the hash need not resist anybody.
Token token(FactKind kind, bool beginning, std::string_view value) {
    std::uint64_t hash = 0xcbf29ce484222325;
    const auto mix = [&](std::uint8_t byte) { hash = (hash ^ byte) * 0x100000001b3; };
    mix(static_cast<std::uint8_t>(kind));
    mix(beginning);
    for (const char c : value)
        mix(static_cast<std::uint8_t>(c));
    return static_cast<Token>(hash ^ hash >> 32);
}

class Collector {
  public:
    void add(FactKind kind, Source source, std::string_view value) {
        if (!value.empty())
            facts_.push_back({kind, source, to_lower(value)});
    }
    /// Every text and number below `json`.
    void add_texts(Source source, const shape::Json& json) {
        if (const auto* text = json.if_string()) {
            add(FactKind::text, source, *text);
        } else if (json.if_integer() || json.if_double()) {
            add(FactKind::text, source, shape::write_json(json));
        } else if (const auto* array = json.if_array()) {
            for (const shape::Json& element : *array)
                add_texts(source, element);
        } else if (const auto* object = json.if_object()) {
            for (const shape::Member& member : *object)
                add_texts(source, member.value);
        }
    }
    void add_member(FactKind kind, Source source, const shape::Json& body, std::string_view name) {
        const shape::Json* found = body.find(name);
        if (const std::string* text = found ? found->if_string() : nullptr)
            add(kind, source, *text);
    }
    std::vector<Fact> take() { return std::move(facts_); }

  private:
    std::vector<Fact> facts_;
};

shape::Json parse_body(const std::optional<std::string>& body) {
    if (!body)
        return {};
    auto json = shape::parse_json(*body);
    return json ? std::move(*json) : shape::Json();
}

bool begins_with(std::span<const std::string_view> text, std::span<const std::string_view> wanted,
                 bool prefix) {
    if (text.size() < wanted.size())
        return false;
    for (std::size_t i = 0; i < wanted.size(); ++i) {
        const bool last = i + 1 == wanted.size();
        if (prefix && last ? !text[i].starts_with(wanted[i]) : text[i] != wanted[i])
            return false;
    }
    return true;
}

bool holds_words(std::string_view text, std::string_view value, bool prefix) {
    const auto wanted = words_of(value);
    const auto words = words_of(text);
    if (wanted.empty()) // only signs: the very signs are looked for
        return text.find(value) != text.npos;
    const std::span<const std::string_view> all(words);
    for (std::size_t i = 0; i < all.size(); ++i) {
        if (begins_with(all.subspan(i), wanted, prefix))
            return true;
    }
    return false;
}

bool meets_value(const Fact& fact, const Condition& condition, std::string_view value) {
    if (is_words(condition.kind))
        return holds_words(fact.value, value, condition.prefix);
    return condition.prefix ? fact.value.starts_with(value) : fact.value == value;
}

} // namespace

std::vector<Fact> facts_of(const EventView& view) {
    const Header& header = view.header;
    Collector facts;
    facts.add(FactKind::action, Source::header, header.action);
    facts.add(FactKind::outcome, Source::header, to_string(header.outcome));
    facts.add(FactKind::actor_kind, Source::header, to_string(header.actor_kind));
    facts.add(FactKind::resource_type, Source::header, header.resource_type);
    facts.add(FactKind::text, Source::header, header.action);
    if (!header.resource_id.is_nil()) {
        facts.add(FactKind::resource_id, Source::header, to_string(header.resource_id));
        facts.add(FactKind::text, Source::header, to_string(header.resource_id));
    }
    const shape::Json subject = parse_body(view.subject);
    for (const std::string_view name : {"actor", "device", "key"})
        facts.add_member(FactKind::actor, Source::subject, subject, name);
    facts.add_member(FactKind::ip, Source::subject, subject, "ip");
    facts.add_member(FactKind::actor_name, Source::subject, subject, "name");
    facts.add_texts(Source::subject, subject);
    const shape::Json detail = parse_body(view.detail);
    facts.add_member(FactKind::resource_name, Source::detail, detail, "name");
    facts.add_member(FactKind::resource_id, Source::detail, detail, "person");
    facts.add_texts(Source::detail, detail);
    return facts.take();
}

bool meets(const std::vector<Fact>& facts, const Condition& condition) {
    const bool met = std::ranges::any_of(facts, [&](const Fact& fact) {
        return fact.kind == condition.kind &&
               std::ranges::any_of(condition.any_of, [&](const std::string& value) {
                   return meets_value(fact, condition, value);
               });
    });
    return met != condition.negated;
}

std::vector<std::string_view> words_of(std::string_view text) {
    std::vector<std::string_view> words;
    for (std::size_t at = 0; at < text.size();) {
        if (!is_word_byte(text[at])) {
            ++at;
            continue;
        }
        std::size_t end = at;
        while (end < text.size() && is_word_byte(text[end]))
            ++end;
        // Of the parts of a UUID only the first has eight characters and a hyphen behind it.
        if (end - at == 8 && end < text.size() && text[end] == '-' &&
            parse_uuid(text.substr(at, uuid_size)))
            end = at + uuid_size;
        words.push_back(text.substr(at, end - at));
        at = end;
    }
    return words;
}

std::vector<Token> tokens_of(const Fact& fact) {
    std::vector<Token> tokens;
    if (!is_words(fact.kind)) {
        tokens.push_back(token(fact.kind, false, fact.value));
        if (fact.kind == FactKind::action || fact.kind == FactKind::ip) {
            for (std::size_t size = 1; size <= fact.value.size(); ++size)
                tokens.push_back(token(fact.kind, true, fact.value.substr(0, size)));
        }
        return tokens;
    }
    for (const std::string_view word : words_of(fact.value)) {
        tokens.push_back(token(fact.kind, false, word));
        for (const std::size_t size : word_beginnings) {
            if (word.size() >= size && fact.kind == FactKind::text)
                tokens.push_back(token(fact.kind, true, word.substr(0, size)));
        }
    }
    return tokens;
}

std::vector<Token> tokens_for(const Condition& condition, std::string_view value) {
    std::vector<Token> tokens;
    if (!is_words(condition.kind)) {
        const bool has_beginnings =
            condition.kind == FactKind::action || condition.kind == FactKind::ip;
        if (!condition.prefix || (has_beginnings && !value.empty()))
            tokens.push_back(token(condition.kind, condition.prefix, value));
        return tokens;
    }
    const auto words = words_of(value);
    for (std::size_t i = 0; i < words.size(); ++i) {
        if (!condition.prefix || i + 1 < words.size()) {
            tokens.push_back(token(condition.kind, false, words[i]));
            continue;
        }
        // Every name is among the texts too, where beginnings are known.
        for (const std::size_t size : word_beginnings) {
            if (words[i].size() >= size)
                tokens.push_back(token(FactKind::text, true, words[i].substr(0, size)));
        }
    }
    return tokens;
}

} // namespace atalaya::audit
