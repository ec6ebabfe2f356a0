// Takes what Prometheus' remote write sends.
#pragma once

#include "api/call.hpp"
#include "telemetry/series_store.hpp"

namespace atalaya::metrics {

net::Response write(api::Call& call);

/// Why samples of a write were refused, in one sentence; empty when none were.
std::string describe_refusals(const telemetry::Written& written);
/// Whether samples were refused because the team has as many series as it may have.
bool is_at_series_limit(const telemetry::Written& written);
/// The answer to a write of which everything, some or nothing was taken: 204, 429 when the team has
/// all the series it may have, which may change, 400 for what will never be taken.
net::Response answer_write(const api::Call& call, const telemetry::Written& written,
                           const std::string& not_kept);

} // namespace atalaya::metrics
