// Whom an erasure looks for: the sealed body of its row. Values. Private to this module.
#pragma once

#include "audit/reader.hpp"
#include "keyring/keyring.hpp"

namespace atalaya::erasure {

struct Sought {
    std::string name;
    std::string email;
};

Bytes seal_sought(keyring::Keyring& keyring, UserId person, const Uuid& erasure,
                  const Sought& sought);
/// Absent when the person's key is gone: then nothing is looked for by name any more.
std::optional<Sought> open_sought(keyring::Keyring& keyring, UserId person, const Uuid& erasure,
                                  const std::optional<Bytes>& body);

/// What of the event goes with the person: bodies closed with the person's key (`own` is how they
/// begin), those under the team's key that hold the address, and of the person's own acts those
/// that hold the name.
std::vector<audit::Part> parts_to_erase(const audit::EventView& event, const Bytes& own,
                                        const std::optional<Sought>& sought);

} // namespace atalaya::erasure
