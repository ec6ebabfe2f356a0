// What OpenTelemetry calls a metric or an attribute, as Prometheus calls it: with underscores, the
// unit and `_total`, by the rules of OpenTelemetry's compatibility specification. Pure; any thread.
#pragma once

#include "wire/otlp.hpp"

#include <string>
#include <string_view>

namespace atalaya::metrics {

/// `http.server.duration` in `ms` is `http_server_duration_milliseconds`.
std::string make_metric_name(const wire::OtlpMetric& metric);
/// `service.name` is `service_name`.
std::string make_label_name(std::string_view attribute);

} // namespace atalaya::metrics
