// The handlers of the query API that compute expressions. Each runs in a transaction of its team's
// scope; what cannot be computed throws a Problem with the words of Prometheus.
#pragma once

#include "api/call.hpp"

namespace atalaya::metrics {

net::Response query(api::Call& call);
net::Response query_range(api::Call& call);
net::Response format_query(api::Call& call);

} // namespace atalaya::metrics
