// The grammar of PromQL by recursive descent. Only the sources of parse.hpp include this.
//
// One object reads one text on one thread. A SyntaxFailure ends it; parse.cpp makes a ParseError
// of that.
#pragma once

#include "promql/ast.hpp"
#include "promql/lexer.hpp"

#include <string>
#include <string_view>
#include <vector>

namespace atalaya::promql {

struct SyntaxFailure {
    TextRange at{};
    std::string reason;
};

class Parser {
  public:
    Parser(std::string_view text, std::vector<Token> tokens)
        : text_(text), tokens_(std::move(tokens)) {}

    ExprPtr whole_expression();
    VectorSelector whole_selector();

  private:
    // parser.cpp: operators and what they stand between
    ExprPtr expression(int precedence_min);
    ExprPtr operand();
    ExprPtr negation();
    ExprPtr primary();
    ExprPtr parenthesized();
    ExprPtr word();
    ExprPtr call();
    ExprPtr aggregate(AggregateOp op);
    void grouping(Aggregate& aggregate);
    ExprPtr binary(BinaryOp op, ExprPtr left);
    void matching(Binary& binary);
    std::vector<std::string> label_names();

    // parser_selector.cpp: selectors and what may follow them
    VectorSelector selector();
    void braces(VectorSelector& selector);
    void matcher(VectorSelector& selector);
    void set_name(VectorSelector& selector, std::string name, TextRange at);
    ExprPtr with_suffixes(ExprPtr expr);
    ExprPtr bracket(ExprPtr expr);
    void offset(Expr& expr);
    void at_modifier(Expr& expr);
    TimeShift& shift_of(Expr& expr, std::string_view what);
    std::int64_t duration(std::string_view where);

    const Token& peek(std::size_t ahead = 0) const;
    bool at_symbol(std::string_view symbol, std::size_t ahead = 0) const;
    bool at_word(std::string_view word, std::size_t ahead = 0) const;
    bool take_symbol(std::string_view symbol);
    bool take_word(std::string_view word);
    void expect_symbol(std::string_view symbol, std::string_view context);
    Token take();

    /// Refuses what is too deep or of the wrong type. The node ends where the last token ended.
    ExprPtr make(Expr::Node node, ValueType type, std::size_t begin,
                 std::size_t depth_below = 0) const;

    [[noreturn]] static void fail(TextRange at, std::string reason);
    [[noreturn]] void fail_unexpected(std::string_view context) const;

    std::string_view text_;
    std::vector<Token> tokens_;
    std::size_t next_ = 0;
    std::size_t nesting_ = 0;
};

} // namespace atalaya::promql
