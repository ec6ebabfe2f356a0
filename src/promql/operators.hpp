// The words and signs of PromQL's operators, for reading and for writing.
//
// Constant data; any thread.
#pragma once

#include "promql/ast.hpp"

#include <optional>
#include <string_view>

namespace atalaya::promql {

/// Words in any case.
std::optional<BinaryOp> find_binary_op(std::string_view text);
std::string_view name_of(BinaryOp op);

/// The higher, the tighter; only `^` binds to the right.
inline constexpr int negation_precedence = 5;
int precedence_of(BinaryOp op);

/// Words in any case.
std::optional<AggregateOp> find_aggregate_op(std::string_view text);
std::string_view name_of(AggregateOp op);
bool takes_param(AggregateOp op);

} // namespace atalaya::promql
