// What a bundle brings beside its events: signed checkpoints, the keys that signed them, and proofs
// that tie its events to them. docs/audit-bundle.md says how each file looks.
//
// Values; pure; any thread. Parsing takes text from anybody.
#pragma once

#include "audit/merkle.hpp"
#include "audit/note.hpp"
#include "audit/stamp.hpp"

namespace atalaya::audit {

inline constexpr std::size_t checkpoints_max = 1000;

/// C2SP tlog-proof: that an entry is in the tree of a checkpoint.
struct EntryProof {
    std::int64_t index = 0;
    std::vector<Hash> hashes;
    Note checkpoint;

    bool operator==(const EntryProof&) const = default;
};

struct Evidence {
    std::vector<Note> checkpoints; ///< of this chain, the smaller first
    std::vector<NoteKey> keys;
    std::vector<EntryProof> proofs;
    std::vector<Note> rotations{}; ///< changes of the signer's key
    std::vector<Stamp> stamps{};   ///< of checkpoints of this chain, the smaller first
};

/// Notes one behind the other, with an empty line between.
std::string encode_notes(const std::vector<Note>& notes);
Result<std::vector<Note>> parse_notes(std::string_view text);
/// One key on each line.
std::string encode_keys(const std::vector<NoteKey>& keys);
Result<std::vector<NoteKey>> parse_keys(std::string_view text);
std::string encode_proof(const EntryProof& proof);
Result<EntryProof> parse_proof(std::string_view text);

} // namespace atalaya::audit
