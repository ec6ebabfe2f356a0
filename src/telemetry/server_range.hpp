// What the agent of a server measured, as charts want it. On the thread of the transaction.
#pragma once

#include "telemetry/series_store.hpp"
#include "telemetry/store.hpp"

namespace atalaya::telemetry {

/// Series that differ in nothing but the name that the server had then are one.
Range read_range(SeriesStore& store, db::Tx& tx, ServerId server, const RangeQuery& query);

/// At the latest tick from the first time on.
std::optional<Usage> read_latest_usage(SeriesStore& store, db::Tx& tx, ServerId server, Time from,
                                       Time to);

} // namespace atalaya::telemetry
