// The seam between the record and the keys: payloads are stored only as what comes out of here.
//
// Implementations are for any thread. The key is a person's where the payload is about that person,
// so that erasing the person ends every copy of it, backups included.
#pragma once

#include "audit/encoding.hpp"

namespace atalaya::audit {

/// Whose key closes a payload: a person's, or else the team's.
struct Owner {
    TeamId team;
    UserId person; ///< nil: the team's key
};

/// Kind and id of the owner: every payload begins with it.
inline constexpr std::ptrdiff_t owner_prefix_size = 17;

class PayloadSealer {
  public:
    virtual ~PayloadSealer() = default;

    /// Throws Problem when the key is gone.
    virtual Bytes seal(const Owner& owner, Part part, const Uuid& event_id,
                       BytesView plain) const = 0;

    struct Opened {
        enum class Result { open, key_gone, broken } result;
        Bytes plain{};
    };
    virtual Opened open(const TeamId& team, Part part, const Uuid& event_id,
                        BytesView blob) const = 0;

    /// What every payload closed with this owner's key begins with: owner_prefix_size bytes.
    virtual Bytes prefix(const Owner& owner) const = 0;

    virtual bool has_key(const Owner& owner) const = 0;
    /// A blob of the search index (search_index.hpp), without a prefix. Throws Problem when the key
    /// is gone.
    virtual Bytes seal_index(const Owner& owner, const Uuid& row, BytesView plain) const = 0;
    /// `owner_prefix` names the owner.
    virtual Opened open_index(const TeamId& team, BytesView owner_prefix, const Uuid& row,
                              BytesView blob) const = 0;
};

} // namespace atalaya::audit
