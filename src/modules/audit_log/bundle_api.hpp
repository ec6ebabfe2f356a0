// The record as a file: POST /teams/{team}/audit/bundle. Private to this module.
//
// On a slow worker: a bundle is made in memory and packed.
#pragma once

#include "api/endpoint.hpp"
#include "modules/audit_log/shapes.hpp"

namespace atalaya::audit_log {

net::Response make_bundle(api::SlowCall& call, const BundleWish& wish);

} // namespace atalaya::audit_log
