// A team's witnesses as data: who cosigns the checkpoints of its chain, and how far each one is.
// Private to this module.
//
// Functions run on the thread of their transaction, in the team's scope. Name, key and address lie
// sealed under the team's key.
#pragma once

#include "audit/note.hpp"
#include "db/tx.hpp"
#include "keyring/keyring.hpp"
#include "shape/field.hpp"

namespace atalaya::api {
class Call;
}

namespace atalaya::audit_log {

/// What is asked for, and the sealed body.
struct WitnessDraft {
    std::string name;
    std::string vkey;
    std::string url;
};

struct Witness {
    Uuid id;
    std::string name;
    std::string vkey;
    std::string url;
    std::string state; ///< waiting, cosigning, failing or refused
    std::int64_t size = 0;
    std::optional<Time> cosigned_at;
    std::int64_t attempts = 0;
    std::optional<Time> failing_since, next_try_at;
    std::optional<std::string> failure;
    Time created_at;
    std::int64_t revision = 0;
};

struct StoredWitness {
    Witness shown;
    std::string origin; ///< of which `size` is
    Time next_try_at;
};

Bytes seal_witness(keyring::Keyring& keyring, TeamId team, const Uuid& id,
                   const WitnessDraft& body);
/// In the order of their making; those whose key is gone are missing.
std::vector<StoredWitness> list_witnesses(db::Tx& tx, keyring::Keyring& keyring,
                                          std::optional<Uuid> id = std::nullopt);

/// Puts on the record that a witness knows another history.
void record_refusal(api::Call& call, TeamId team, const Witness& witness,
                    const std::string& failure);

} // namespace atalaya::audit_log

namespace atalaya::shape {
template <>
struct Described<audit_log::WitnessDraft> {
    static const Shape shape;
};
template <>
struct Described<audit_log::Witness> {
    static const Shape shape;
};
} // namespace atalaya::shape
