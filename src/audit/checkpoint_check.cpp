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

bool CheckpointCheck::is_signed(const Note& note, const std::string& origin) const {
    const auto& keys = known_.keys.empty() ? bundle_.evidence.keys : known_.keys;
    return std::any_of(keys.begin(), keys.end(), [&](const NoteKey& key) {
        return key.type == SignatureType::ed25519 && key.name == origin && is_signed_by(key, note);
    });
}

std::optional<CheckpointFault> CheckpointCheck::find_signature_fault() const {
    for (std::size_t i = 0; i < notes_.size(); ++i) {
        if (!is_signed(*notes_[i], signed_[i].origin))
            return CheckpointFault{Verdict::bad_signature,
                                   "a checkpoint is not signed by a key that is known"};
    }
    for (const NoteKey& witness : known_.witnesses) {
        if (std::none_of(notes_.begin(), notes_.end(),
                         [&](const Note* note) { return is_signed_by(witness, *note); }))
            return CheckpointFault{Verdict::bad_signature,
                                   "no checkpoint is signed by the witness"};
    }
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
    return std::nullopt;
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
