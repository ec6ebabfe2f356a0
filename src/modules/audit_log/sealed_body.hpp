// The sealed body of a row of this module: a described value as JSON under the team's key. Private
// to this module.
#pragma once

#include "keyring/keyring.hpp"
#include "shape/engine.hpp"

#include <optional>

namespace atalaya::audit_log {

template <class Body>
Bytes seal_body(keyring::Keyring& keyring, TeamId team, std::string_view purpose, const Uuid& id,
                const Body& body) {
    return keyring.seal(team, purpose, id, as_bytes(shape::write_json(shape::to_json(body))));
}

/// Absent when it was closed under another key, or is no JSON.
template <class Body>
std::optional<Body> open_body(keyring::Keyring& keyring, TeamId team, std::string_view purpose,
                              const Uuid& id, const Bytes& sealed) {
    const auto plain = keyring.open_sealed(team, purpose, id, sealed);
    if (!plain)
        return std::nullopt;
    const auto json = shape::parse_json(as_text(*plain));
    if (!json)
        return std::nullopt;
    Body body;
    shape::read_stored(shape::Described<Body>::shape, &body, *json);
    return body;
}

} // namespace atalaya::audit_log
