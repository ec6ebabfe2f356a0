// PayloadSealer over the keyring. A blob names its key first (kind and id), so that the reader
// knows which key to ask for; the name goes with the payload when that is erased. Owned by the
// program; any thread.
#pragma once

#include "audit/payload_sealer.hpp"

namespace atalaya::keyring {
class Keyring;
}

namespace atalaya::audit {

class KeyringSealer final : public PayloadSealer {
  public:
    /// Makes sure that the platform's own chain has a key.
    explicit KeyringSealer(keyring::Keyring& keyring);

    Bytes seal(const Owner& owner, Part part, const Uuid& event_id, BytesView plain) const override;
    Opened open(const TeamId& team, Part part, const Uuid& event_id, BytesView blob) const override;
    Bytes prefix(const Owner& owner) const override;
    bool has_key(const Owner& owner) const override;
    Bytes seal_index(const Owner& owner, const Uuid& row, BytesView plain) const override;
    Opened open_index(const TeamId& team, BytesView owner_prefix, const Uuid& row,
                      BytesView blob) const override;

  private:
    Opened open_as(const TeamId& team, BytesView owner_prefix, std::string_view purpose,
                   const Uuid& row, BytesView blob) const;
    keyring::Keyring& keyring_;
};

} // namespace atalaya::audit
