// Requests that may be sent twice (draft-ietf-httpapi-idempotency-key-header): the answer of the
// first is kept for a day, sealed, in the transaction of the change itself, and given again.
//
// Only what succeeded is kept: a refusal changed nothing, so the request may be sent anew. An
// answer that signs somebody in is never kept: its endpoint refuses the header. Runs on the
// thread of the request; throws Problem `idempotency_mismatch` when the key was used for another
// request.
#pragma once

#include "api/endpoint.hpp"

namespace atalaya::api {

/// The key that a request carries, if any. Throws Problem `bad_request` for one that is too long,
/// and `idempotency_refused` where none is taken. Takes long for a body that holds a password.
std::optional<OnceKey> read_once_key(Services& services, const Incoming& incoming,
                                     const Endpoint& endpoint);

/// Runs `handle`, or gives the answer that an earlier request with the same key got. Without a key
/// it only runs `handle`.
net::Response answer_once(Call& call, const std::optional<OnceKey>& once,
                          const std::function<net::Response()>& handle);

/// The same for a slow handler. An earlier answer is looked for before it starts, because it would
/// judge the request by what the first one left behind; its change must go through conclude().
net::Response answer_slow_once(SlowCall& call, const Endpoint& endpoint);

/// Runs `body(Call&)`, the transaction in which a slow handler changes something, and keeps its
/// answer in that transaction. Like SlowCall::transact otherwise.
template <class Body>
auto conclude(SlowCall& call, const db::Scope& scope, const std::vector<TeamId>& teams, Body body)
    -> Concluded<std::invoke_result_t<Body&, Call&>> {
    using Out = std::invoke_result_t<Body&, Call&>;
    return {call.transact(scope, teams, [&](Call& inner) {
        return answer_once(inner, call.once,
                           [&] { return Answer<Out>::make(body(inner), call.query()); });
    })};
}

/// Forgets the answers of the scope's team that are older than a day.
void delete_old_answers(db::Tx& tx);

} // namespace atalaya::api
