#include "audit/merkle.hpp"

#include "base/check.hpp"

#include <algorithm>
#include <bit>

namespace atalaya::audit {
namespace {

/// The largest power of two below `size`, which is at least 2.
std::int64_t split_of(std::int64_t size) {
    return static_cast<std::int64_t>(std::bit_floor(static_cast<std::uint64_t>(size - 1)));
}

bool is_odd(std::int64_t number) { return (number & 1) != 0; }

/// RFC 9162's SUBPROOF over the entries from `begin` on: the first `from` of `to`.
void prove(std::int64_t begin, std::int64_t from, std::int64_t to, bool known,
           const SubtreeHash& hash, std::vector<Hash>& out) {
    if (from == to) {
        if (!known)
            out.push_back(hash(begin, begin + to));
        return;
    }
    const std::int64_t left = split_of(to);
    if (from <= left) {
        prove(begin, from, left, known, hash, out);
        out.push_back(hash(begin + left, begin + to));
    } else {
        prove(begin + left, from - left, to - left, false, hash, out);
        out.push_back(hash(begin, begin + left));
    }
}

/// Takes the hashes of a proof one after the other.
class Steps {
  public:
    explicit Steps(std::span<const Hash> hashes) : hashes_(hashes) {}
    bool empty() const { return next_ == hashes_.size(); }
    const Hash& take() { return hashes_[next_++]; }

  private:
    std::span<const Hash> hashes_;
    std::size_t next_ = 0;
};

} // namespace

Hash leaf_hash(const Hash& entry) { return crypto::Digest().u8(0).update(entry).finish(); }

Hash node_hash(const Hash& left, const Hash& right) {
    return crypto::Digest().u8(1).update(left).update(right).finish();
}

std::optional<Frontier> Frontier::from(std::int64_t size, std::vector<Hash> hashes) {
    if (size < 0 ||
        hashes.size() != static_cast<std::size_t>(std::popcount(static_cast<std::uint64_t>(size))))
        return std::nullopt;
    Frontier out;
    out.size_ = size;
    out.hashes_ = std::move(hashes);
    return out;
}

void Frontier::append_leaf(Hash leaf) {
    for (std::int64_t full = size_; is_odd(full); full >>= 1) {
        leaf = node_hash(hashes_.back(), leaf);
        hashes_.pop_back();
    }
    hashes_.push_back(leaf);
    ++size_;
}

Hash Frontier::root() const {
    if (hashes_.empty())
        return crypto::sha256(BytesView{});
    Hash root = hashes_.back();
    for (auto left = hashes_.rbegin() + 1; left != hashes_.rend(); ++left)
        root = node_hash(*left, root);
    return root;
}

std::vector<Hash> inclusion_proof(std::int64_t index, std::int64_t size, const SubtreeHash& hash) {
    CHECK_REQUEST(0 <= index && index < size);
    std::vector<Hash> out;
    std::int64_t begin = 0, end = size;
    while (end - begin > 1) {
        const std::int64_t middle = begin + split_of(end - begin);
        const bool goes_left = index < middle;
        out.push_back(goes_left ? hash(middle, end) : hash(begin, middle));
        (goes_left ? end : begin) = middle;
    }
    std::reverse(out.begin(), out.end()); // the nearest to the leaf comes first
    return out;
}

std::vector<Hash> consistency_proof(std::int64_t from, std::int64_t to, const SubtreeHash& hash) {
    CHECK_REQUEST(0 <= from && from <= to);
    std::vector<Hash> out;
    if (from > 0)
        prove(0, from, to, true, hash, out);
    return out;
}

// RFC 9162, section 2.1.3.2.
bool verify_inclusion(const Hash& leaf, std::int64_t index, std::int64_t size,
                      std::span<const Hash> proof, const Hash& root) {
    if (index < 0 || index >= size)
        return false;
    std::int64_t at = index, last = size - 1;
    Hash hash = leaf;
    for (const Hash& step : proof) {
        if (last == 0)
            return false;
        if (is_odd(at) || at == last) {
            hash = node_hash(step, hash);
            while (!is_odd(at) && at != 0) {
                at >>= 1;
                last >>= 1;
            }
        } else {
            hash = node_hash(hash, step);
        }
        at >>= 1;
        last >>= 1;
    }
    return last == 0 && hash == root;
}

// RFC 9162, section 2.1.4.2, and what it leaves to the caller: nothing, and the same.
bool verify_consistency(std::int64_t from, const Hash& from_root, std::int64_t to,
                        const Hash& to_root, std::span<const Hash> proof) {
    if (from < 0 || from > to)
        return false;
    if (from == to)
        return proof.empty() && from_root == to_root;
    if (from == 0)
        return proof.empty() && from_root == Frontier().root();
    Steps steps(proof);
    std::int64_t at = from - 1, last = to - 1;
    while (is_odd(at)) {
        at >>= 1;
        last >>= 1;
    }
    if (at != 0 && steps.empty())
        return false;
    const Hash start = at == 0 ? from_root : steps.take();
    Hash old_hash = start, new_hash = start;
    while (!steps.empty()) {
        if (last == 0)
            return false;
        const Hash& step = steps.take();
        if (is_odd(at) || at == last) {
            old_hash = node_hash(step, old_hash);
            new_hash = node_hash(step, new_hash);
            while (!is_odd(at) && at != 0) {
                at >>= 1;
                last >>= 1;
            }
        } else {
            new_hash = node_hash(new_hash, step);
        }
        at >>= 1;
        last >>= 1;
    }
    return last == 0 && old_hash == from_root && new_hash == to_root;
}

} // namespace atalaya::audit
