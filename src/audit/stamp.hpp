// That checkpoints were there at some time, as a timestamp authority (RFC 3161) says it: one token
// for the newest checkpoints of all chains, which are the entries of a Merkle tree whose root is
// what the token stamps.
//
// Values; pure; any thread. Parsing takes text from anybody.
#pragma once

#include "audit/merkle.hpp"
#include "audit/note.hpp"

#include <optional>

namespace atalaya::audit {

/// A checkpoint's place in such a tree, and the token over its root.
struct Stamp {
    std::int64_t index = 0;
    std::int64_t size = 0; ///< of the tree
    std::vector<Hash> hashes;
    Bytes token;
    Note checkpoint;

    bool operator==(const Stamp&) const = default;
};

/// What a checkpoint is in the tree: the hash of its text, without signatures.
Hash checkpoint_entry(const Note& checkpoint);

/// The root over the entries, which is what is sent to be stamped.
Hash stamped_root(const std::vector<Hash>& entries);
/// That entry `index` is in it.
std::vector<Hash> stamp_proof(const std::vector<Hash>& entries, std::int64_t index);

/// When the token says that the checkpoint was there; nothing when it is of something else.
std::optional<Time> find_stamped_time(const Stamp& stamp);
/// The same where one of these authorities (PEM) vouches for the token.
std::optional<Time> prove_stamped_time(const Stamp& stamp, std::string_view authorities);

/// docs/audit-bundle.md, "Timestamps".
std::string encode_stamp(const Stamp& stamp);
Result<Stamp> parse_stamp(std::string_view text);

} // namespace atalaya::audit
