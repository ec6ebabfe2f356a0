// The change of the signer's key: a signed note that names the key before and the key after, and is
// signed by both. Who knows one of them knows the other, and the names of the logs stay.
//
// Values; pure; any thread. Notes come from anybody.
#pragma once

#include "audit/note.hpp"

namespace atalaya::audit {

struct Rotation {
    NoteKey before, after; ///< under the name of the tree over all checkpoints
    Time at;
    std::int64_t log_size = 0; ///< so many checkpoints of all chains were signed with keys before

    bool operator==(const Rotation&) const = default;
};
inline constexpr std::size_t rotations_max = 1000;

/// `instance` is what the logs are named after.
Note sign_rotation(std::string_view instance, const Secret& before, const Secret& after, Time at,
                   std::int64_t log_size);
/// Only of a note that both keys signed.
Result<Rotation> parse_rotation(const Note& note);

/// The keys of one installation in their order, as rotations link them.
class KeyHistory {
  public:
    /// Refuses a note that is no rotation, and two of one key.
    static Result<KeyHistory> from(const std::vector<Note>& rotations);

    /// All keys, under the name of the given one, that rotations lead to from it and to it, the
    /// oldest first. It alone when there is none.
    std::vector<NoteKey> list_related(const NoteKey& key) const;
    /// How many keys lie between the first and this one; 0 for one that is unknown here.
    std::int64_t age_of(const NoteKey& key) const;
    /// The rotation that this key came with, or went with; null when there is none.
    const Rotation* find_start(const NoteKey& key) const { return find(key, false); }
    const Rotation* find_end(const NoteKey& key) const { return find(key, true); }

  private:
    const Rotation* find(const NoteKey& key, bool is_before) const;

    std::vector<Rotation> rotations_;
};

} // namespace atalaya::audit
