#include "promql/lexer.hpp"

#include "promql/literals.hpp"

#include <array>
#include <string>

namespace atalaya::promql {

namespace {

bool is_space(char c) { return c == ' ' || c == '\t' || c == '\n' || c == '\r'; }
bool is_digit(char c) { return c >= '0' && c <= '9'; }
bool is_word(char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_' || is_digit(c);
}

constexpr std::array<std::string_view, 6> long_symbols{"==", "!=", ">=", "<=", "=~", "!~"};
constexpr std::string_view short_symbols = "+-*/%^()[]{},:@=<>";

class Lexer {
  public:
    explicit Lexer(std::string_view text) : text_(text) {}

    std::variant<std::vector<Token>, LexicalError> run() {
        while (skip_blanks(), at_ < text_.size()) {
            if (auto error = next())
                return std::move(*error);
        }
        add(TokenKind::end, 0);
        return std::move(tokens_);
    }

  private:
    char peek(std::size_t ahead = 0) const {
        return at_ + ahead < text_.size() ? text_[at_ + ahead] : '\0';
    }

    void skip_blanks() {
        while (at_ < text_.size() && (is_space(text_[at_]) || text_[at_] == '#')) {
            if (text_[at_] != '#') {
                ++at_;
                continue;
            }
            const std::size_t line_end = text_.find('\n', at_);
            at_ = line_end == text_.npos ? text_.size() : line_end;
        }
    }

    std::optional<LexicalError> next() {
        const char c = peek();
        if (is_digit(c) || (c == '.' && is_digit(peek(1))))
            return number();
        // A colon may begin the name of a metric, but in brackets it parts a range from a step.
        if (is_word(c) || (c == ':' && brackets_ == 0))
            return word();
        if (c == '"' || c == '\'' || c == '`')
            return string(c);
        for (const std::string_view symbol : long_symbols) {
            if (text_.substr(at_).starts_with(symbol))
                return add(TokenKind::symbol, symbol.size());
        }
        if (short_symbols.find(c) == short_symbols.npos)
            return fail(1, "unexpected character: " + write_quoted(text_.substr(at_, 1)));
        if (c == '[')
            ++brackets_;
        if (c == ']' && brackets_ > 0)
            --brackets_;
        return add(TokenKind::symbol, 1);
    }

    /// Takes whatever could belong to a number or a duration, and only then looks what it is.
    std::optional<LexicalError> number() {
        std::size_t length = 0;
        const bool hexadecimal = peek() == '0' && (peek(1) == 'x' || peek(1) == 'X');
        while (is_word(peek(length)) || peek(length) == '.' ||
               (!hexadecimal && length > 0 && (peek(length) == '+' || peek(length) == '-') &&
                (peek(length - 1) == 'e' || peek(length - 1) == 'E')))
            ++length;
        const std::string_view text = text_.substr(at_, length);
        if (!parse_number(text) && !parse_units_ms(text))
            return fail(length, "bad number or duration syntax: " + write_quoted(text));
        return add(TokenKind::number, length);
    }

    std::optional<LexicalError> word() {
        std::size_t length = 0;
        while (is_word(peek(length)) || (peek(length) == ':' && brackets_ == 0))
            ++length;
        const std::string_view text = text_.substr(at_, length);
        const bool is_number = parse_number(text).has_value(); // Inf and NaN
        return add(is_number ? TokenKind::number : TokenKind::identifier, length);
    }

    std::optional<LexicalError> string(char quote) {
        std::size_t length = 1;
        while (at_ + length < text_.size() && peek(length) != quote &&
               (quote == '`' || peek(length) != '\n'))
            length += peek(length) == '\\' && quote != '`' ? 2 : 1;
        if (at_ + length >= text_.size() || peek(length) != quote)
            return fail(1, quote == '`' ? "unterminated raw string" : "unterminated quoted string");
        if (!parse_quoted(text_.substr(at_, length + 1)))
            return fail(length + 1, "invalid escape in a string");
        return add(TokenKind::string, length + 1);
    }

    std::optional<LexicalError> add(TokenKind kind, std::size_t length) {
        tokens_.push_back({kind, text_.substr(at_, length), {at_, at_ + length}});
        at_ += length;
        return std::nullopt;
    }

    std::optional<LexicalError> fail(std::size_t length, std::string reason) const {
        return LexicalError{{at_, at_ + length}, std::move(reason)};
    }

    std::string_view text_;
    std::size_t at_ = 0;
    std::size_t brackets_ = 0;
    std::vector<Token> tokens_;
};

} // namespace

std::variant<std::vector<Token>, LexicalError> cut_into_tokens(std::string_view text) {
    return Lexer(text).run();
}

} // namespace atalaya::promql
