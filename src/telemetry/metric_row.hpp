// What lies sealed in a row of app.metric_log: the samples of one write, series by series.
//
//     version u8 = 1 | shape u8 | series count varint
//     series ids, each as the zigzag varint of its distance from the one before
//     samples of each series, varints (unless each has one)
//     the first time, zigzag varint of milliseconds; then (unless all are the same) for each sample
//     how its distance from the one before differs from the distance before that
//     for each value four bits: how many of its bytes, from the sign on, are not trailing zeros;
//     then these bytes
//
// Cheap to write rather than small, as rows live for some hours. Pure; any thread. A row that
// cannot be read is damage, not input: parse_metric_row says no more than absent.
#pragma once

#include "base/bytes.hpp"
#include "base/series.hpp"

#include <cstdint>
#include <optional>
#include <vector>

namespace atalaya::telemetry {

struct MetricRow {
    std::vector<std::int64_t> series;  ///< ids
    std::vector<std::uint32_t> counts; ///< of samples, for each series
    std::vector<Sample> samples;       ///< one series after the other
};

Bytes encode_metric_row(const MetricRow& row);
std::optional<MetricRow> parse_metric_row(BytesView bytes);

} // namespace atalaya::telemetry
