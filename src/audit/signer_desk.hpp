// The signer's way to the database: what it asks, and what it leaves there.
//
// On a connection of the role atalaya_signer, on its thread. Throws what the connection throws.
#pragma once

#include "audit/signer.hpp"
#include "db/tx.hpp"

namespace atalaya::audit {

std::vector<SignerHead> list_signer_heads(db::Connection& connection);

/// At most this many rows, so that no backlog fills the memory.
inline constexpr std::int64_t signer_rows_max = 20'000;
std::vector<SignerRow> list_signer_rows(db::Connection& connection,
                                        const std::vector<SignerWish>& wishes,
                                        std::int64_t most = signer_rows_max);

/// In one transaction; what lies there already stays as it is.
void publish(db::Connection& connection, const std::vector<SignedCheckpoint>& checkpoints,
             const std::vector<SignerAlarm>& alarms);

/// Signed changes of keys; those that lie there already stay as they are.
void publish_rotations(db::Connection& connection, const std::vector<Note>& rotations);

/// One whole round: looks, follows, calls `keep` with the state before anything of it leaves, and
/// publishes. False when the database had more rows to give: the next round should come at once.
bool run_round(db::Connection& connection, Signer& signer,
               const std::function<void(const SignerState&)>& keep,
               const std::function<void(const SignedCheckpoint&)>& anchor = {},
               std::int64_t rows_most = signer_rows_max);

} // namespace atalaya::audit
