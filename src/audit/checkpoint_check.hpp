// Holds a bundle against signed checkpoints, its own and those that an auditor kept.
//
// Private to this room. Borrows the bundle and what is known; one thread. Ask find_note_fault()
// first, find_root_fault() once the events are known to hold by themselves.
#pragma once

#include "audit/bundle_check.hpp"
#include "audit/rotation.hpp"

namespace atalaya::audit {

struct CheckpointFault {
    Verdict verdict;
    std::string reason;
    std::optional<std::int64_t> seq{};
};

class CheckpointCheck {
  public:
    CheckpointCheck(const Bundle& bundle, const Known& known);

    /// Of the notes by themselves: their form, their signatures, and whether two contradict.
    std::optional<CheckpointFault> find_note_fault();
    /// Of the events against the notes.
    std::optional<CheckpointFault> find_root_fault();

    std::int64_t held() const { return held_; }
    std::int64_t held_size() const { return held_size_; }
    std::int64_t stamped_size() const { return stamped_size_; }
    std::optional<Time> stamped_at() const { return stamped_at_; }
    std::int64_t newest_size() const { return signed_.empty() ? 0 : signed_.back().size; }

  private:
    std::optional<CheckpointFault> read_notes();
    std::optional<CheckpointFault> find_signature_fault() const;
    std::optional<CheckpointFault> find_stamp_fault();
    std::optional<CheckpointFault> find_order_fault(const KeyHistory& history,
                                                    const std::vector<NoteKey>& signers) const;
    void hold(std::int64_t size);

    const Bundle& bundle_;
    const Known& known_;
    std::vector<const Note*> notes_;
    std::vector<Checkpoint> signed_; ///< the smaller first
    std::int64_t held_ = 0, held_size_ = 0, stamped_size_ = 0;
    std::optional<Time> stamped_at_;
};

} // namespace atalaya::audit
