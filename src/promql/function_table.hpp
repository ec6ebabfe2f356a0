// The functions of PromQL: what each is called, what it takes, and what computes it.
//
// Constant data; any thread.
#pragma once

#include "promql/ast.hpp"

#include <string_view>
#include <variant>
#include <vector>

namespace atalaya::promql {

class Evaluator;
class Frame;
struct Steps;
struct Window;

/// Of each value of each series.
using NumberFunction = double (*)(double);
/// Of the samples in each window of a range; stale_value() where it has no answer.
using WindowFunction = double (*)(const Window&);
/// Of whole vectors.
using FrameFunction = Frame (*)(Evaluator&, const Call&, const Steps&);
/// One value for each step, without labels.
using ScalarFunction = std::vector<double> (*)(Evaluator&, const Call&, const Steps&);

struct Function {
    std::string_view name;
    /// One letter for each argument: s(calar), v(ector), m(atrix), t(ext). Those behind a `?` may
    /// be left out, and a `*` lets the last kind follow any number of times.
    std::string_view args;
    ValueType result;
    std::variant<NumberFunction, WindowFunction, FrameFunction, ScalarFunction> compute;
    bool keeps_name = false;
};

/// Null for a name that is none.
const Function* find_function(std::string_view name);
/// True for what Prometheus has behind its switch of experimental functions.
bool is_experimental_function(std::string_view name);

std::string_view name_of(ValueType type);
ValueType type_of_letter(char letter);

} // namespace atalaya::promql
