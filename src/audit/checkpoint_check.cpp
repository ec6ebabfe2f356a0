#include "audit/checkpoint_check.hpp"

#include <algorithm>

namespace atalaya::audit {

CheckpointCheck::CheckpointCheck(const Bundle& bundle, const Known& known)
    : bundle_(bundle), known_(known) {}

std::optional<CheckpointFault> CheckpointCheck::read_notes() {
    const std::string ending = make_origin("", bundle_.manifest.team, bundle_.manifest.lane);
    for (const Note& note : bundle_.evidence.checkpoints)
        notes_.push_back(&note);
    for (const EntryProof& proof : bundle_.evidence.proofs)
        notes_.push_back(&proof.checkpoint);
    for (const Stamp& stamp : bundle_.evidence.stamps)
        notes_.push_back(&stamp.checkpoint);
    const std::size_t own = notes_.size();
    for (const Note& note : known_.checkpoints) {
        const auto checkpoint = parse_checkpoint(note.text);
        if (!checkpoint)
            return CheckpointFault{Verdict::unreadable, checkpoint.error().reason};
        if (checkpoint->origin.ends_with(ending)) // others may lie in the same file
            notes_.push_back(&note);
    }
    if (!known_.checkpoints.empty() && notes_.size() == own)
        return CheckpointFault{Verdict::unreadable, "the checkpoint is of another chain"};
    for (const Note* note : notes_) {
        auto checkpoint = parse_checkpoint(note->text);
        if (!checkpoint || !checkpoint->origin.ends_with(ending))
            return CheckpointFault{Verdict::unreadable, "a checkpoint is not of this chain"};
        signed_.push_back(std::move(*checkpoint));
    }
    return std::nullopt;
}

std::optional<CheckpointFault> CheckpointCheck::find_signature_fault() const {
    const auto history = KeyHistory::from(bundle_.evidence.rotations);
    if (!history)
        return CheckpointFault{Verdict::bad_signature, history.error().reason};
    std::vector<NoteKey> keys;
    for (const NoteKey& key : known_.keys.empty() ? bundle_.evidence.keys : known_.keys) {
        const auto related = history->list_related(key);
        keys.insert(keys.end(), related.begin(), related.end());
    }
    std::vector<NoteKey> signers;
    for (std::size_t i = 0; i < notes_.size(); ++i) {
        const auto signer = std::find_if(keys.begin(), keys.end(), [&](const NoteKey& key) {
            return key.type == SignatureType::ed25519 && key.name == signed_[i].origin &&
                   is_signed_by(key, *notes_[i]);
        });
        if (signer == keys.end())
            return CheckpointFault{Verdict::bad_signature,
                                   "a checkpoint is not signed by a key that is known"};
        signers.push_back(*signer);
    }
    if (auto fault = find_order_fault(*history, signers))
        return fault;
    for (const NoteKey& witness : known_.witnesses) {
        if (std::none_of(notes_.begin(), notes_.end(),
                         [&](const Note* note) { return is_signed_by(witness, *note); }))
            return CheckpointFault{Verdict::bad_signature,
                                   "no checkpoint is signed by the witness"};
    }
    return std::nullopt;
}

std::optional<CheckpointFault>
CheckpointCheck::find_order_fault(const KeyHistory& history,
                                  const std::vector<NoteKey>& signers) const {
    for (std::size_t i = 0; i < signers.size(); ++i) {
        for (std::size_t j = 0; j < signers.size(); ++j) {
            if (signers[i].name == signers[j].name && signed_[i].size < signed_[j].size &&
                history.age_of(signers[i]) > history.age_of(signers[j]))
                return CheckpointFault{Verdict::bad_signature,
                                       "a key signed a checkpoint after it was changed"};
        }
    }
    return std::nullopt;
}

std::optional<CheckpointFault> CheckpointCheck::find_stamp_fault() {
    for (const Stamp& stamp : bundle_.evidence.stamps) {
        if (!find_stamped_time(stamp))
            return CheckpointFault{Verdict::bad_signature, "a timestamp is not of its checkpoint"};
        const auto at = known_.authorities.empty() ? find_stamped_time(stamp)
                                                   : prove_stamped_time(stamp, known_.authorities);
        const auto size = parse_checkpoint(stamp.checkpoint.text)->size;
        if (at && size > stamped_size_) {
            stamped_size_ = size;
            stamped_at_ = at;
        }
    }
    if (!known_.authorities.empty() && !stamped_at_)
        return CheckpointFault{Verdict::bad_signature,
                               "no checkpoint is stamped by an authority that was named"};
    return std::nullopt;
}

std::optional<CheckpointFault> CheckpointCheck::find_note_fault() {
    if (auto fault = read_notes())
        return fault;
    if (auto fault = find_signature_fault())
        return fault;
    std::stable_sort(
        signed_.begin(), signed_.end(),
        [](const Checkpoint& left, const Checkpoint& right) { return left.size < right.size; });
    for (std::size_t i = 1; i < signed_.size(); ++i) {
        if (signed_[i].size == signed_[i - 1].size && signed_[i].root != signed_[i - 1].root)
            return CheckpointFault{Verdict::equivocation, "two roots of " +
                                                              std::to_string(signed_[i].size) +
                                                              " events were signed"};
    }
    return find_stamp_fault();
}

void CheckpointCheck::hold(std::int64_t size) {
    held_ += 1;
    held_size_ = std::max(held_size_, size);
}

std::optional<CheckpointFault> CheckpointCheck::find_root_fault() {
    const std::int64_t from = bundle_.manifest.from_seq;
    const auto last = from + static_cast<std::int64_t>(bundle_.events.size()) - 1;
    if (from == 1) {
        Frontier frontier;
        for (const Checkpoint& one : signed_) {
            if (one.size > last)
                break;
            const std::int64_t good = frontier.size();
            while (frontier.size() < one.size)
                frontier.append(
                    bundle_.events[static_cast<std::size_t>(frontier.size())].link.row_hash);
            if (frontier.root() != one.root)
                return CheckpointFault{Verdict::altered,
                                       "the events up to " + std::to_string(one.size) +
                                           " are not those of a signed checkpoint",
                                       std::min(good + 1, one.size)};
            hold(one.size);
        }
    }
    for (const EntryProof& proof : bundle_.evidence.proofs) {
        const std::int64_t seq = proof.index + 1;
        const auto checkpoint = parse_checkpoint(proof.checkpoint.text);
        if (!checkpoint || seq < from - 1 || seq > last || seq < 1)
            return CheckpointFault{Verdict::unreadable, "a proof is of an event beyond the bundle"};
        const Hash& row = seq < from
                              ? bundle_.manifest.previous
                              : bundle_.events[static_cast<std::size_t>(seq - from)].link.row_hash;
        if (!verify_inclusion(leaf_hash(row), proof.index, checkpoint->size, proof.hashes,
                              checkpoint->root))
            return CheckpointFault{Verdict::altered, "the event is not in its signed checkpoint",
                                   seq};
        hold(checkpoint->size);
    }
    return std::nullopt;
}

} // namespace atalaya::audit
