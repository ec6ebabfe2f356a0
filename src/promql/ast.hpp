// A PromQL expression as a tree, as parse.hpp makes it: well-typed, and no deeper than
// expression_depth_max, so that whoever walks it may recurse.
//
// Values, moved and not copied; a finished tree is read by any thread.
#pragma once

#include "promql/matcher.hpp"

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <variant>
#include <vector>

namespace atalaya::promql {

enum class ValueType { scalar, vector, matrix, string };

/// In bytes of the query's text.
struct TextRange {
    std::size_t begin = 0;
    std::size_t end = 0;
};

struct Expr;
using ExprPtr = std::unique_ptr<Expr>;

struct NumberLiteral {
    double value = 0;
};

struct StringLiteral {
    std::string value;
};

/// Where `@` nails the time down. `start` and `end` are those of the whole query.
struct AtModifier {
    enum class Kind { time, start, end };
    Kind kind = Kind::time;
    std::int64_t time_ms = 0; ///< of Kind::time
};

/// What `offset` and `@` do to the time at which something is looked at.
struct TimeShift {
    std::int64_t offset_ms = 0; ///< into the past; negative: into the future
    std::optional<AtModifier> at;
};

struct VectorSelector {
    std::string name;  ///< of the metric if it was written in front of the braces or quoted in them
    Matchers matchers; ///< the name's among them
    TimeShift shift;
};

struct MatrixSelector {
    VectorSelector selector;
    std::int64_t range_ms = 0;
};

struct Subquery {
    ExprPtr expr;
    std::int64_t range_ms = 0;
    std::int64_t step_ms = 0; ///< 0: the default of the evaluation
    TimeShift shift;
};

struct Call {
    const struct Function* function = nullptr; ///< see function_table.hpp; lives for ever
    std::vector<ExprPtr> args;
};

enum class AggregateOp {
    sum,
    avg,
    count,
    min,
    max,
    group,
    stddev,
    stdvar,
    topk,
    bottomk,
    count_values,
    quantile
};

struct Aggregate {
    AggregateOp op = AggregateOp::sum;
    ExprPtr expr;
    ExprPtr param; ///< of topk, bottomk, count_values and quantile
    bool without = false;
    std::vector<std::string> labels; ///< of by or without
};

struct Negation {
    ExprPtr expr;
};

enum class BinaryOp {
    add,
    sub,
    mul,
    div,
    mod,
    pow,
    atan2,
    equal,
    not_equal,
    less,
    less_equal,
    greater,
    greater_equal,
    land,
    lor,
    unless
};

inline bool is_comparison(BinaryOp op) {
    return op >= BinaryOp::equal && op <= BinaryOp::greater_equal;
}
inline bool is_set_operator(BinaryOp op) { return op >= BinaryOp::land; }

enum class Cardinality { one_to_one, many_to_one, one_to_many, many_to_many };

/// Which series of two vectors belong together.
struct VectorMatching {
    Cardinality cardinality = Cardinality::one_to_one;
    bool on = false;                  ///< else ignoring
    std::vector<std::string> labels;  ///< of on or ignoring
    std::vector<std::string> include; ///< of group_left or group_right
};

struct Binary {
    BinaryOp op = BinaryOp::add;
    ExprPtr left;
    ExprPtr right;
    bool return_bool = false;
    VectorMatching matching;
};

struct Parenthesized {
    ExprPtr expr;
};

struct Expr {
    using Node = std::variant<NumberLiteral, StringLiteral, VectorSelector, MatrixSelector,
                              Subquery, Call, Aggregate, Negation, Binary, Parenthesized>;
    Node node;
    ValueType type = ValueType::scalar;
    TextRange at{};
    std::size_t depth = 1; ///< of the tree below, this node with it
};

/// The expression inside any parentheses.
inline const Expr& without_parentheses(const Expr& expr) {
    const Expr* inner = &expr;
    while (const auto* parenthesized = std::get_if<Parenthesized>(&inner->node))
        inner = parenthesized->expr.get();
    return *inner;
}

} // namespace atalaya::promql
