// The handlers of the query API that tell which series, labels and values there are, and those that
// answer what a client asks a Prometheus about itself.
#pragma once

#include "api/call.hpp"

namespace atalaya::metrics {

net::Response list_series(api::Call& call);
net::Response list_labels(api::Call& call);
net::Response list_label_values(api::Call& call);
/// Neither rules nor exemplars nor descriptions of metrics are kept: empty, in the form of each.
net::Response list_rules(api::Call& call);
net::Response list_alerts(api::Call& call);
net::Response list_metadata(api::Call& call);
net::Response list_exemplars(api::Call& call);
net::Response get_build(api::Call& call);

} // namespace atalaya::metrics
