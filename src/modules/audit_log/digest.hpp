// The newest checkpoints of all chains, once a day by mail to the addresses of the settings: kept
// in a mailbox that nobody of this installation reaches, they are what a rewritten record fails
// against.
//
// On the thread of the hourly jobs.
#pragma once

#include "api/call.hpp"
#include "audit/note.hpp"

namespace atalaya::audit_log {

/// A digest holds the checkpoints of so many chains, and always the one over all of them.
inline constexpr std::size_t digest_chains_max = 500;

/// Puts today's into the outbox unless that was done, or there is no checkpoint yet. True when it
/// did.
bool send_digest(api::SlowCall& call, const std::vector<TeamId>& teams);

} // namespace atalaya::audit_log
