#include "shape/filter.hpp"

#include "base/text.hpp"

#include <algorithm>

namespace atalaya::shape {
namespace {

bool is_space(char c) { return c == ' ' || c == '\t' || c == '\n' || c == '\r'; }
bool is_key_character(char c) { return (c >= 'a' && c <= 'z') || c == '_'; }

std::string join(std::span<const std::string_view> words) {
    std::string out;
    for (std::size_t i = 0; i < words.size(); ++i) {
        if (i > 0)
            out += i + 1 == words.size() ? " or " : ", ";
        out += words[i];
    }
    return out;
}

class Parser {
  public:
    Parser(std::string_view text, std::span<const FilterKey> keys) : text_(text), keys_(keys) {}

    std::variant<std::vector<FilterTerm>, FilterError> run() {
        if (text_.size() > filter_bytes_max)
            return fail(0, text_.size(), "The query is too long.",
                        "At most " + std::to_string(filter_bytes_max) + " bytes.");
        std::vector<FilterTerm> terms;
        for (skip_spaces(); at_ < text_.size(); skip_spaces()) {
            const std::size_t start = at_;
            auto term = read_term();
            if (!term)
                return *error_;
            if (terms.size() == filter_terms_max)
                return fail(start, text_.size(), "There are too many terms.",
                            "At most " + std::to_string(filter_terms_max) + ".");
            terms.push_back(std::move(*term));
        }
        return terms;
    }

  private:
    void skip_spaces() {
        while (at_ < text_.size() && is_space(text_[at_]))
            ++at_;
    }

    FilterError fail(std::size_t begin, std::size_t end, std::string reason, std::string hint) {
        error_ = FilterError{
            {count_code_points(text_.substr(0, begin)), count_code_points(text_.substr(0, end))},
            std::move(reason),
            std::move(hint)};
        return *error_;
    }

    std::optional<FilterTerm> read_term() {
        const std::size_t start = at_;
        FilterTerm term;
        if (text_[at_] == '-') {
            term.negated = true;
            ++at_;
        }
        const FilterKey* key = nullptr;
        const std::size_t key_start = at_;
        std::size_t colon = at_;
        while (colon < text_.size() && is_key_character(text_[colon]))
            ++colon;
        if (colon > at_ && colon < text_.size() && text_[colon] == ':') {
            term.key = text_.substr(at_, colon - at_);
            const auto found = std::ranges::find(keys_, term.key, &FilterKey::name);
            if (found == keys_.end()) {
                fail(key_start, colon, "There is no key " + term.key + ".", key_hint());
                return std::nullopt;
            }
            key = &*found;
            at_ = colon + 1;
        }
        const std::size_t value_start = at_;
        if (!read_value(term) || !check_value(term, key, value_start))
            return std::nullopt;
        term.at = {count_code_points(text_.substr(0, start)),
                   count_code_points(text_.substr(0, at_))};
        return term;
    }

    std::string key_hint() const {
        std::vector<std::string_view> names;
        for (const FilterKey& key : keys_)
            names.push_back(key.name);
        return "Use " + join(names) + "; put a text that holds a colon into quotes.";
    }

    bool read_value(FilterTerm& term) {
        if (at_ < text_.size() && text_[at_] == '"')
            return read_quoted(term);
        const std::size_t start = at_;
        while (at_ < text_.size() && !is_space(text_[at_]) && text_[at_] != '"')
            ++at_;
        if (at_ < text_.size() && text_[at_] == '"') {
            fail(at_, at_ + 1, "A quote stands inside a value.",
                 "Put the whole value into quotes, and write \\\" for a quote in it.");
            return false;
        }
        std::string_view value = text_.substr(start, at_ - start);
        if (value.ends_with('*')) {
            term.prefix = true;
            value.remove_suffix(1);
        }
        if (const auto star = value.find('*'); star != value.npos) {
            fail(start + star, start + star + 1, "A star can only end a value.",
                 "Put the value into quotes if the star is part of it.");
            return false;
        }
        term.value = value;
        return true;
    }

    bool read_quoted(FilterTerm& term) {
        const std::size_t start = at_++;
        for (; at_ < text_.size(); ++at_) {
            const char c = text_[at_];
            if (c == '"') {
                ++at_;
                if (at_ == text_.size() || is_space(text_[at_]))
                    return true;
                fail(at_, at_ + 1, "Something follows the closing quote.", "Leave a space there.");
                return false;
            }
            if (c == '\\' && at_ + 1 < text_.size() &&
                (text_[at_ + 1] == '"' || text_[at_ + 1] == '\\'))
                ++at_;
            term.value += text_[at_];
        }
        fail(start, text_.size(), "The quote is not closed.", "Add a \" at the end.");
        return false;
    }

    bool check_value(const FilterTerm& term, const FilterKey* key, std::size_t start) {
        const auto refuse = [&](std::string reason, std::string hint) {
            fail(start, std::max(at_, start + (start < text_.size() ? 1 : 0)), std::move(reason),
                 std::move(hint));
            return false;
        };
        if (term.value.empty() && !(term.prefix && key))
            return refuse(key ? "After " + term.key + ": a value is missing."
                              : "A word is missing.",
                          key && !key->choices.empty() ? "Use " + join(key->choices) + "."
                                                       : "Write the value right behind it.");
        if (!key)
            return true;
        if (term.prefix && key->value != FilterValue::pattern && key->value != FilterValue::text)
            return refuse("A star does not fit here.", "Write the whole value.");
        switch (key->value) {
        case FilterValue::choice:
            return std::ranges::find(key->choices, term.value) != key->choices.end() ||
                   refuse("There is no " + term.key + " of that name.",
                          "Use " + join(key->choices) + ".");
        case FilterValue::instant:
            return parse_filter_instant(term.value) ||
                   refuse("That is no day and no time.",
                          "Write 2026-11-22 or 2026-11-22T12:00:00Z.");
        case FilterValue::span:
            return parse_filter_span(term.value) ||
                   refuse("That is no span of time.", "Write 30m, 24h, 7d or 2w.");
        case FilterValue::text:
        case FilterValue::pattern:
            break;
        }
        return true;
    }

    const std::string_view text_;
    const std::span<const FilterKey> keys_;
    std::size_t at_ = 0;
    std::optional<FilterError> error_;
};

} // namespace

std::variant<std::vector<FilterTerm>, FilterError> parse_filter(std::string_view query,
                                                                std::span<const FilterKey> keys) {
    return Parser(query, keys).run();
}

std::string write_filter(std::span<const FilterTerm> terms) {
    std::string out;
    for (const FilterTerm& term : terms) {
        if (!out.empty())
            out += ' ';
        if (term.negated)
            out += '-';
        if (!term.key.empty())
            out += term.key + ':';
        if (term.prefix) { // was read without quotes, so it needs none
            out += term.value + '*';
            continue;
        }
        out += '"';
        for (const char c : term.value) {
            if (c == '"' || c == '\\')
                out += '\\';
            out += c;
        }
        out += '"';
    }
    return out;
}

std::optional<FilterInstant> parse_filter_instant(std::string_view text) {
    if (text.size() != 10) {
        const auto moment = parse_rfc3339(text);
        return moment ? std::optional(FilterInstant{*moment, *moment}) : std::nullopt;
    }
    const auto begin = parse_rfc3339(std::string(text) + "T00:00:00Z");
    if (!begin)
        return std::nullopt;
    return FilterInstant{*begin, *begin + std::chrono::hours(24)};
}

std::optional<Micros> parse_filter_span(std::string_view text) {
    if (text.size() < 2 || text.size() > 6)
        return std::nullopt;
    const auto count = parse_integer(text.substr(0, text.size() - 1));
    if (!count || *count < 1)
        return std::nullopt;
    switch (text.back()) {
    case 'm':
        return std::chrono::minutes(*count);
    case 'h':
        return std::chrono::hours(*count);
    case 'd':
        return std::chrono::hours(24) * *count;
    case 'w':
        return std::chrono::hours(24 * 7) * *count;
    default:
        return std::nullopt;
    }
}

} // namespace atalaya::shape
