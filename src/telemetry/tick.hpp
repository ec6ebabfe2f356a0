// The small shapes that the parts of the store hand to each other. Values and views; any thread.
#pragma once

#include "wire/frame.hpp"

#include <cstddef>
#include <cstdint>
#include <memory>

namespace atalaya::telemetry {

/// A series table with its id; shared by the ticks, caches and readers that use it.
struct Table {
    wire::TableId id;
    wire::SeriesTable series;
};
using TablePtr = std::shared_ptr<const Table>;

/// Where the values of one tick lie, whether in a row or across columns.
struct TickView {
    std::int64_t time_ms;
    const Table& table;
    const double* first;
    std::size_t stride = 1;

    double operator[](std::size_t series) const { return first[series * stride]; }
};

} // namespace atalaya::telemetry
