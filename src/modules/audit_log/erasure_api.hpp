// Erasing what an event says: POST /teams/{team}/audit/events/{seq}/erasure. Private to this
// module.
#pragma once

#include "api/endpoint.hpp"
#include "modules/audit_log/shapes.hpp"

namespace atalaya::audit_log {

/// Throws Problem `not_found` for an event that does not exist, `conflict` where there is nothing
/// to erase or the event is a tombstone itself.
api::NoContent erase_event(api::Call& call, const ErasureWish& wish);

} // namespace atalaya::audit_log
