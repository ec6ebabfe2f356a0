// Erasing a person: what the installation keeps about somebody goes, the record stays verifiable.
//
// It begins in one transaction: the account is shut, its sessions end, it leaves its teams, and the
// erasure is on the platform's record. The rest takes as long as the person's events are many and
// is done behind the answer (eraser.hpp), by a durable note of what is due. Functions run on the
// thread of their transaction, in the platform's scope.
#pragma once

#include "api/endpoint.hpp"
#include "audit/erasure.hpp"

namespace atalaya::erasure {

std::span<const api::Endpoint> endpoints();

/// Who is to be erased, and why.
struct Order {
    UserId person;
    audit::ErasureBasis basis{};
    std::string note{}; ///< for the platform's record
    bool by_operator = false;
};

/// What the erasure may use; for requests and for the command line alike.
struct Means {
    db::Tx& tx;
    audit::Recorder& recorder;
    keyring::Keyring& keyring;
    Random& random;
};

/// Gives the id of the erasure, under which its receipt is found. Throws Problem `not_found` for
/// who has no account, `conflict` for the last owner of a team and where it is under way already.
Uuid begin(const Means& means, const Order& order);

} // namespace atalaya::erasure
