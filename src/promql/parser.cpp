#include "promql/parser.hpp"

#include "base/text.hpp"
#include "promql/function_table.hpp"
#include "promql/literals.hpp"
#include "promql/operators.hpp"
#include "promql/parse.hpp"
#include "promql/type_check.hpp"

#include <algorithm>
#include <array>

namespace atalaya::promql {

namespace {

/// The words that cannot be the name of a metric, because they follow operators.
constexpr std::array<std::string_view, 5> reserved{"bool", "on", "ignoring", "group_left",
                                                   "group_right"};

bool is_one_of(std::string_view word, const auto& words) {
    return std::ranges::any_of(
        words, [&](std::string_view other) { return equal_ignoring_case(word, other); });
}

} // namespace

ExprPtr Parser::whole_expression() {
    if (peek().kind == TokenKind::end)
        fail(peek().at, "no expression found in input");
    ExprPtr expr = expression(0);
    if (peek().kind != TokenKind::end)
        fail_unexpected("");
    return expr;
}

ExprPtr Parser::expression(int precedence_min) {
    if (++nesting_ > expression_depth_max)
        fail(peek().at, "the expression is nested too deeply");
    ExprPtr left = operand();
    for (;;) {
        const auto op = peek().kind == TokenKind::identifier || peek().kind == TokenKind::symbol
                            ? find_binary_op(peek().text)
                            : std::nullopt;
        if (!op || precedence_of(*op) < precedence_min)
            break;
        take();
        left = binary(*op, std::move(left));
    }
    --nesting_;
    return left;
}

ExprPtr Parser::binary(BinaryOp op, ExprPtr left) {
    const std::size_t begin = left->at.begin;
    Binary node{op, std::move(left), nullptr, take_word("bool"), {}};
    if (is_set_operator(op))
        node.matching.cardinality = Cardinality::many_to_many;
    matching(node);
    node.right = expression(op == BinaryOp::pow ? precedence_of(op) : precedence_of(op) + 1);
    const bool scalar =
        node.left->type == ValueType::scalar && node.right->type == ValueType::scalar;
    const std::size_t depth = std::max(node.left->depth, node.right->depth);
    return make(std::move(node), scalar ? ValueType::scalar : ValueType::vector, begin, depth);
}

void Parser::matching(Binary& binary) {
    VectorMatching& matching = binary.matching;
    matching.on = at_word("on");
    if (take_word("on") || take_word("ignoring")) {
        matching.labels = label_names();
        const bool left = at_word("group_left");
        if (take_word("group_left") || take_word("group_right")) {
            matching.cardinality = left ? Cardinality::many_to_one : Cardinality::one_to_many;
            if (at_symbol("("))
                matching.include = label_names();
        }
    }
    if (at_symbol("(", 1) && (at_word("fill") || at_word("fill_left") || at_word("fill_right")))
        fail(peek().at, "the experimental fill modifiers are not supported");
}

std::vector<std::string> Parser::label_names() {
    std::vector<std::string> names;
    expect_symbol("(", "grouping opts");
    while (!take_symbol(")")) {
        const Token token = take();
        if (token.kind == TokenKind::string)
            names.push_back(*parse_quoted(token.text));
        else if (token.kind == TokenKind::identifier && is_label_name(token.text))
            names.emplace_back(token.text);
        else
            --next_, fail_unexpected("grouping opts, expected label");
        if (names.back().empty() || !is_utf8(names.back()))
            fail(token.at, "invalid label name " + write_quoted(names.back()));
        if (!at_symbol(")"))
            expect_symbol(",", "grouping opts");
    }
    return names;
}

ExprPtr Parser::operand() {
    return at_symbol("-") || at_symbol("+") ? negation() : with_suffixes(primary());
}

ExprPtr Parser::negation() {
    const Token sign = take();
    ExprPtr expr = expression(negation_precedence + 1);
    const ValueType type = expr->type;
    const std::size_t depth = expr->depth;
    if (auto* number = std::get_if<NumberLiteral>(&expr->node)) {
        const double value = sign.text == "-" ? -number->value : number->value;
        return make(NumberLiteral{value}, type, sign.at.begin);
    }
    ExprPtr whole = make(Negation{std::move(expr)}, type, sign.at.begin, depth);
    return sign.text == "-" ? std::move(whole) : std::move(std::get<Negation>(whole->node).expr);
}

ExprPtr Parser::primary() {
    const Token token = peek();
    if (token.kind == TokenKind::number) {
        take();
        const auto number = parse_number(token.text);
        const double value =
            number ? *number : static_cast<double>(*parse_units_ms(token.text)) / 1000;
        return make(NumberLiteral{value}, ValueType::scalar, token.at.begin);
    }
    if (token.kind == TokenKind::string) {
        take();
        return make(StringLiteral{*parse_quoted(token.text)}, ValueType::string, token.at.begin);
    }
    if (at_symbol("("))
        return parenthesized();
    if (at_symbol("{"))
        return make(selector(), ValueType::vector, token.at.begin);
    if (token.kind != TokenKind::identifier)
        fail_unexpected("");
    return word();
}

ExprPtr Parser::parenthesized() {
    const std::size_t begin = take().at.begin;
    ExprPtr inner = expression(0);
    expect_symbol(")", "parenthesized expression");
    const ValueType type = inner->type;
    const std::size_t depth = inner->depth;
    return make(Parenthesized{std::move(inner)}, type, begin, depth);
}

ExprPtr Parser::word() {
    const Token token = peek();
    const auto op = find_aggregate_op(token.text);
    const bool grouped = at_word("by", 1) || at_word("without", 1);
    if (op && (at_symbol("(", 1) || grouped))
        return aggregate(*op);
    if (at_symbol("(", 1))
        return call();
    if (grouped && is_experimental_function(to_lower(token.text)))
        fail(token.at,
             "experimental aggregation " + write_quoted(token.text) + " is not supported");
    if (is_one_of(token.text, reserved))
        fail_unexpected("");
    return make(selector(), ValueType::vector, token.at.begin);
}

ExprPtr Parser::call() {
    const Token name = take();
    const Function* const function = find_function(name.text);
    if (!function && is_experimental_function(to_lower(name.text)))
        fail(name.at, "experimental function " + write_quoted(name.text) + " is not supported");
    if (!function)
        fail(name.at, "unknown function with name " + write_quoted(name.text));
    Call node{function, {}};
    std::size_t depth = 0;
    expect_symbol("(", "function call");
    while (!take_symbol(")")) {
        node.args.push_back(expression(0));
        depth = std::max(depth, node.args.back()->depth);
        if (at_symbol(")"))
            continue;
        expect_symbol(",", "function call args");
        if (at_symbol(")"))
            fail(peek().at, "trailing commas not allowed in function call args");
    }
    return make(std::move(node), function->result, name.at.begin, depth);
}

ExprPtr Parser::aggregate(AggregateOp op) {
    const std::size_t begin = take().at.begin;
    Aggregate node;
    node.op = op;
    const bool grouped_first = at_word("by") || at_word("without");
    if (grouped_first)
        grouping(node);
    expect_symbol("(", "aggregation");
    if (takes_param(op)) {
        if (at_symbol(")"))
            fail(peek().at, "no arguments for aggregate expression provided");
        node.param = expression(0);
        if (at_symbol(")"))
            fail(peek().at, "wrong number of arguments for aggregate expression provided, "
                            "expected 2, got 1");
        expect_symbol(",", "aggregation");
    }
    if (at_symbol(")"))
        fail(peek().at, "no arguments for aggregate expression provided");
    node.expr = expression(0);
    if (at_symbol(","))
        fail(peek().at, "wrong number of arguments for aggregate expression provided, expected " +
                            std::string(takes_param(op) ? "2" : "1"));
    expect_symbol(")", "aggregation");
    if (!grouped_first && (at_word("by") || at_word("without")))
        grouping(node);
    const std::size_t depth = std::max(node.expr->depth, node.param ? node.param->depth : 0);
    return make(std::move(node), ValueType::vector, begin, depth);
}

void Parser::grouping(Aggregate& aggregate) {
    aggregate.without = equal_ignoring_case(take().text, "without");
    aggregate.labels = label_names();
}

const Token& Parser::peek(std::size_t ahead) const {
    return tokens_[std::min(next_ + ahead, tokens_.size() - 1)];
}

bool Parser::at_symbol(std::string_view symbol, std::size_t ahead) const {
    return peek(ahead).kind == TokenKind::symbol && peek(ahead).text == symbol;
}

bool Parser::at_word(std::string_view word, std::size_t ahead) const {
    return peek(ahead).kind == TokenKind::identifier && equal_ignoring_case(peek(ahead).text, word);
}

bool Parser::take_symbol(std::string_view symbol) {
    const bool found = at_symbol(symbol);
    next_ += found ? 1 : 0;
    return found;
}

bool Parser::take_word(std::string_view word) {
    const bool found = at_word(word);
    next_ += found ? 1 : 0;
    return found;
}

void Parser::expect_symbol(std::string_view symbol, std::string_view context) {
    if (!take_symbol(symbol))
        fail_unexpected(std::string(context) + ", expected " + write_quoted(symbol));
}

Token Parser::take() {
    const Token token = peek();
    next_ = std::min(next_ + 1, tokens_.size() - 1);
    return token;
}

ExprPtr Parser::make(Expr::Node node, ValueType type, std::size_t begin,
                     std::size_t depth_below) const {
    const std::size_t end = next_ > 0 ? tokens_[next_ - 1].at.end : 0;
    auto expr = std::make_unique<Expr>(Expr{std::move(node), type, {begin, end}, depth_below + 1});
    if (expr->depth > expression_depth_max)
        fail(expr->at, "the expression is nested too deeply");
    if (auto error = find_type_error(*expr))
        fail(expr->at, std::move(*error));
    return expr;
}

void Parser::fail(TextRange at, std::string reason) { throw SyntaxFailure{at, std::move(reason)}; }

void Parser::fail_unexpected(std::string_view context) const {
    const Token& token = peek();
    std::string what = "unexpected ";
    if (token.kind == TokenKind::end)
        what += "end of input";
    else if (token.kind == TokenKind::identifier)
        what += "identifier ";
    else if (token.kind == TokenKind::number)
        what += "number ";
    else if (token.kind == TokenKind::string)
        what += "string ";
    if (token.kind != TokenKind::end)
        what += write_quoted(token.text.substr(0, 100));
    if (!context.empty())
        what += " in " + std::string(context);
    fail(token.at, std::move(what));
}

} // namespace atalaya::promql
