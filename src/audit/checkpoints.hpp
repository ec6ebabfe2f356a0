// The checkpoints that lie in the database, and proofs against them.
//
// Inside a transaction in the scope of the team, on its thread. What lies there was written by the
// signer and may have been edited by somebody: it is data, and whoever relies on it checks it.
#pragma once

#include "audit/merkle.hpp"
#include "audit/note.hpp"
#include "audit/stamp.hpp"
#include "db/tx.hpp"

#include <limits>
#include <optional>
#include <string>
#include <vector>

namespace atalaya::audit {

struct StoredCheckpoint {
    std::int64_t size = 0;
    Hash root{}, row_hash{};
    std::string note; ///< with cosignatures of witnesses
    std::string vkey;
    std::optional<std::int64_t> log_index;
    Time made_at;
};

/// As `before`: every one.
inline constexpr std::int64_t any_size = std::numeric_limits<std::int64_t>::max();

/// Newest first, those of fewer events than `before`.
std::vector<StoredCheckpoint> list_checkpoints(db::Tx& tx, std::int64_t before, std::int64_t limit,
                                               std::int16_t lane = 0);
inline std::optional<StoredCheckpoint> find_newest_checkpoint(db::Tx& tx) {
    auto found = list_checkpoints(tx, any_size, 1);
    return found.empty() ? std::nullopt : std::optional(std::move(found.front()));
}
std::optional<StoredCheckpoint> find_checkpoint(db::Tx& tx, std::int64_t size);

/// Puts what a witness signed beside the checkpoint. The caller has checked it.
void add_cosignature(db::Tx& tx, const StoredCheckpoint& checkpoint, const NoteKey& witness,
                     const NoteSignature& signature);

/// What an authority stamped, and when it says that this was.
struct StoredStamp {
    std::int64_t size = 0; ///< events of the checkpoint
    std::string vkey;      ///< that it is signed with
    Time at;
    Stamp stamp;
};
/// Newest first, of fewer events than `before`.
std::vector<StoredStamp> list_stamps(db::Tx& tx, std::int64_t before, std::int64_t limit);
/// The caller has checked it.
void add_stamp(db::Tx& tx, const StoredStamp& stamp);

/// The signed changes of the signer's key, those that are published.
std::vector<Note> list_rotations(db::Tx& tx);

/// How the signing of a chain stands.
struct SignerStanding {
    enum class State {
        current, ///< every event is signed for, or will be within minutes
        late,    ///< events wait for longer than that: the signer is silent
        refused, ///< the signer says that the chain contradicts what it signed
    };
    State state = State::current;
    std::string reason;                   ///< of the refusal
    std::optional<std::int64_t> bad_seq;  ///< where it refuses
    std::optional<Time> unsigned_since;   ///< time of the oldest event that is not signed for
    std::optional<StoredCheckpoint> last; ///< the newest checkpoint
};
inline constexpr Micros signer_patience = std::chrono::minutes(5);
SignerStanding judge_signer(db::Tx& tx, std::int64_t head_seq, Time now, Micros patience);

/// Why the chain cannot be the one of which this was signed; empty when it continues it. `size` is
/// 0 where nothing was signed.
std::string find_contradiction(db::Tx& tx, std::int64_t size, const Hash& row_hash);

/// The tree hashes of the team's rows; each call reads its range. Where a row is missing, it is a
/// hash that proves nothing. Borrows the transaction.
SubtreeHash subtree_hash(db::Tx& tx);

} // namespace atalaya::audit
