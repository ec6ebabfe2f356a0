// OTLP's metrics as series with samples: what Prometheus would make of them.
//
// Pure; any thread. What has no form here is refused and counted, point by point.
#pragma once

#include "base/series.hpp"
#include "wire/otlp.hpp"

#include <string>
#include <vector>

namespace atalaya::metrics {

struct OtlpSample {
    Labels labels;
    Sample sample;
    bool is_delta = false; ///< says how much was added, rather than what it is by now
};

struct OtlpSamples {
    std::vector<OtlpSample> samples{};
    std::size_t refused_points = 0;
    std::string first_refusal{}; ///< in words for the sender
};

OtlpSamples make_samples(std::vector<wire::OtlpResource> resources);

} // namespace atalaya::metrics
