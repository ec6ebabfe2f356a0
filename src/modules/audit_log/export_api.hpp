// The record as a table: GET /teams/{team}/audit/export, as long as it is. Private to this module.
//
// On a slow worker until the answer begins; then on a thread of Downloads.
#pragma once

#include "api/endpoint.hpp"
#include "modules/audit_log/query.hpp"

namespace atalaya::audit_log {

net::Response start_export(api::SlowCall& call);

inline constexpr auto export_parameters = with_search_parameters(
    std::array{api::Parameter{"format", "`csv` (RFC 4180) or `ndjson`, one event in each line."}});

} // namespace atalaya::audit_log
