// All samples of a range in one long answer: GET /teams/{team}/metrics/export.
//
// On a slow worker until the answer begins; then on a thread of Downloads.
#pragma once

#include "api/call.hpp"

namespace atalaya::metrics {

net::Response start_export(api::SlowCall& call);

} // namespace atalaya::metrics
