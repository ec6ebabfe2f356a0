// Cuts the text of a query into tokens.
//
// Pure; any thread. A character that begins no token, an unfinished string and a number that is
// none end it with a place and a reason.
#pragma once

#include "base/result.hpp"
#include "promql/ast.hpp"

#include <string_view>
#include <vector>

namespace atalaya::promql {

enum class TokenKind {
    end,
    identifier, ///< names and keywords: what a word is depends on where it stands
    number,     ///< a duration among them: `5m` is 300
    string,
    symbol, ///< operators and punctuation
};

struct Token {
    TokenKind kind = TokenKind::end;
    std::string_view text; ///< of the query; of a string with its quotes
    TextRange at{};
};

struct LexicalError {
    TextRange at{};
    std::string reason;
};

/// The last token is TokenKind::end. The views live as long as the text.
std::variant<std::vector<Token>, LexicalError> cut_into_tokens(std::string_view text);

} // namespace atalaya::promql
