// Samples of delta temporality as what has come together so far: PromQL knows sums that grow.
//
// A sum goes on from the last sample that the store has of its series, or from nothing when there
// is none of the last day; rate() and increase() take that for a counter that began again. Between
// this and the publishing of what was made nobody else may write samples of the team that are added
// up; then any thread.
#pragma once

#include "modules/metrics/otlp_series.hpp"

namespace atalaya::db {
class Tx;
} // namespace atalaya::db
namespace atalaya::telemetry {
class SeriesStore;
} // namespace atalaya::telemetry

namespace atalaya::metrics {

/// Leaves out what is not after the last sample of its series: it was added already, or comes too
/// late to be told apart from what was.
void add_up(db::Tx& tx, telemetry::SeriesStore& store, std::vector<OtlpSample>& samples);

} // namespace atalaya::metrics
