#include "promql/operators.hpp"

#include "base/text.hpp"

#include <array>

namespace atalaya::promql {

namespace {

struct BinaryName {
    BinaryOp op;
    std::string_view name;
    int precedence;
};
constexpr std::array binary_names{BinaryName{BinaryOp::add, "+", 4},
                                  BinaryName{BinaryOp::sub, "-", 4},
                                  BinaryName{BinaryOp::mul, "*", 5},
                                  BinaryName{BinaryOp::div, "/", 5},
                                  BinaryName{BinaryOp::mod, "%", 5},
                                  BinaryName{BinaryOp::pow, "^", 6},
                                  BinaryName{BinaryOp::atan2, "atan2", 5},
                                  BinaryName{BinaryOp::equal, "==", 3},
                                  BinaryName{BinaryOp::not_equal, "!=", 3},
                                  BinaryName{BinaryOp::less, "<", 3},
                                  BinaryName{BinaryOp::less_equal, "<=", 3},
                                  BinaryName{BinaryOp::greater, ">", 3},
                                  BinaryName{BinaryOp::greater_equal, ">=", 3},
                                  BinaryName{BinaryOp::land, "and", 2},
                                  BinaryName{BinaryOp::lor, "or", 1},
                                  BinaryName{BinaryOp::unless, "unless", 2}};

struct AggregateName {
    AggregateOp op;
    std::string_view name;
};
constexpr std::array aggregate_names{AggregateName{AggregateOp::sum, "sum"},
                                     AggregateName{AggregateOp::avg, "avg"},
                                     AggregateName{AggregateOp::count, "count"},
                                     AggregateName{AggregateOp::min, "min"},
                                     AggregateName{AggregateOp::max, "max"},
                                     AggregateName{AggregateOp::group, "group"},
                                     AggregateName{AggregateOp::stddev, "stddev"},
                                     AggregateName{AggregateOp::stdvar, "stdvar"},
                                     AggregateName{AggregateOp::topk, "topk"},
                                     AggregateName{AggregateOp::bottomk, "bottomk"},
                                     AggregateName{AggregateOp::count_values, "count_values"},
                                     AggregateName{AggregateOp::quantile, "quantile"}};

template <class Table>
auto find_op(const Table& table, std::string_view text) {
    std::optional<decltype(table[0].op)> found;
    for (const auto& entry : table) {
        if (equal_ignoring_case(entry.name, text))
            found = entry.op;
    }
    return found;
}

template <class Table, class Op>
const auto& entry_of(const Table& table, Op op) {
    std::size_t i = 0;
    while (table.at(i).op != op)
        ++i;
    return table[i];
}

} // namespace

std::optional<BinaryOp> find_binary_op(std::string_view text) {
    return find_op(binary_names, text);
}
std::string_view name_of(BinaryOp op) { return entry_of(binary_names, op).name; }
int precedence_of(BinaryOp op) { return entry_of(binary_names, op).precedence; }

std::optional<AggregateOp> find_aggregate_op(std::string_view text) {
    return find_op(aggregate_names, text);
}
std::string_view name_of(AggregateOp op) { return entry_of(aggregate_names, op).name; }

bool takes_param(AggregateOp op) {
    return op == AggregateOp::topk || op == AggregateOp::bottomk ||
           op == AggregateOp::count_values || op == AggregateOp::quantile;
}

} // namespace atalaya::promql
