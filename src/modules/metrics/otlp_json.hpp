// Reads OTLP's metrics from JSON (the mapping of Protocol Buffers, with OTLP's own rules: names in
// lowerCamelCase, integers of 64 bits as texts or numbers). Pure; any thread.
#pragma once

#include "wire/otlp.hpp"

#include <string_view>

namespace atalaya::metrics {

Result<std::vector<wire::OtlpResource>> parse_otlp_json(std::string_view text);

} // namespace atalaya::metrics
