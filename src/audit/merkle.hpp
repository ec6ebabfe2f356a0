// The Merkle tree over a chain's row hashes (RFC 9162 section 2.1, the same as RFC 6962's): what a
// signed checkpoint says about all events up to a number, and short proofs against it.
//
// Pure; one thread at a time. An entry is 32 bytes: the row hash of an event, or the hash of a
// checkpoint in the tree of the whole installation. Proofs come from anybody: verifying them throws
// nothing.
#pragma once

#include "audit/encoding.hpp"

#include <functional>
#include <optional>
#include <span>
#include <vector>

namespace atalaya::audit {

/// RFC 9162, 2.1.1: how leaves and inner nodes are hashed.
Hash leaf_hash(const Hash& entry);
Hash node_hash(const Hash& left, const Hash& right);

/// The roots of the full subtrees that a tree of this size is made of: all that is needed to let it
/// grow. At most 63 hashes.
class Frontier {
  public:
    Frontier() = default;
    /// Nothing when the number of hashes does not belong to the size.
    static std::optional<Frontier> from(std::int64_t size, std::vector<Hash> hashes);

    void append(const Hash& entry) { append_leaf(leaf_hash(entry)); }
    /// The same for an entry whose leaf was hashed already.
    void append_leaf(Hash leaf);
    std::int64_t size() const { return size_; }
    Hash root() const;
    /// The largest subtree first.
    const std::vector<Hash>& hashes() const { return hashes_; }

    bool operator==(const Frontier&) const = default;

  private:
    std::int64_t size_ = 0;
    std::vector<Hash> hashes_;
};

/// The tree hash of the entries from `begin` to before `end`. Proofs ask for disjoint ranges.
using SubtreeHash = std::function<Hash(std::int64_t begin, std::int64_t end)>;

/// That entry `index` (from 0) is in the tree of `size`. Needs 0 <= index < size.
std::vector<Hash> inclusion_proof(std::int64_t index, std::int64_t size, const SubtreeHash& hash);
/// That the tree of `from` is the beginning of that of `to`. Needs 0 <= from <= to.
std::vector<Hash> consistency_proof(std::int64_t from, std::int64_t to, const SubtreeHash& hash);

/// `leaf` is the hash of the entry as a leaf.
bool verify_inclusion(const Hash& leaf, std::int64_t index, std::int64_t size,
                      std::span<const Hash> proof, const Hash& root);
bool verify_consistency(std::int64_t from, const Hash& from_root, std::int64_t to,
                        const Hash& to_root, std::span<const Hash> proof);

} // namespace atalaya::audit
