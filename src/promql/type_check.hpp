// Whether the parts of an expression fit together.
//
// Pure; any thread.
#pragma once

#include "promql/ast.hpp"

#include <optional>
#include <string>

namespace atalaya::promql {

/// Looks at this one node, whose children have been looked at; why it makes no sense, if so.
std::optional<std::string> find_type_error(const Expr& expr);

} // namespace atalaya::promql
