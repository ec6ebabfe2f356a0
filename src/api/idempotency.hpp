// Requests that may be sent twice (draft-ietf-httpapi-idempotency-key-header): the answer of the
// first is kept for a day, in the transaction of the change, and given again. Runs inside the
// caller's transaction.
#pragma once

#include "api/endpoint.hpp"

namespace atalaya::api {

/// Runs `handle`, or gives the answer that an earlier request with the same Idempotency-Key got.
/// Without such a header it only runs `handle`. Throws `idempotency_mismatch` when the key was used
/// for another request.
net::Response answer_once(Call& call, const Endpoint& endpoint,
                          const std::function<net::Response()>& handle);

/// Forgets the answers of the scope's team that are older than a day.
void delete_old_answers(db::Tx& tx);

} // namespace atalaya::api
