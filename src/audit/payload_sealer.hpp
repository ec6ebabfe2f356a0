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

    /// What every blob closed with this owner's key begins with: lets SQL find a person's events.
    virtual Bytes prefix(const Owner& owner) const = 0;
};

} // namespace atalaya::audit
