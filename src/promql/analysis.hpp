// What can be known of an expression before any sample is read.
//
// Pure; any thread.
#pragma once

#include "promql/ast.hpp"

namespace atalaya::promql {

/// True if every step has the same value, because `@` fixes all that is looked at.
bool is_step_invariant(const Expr& expr);

/// True if two series of the vector may differ in nothing but the metric's name, which this very
/// node takes away.
bool may_join_series(const Expr& expr);

} // namespace atalaya::promql
