// Reads a stretch of the record into a bundle, as it lies there: a chain that does not hold is
// exported too, for whoever wants to prove it.
//
// On a worker's thread, inside a transaction in the scope of the team whose record it is.
#pragma once

#include "audit/bundle.hpp"
#include "audit/payload_sealer.hpp"
#include "db/tx.hpp"

namespace atalaya::audit {

/// Events `from` to `to` of the scope's team, with the head of this moment. Time and instance of
/// the manifest are the caller's. Throws Problem `invalid` when the bodies are too large together.
Bundle read_bundle(db::Tx& tx, const PayloadSealer& sealer, std::int64_t from, std::int64_t to);

} // namespace atalaya::audit
