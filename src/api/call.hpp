// What a handler gets: the caller, the request, and its one transaction.
//
// Lives on a worker's stack for one attempt of the transaction; a handler must have no effects
// outside `tx`, because the attempt may run again. What it records goes to the audit chain in the
// same transaction.
#pragma once

#include "access/caller.hpp"
#include "api/parameters.hpp"
#include "api/services.hpp"
#include "audit/recorder.hpp"
#include "crypto/hash.hpp"
#include "db/tx.hpp"
#include "net/message.hpp"
#include "shape/json.hpp"

#include <future>
#include <type_traits>

namespace atalaya::api {

/// The request with what was learned of it before any handler.
struct Incoming {
    net::Request request;
    access::Caller caller;
    PathParameters path;
    Query query;
};

/// An Idempotency-Key, and the request that it stands for; read by idempotency.hpp.
struct OnceKey {
    TeamId team;
    crypto::Hash key_index;
    crypto::Hash request_hash;
    bool secret_answer = false;
};

class Call {
  public:
    Call(Services& services_, const Incoming& incoming_, db::Tx& tx_, audit::Recorder& recorder_)
        : services(services_), incoming(incoming_), tx(tx_), recorder(recorder_) {}

    Services& services;
    const Incoming& incoming;
    db::Tx& tx;
    audit::Recorder& recorder;

    const access::Caller& caller() const { return incoming.caller; }
    const Query& query() const { return incoming.query; }
    const PathParameters& path() const { return incoming.path; }
    /// The team of the path. LogicFault outside a team's routes.
    TeamId team() const;

    /// Puts an event on the team's chain (the platform's for routes outside a team).
    /// `changes` is what shape::changes gives; `name` is how the reader knows the thing.
    void record(std::string action, std::string resource_type, const Uuid& resource,
                shape::Json changes, std::string name = {});
    /// The same about a person: closed with that person's key, and without the id in the header.
    void record_person(std::string action, const UserId& person, shape::Json changes,
                       std::string name = {});

    /// Runs after the COMMIT, for effects outside the database. Must not throw.
    void after_commit(std::function<void()> effect) { effects_.push_back(std::move(effect)); }

    /// Throws Problem `stale_revision` when the request names another revision in If-Match.
    void check_revision(std::int64_t current) const;

    std::vector<std::function<void()>> take_effects() { return std::move(effects_); }

  private:
    std::vector<std::function<void()>> effects_;
};

/// What a slow handler gets: no transaction, but the means to run some. It blocks a slow worker,
/// never a connection.
class SlowCall {
  public:
    /// `incoming_` must outlive the call.
    SlowCall(Services& services_, const Incoming& incoming_)
        : services(services_), incoming(incoming_) {}
    SlowCall(Services&, Incoming&&) = delete;

    Services& services;
    const Incoming& incoming;
    std::vector<audit::Receipt> receipts; ///< of all transactions so far
    std::optional<OnceKey> once;          ///< for conclude() of idempotency.hpp

    const access::Caller& caller() const { return incoming.caller; }
    const Query& query() const { return incoming.query; }

    /// Runs `body(Call&)` in a recorded transaction on the app pool and waits. `teams` are those
    /// whose chains it writes. Throws what the body throws, and Problem `unavailable` when the
    /// queue is full.
    template <class Body>
    auto transact(const db::Scope& scope, const std::vector<TeamId>& teams, Body body)
        -> std::invoke_result_t<Body&, Call&> {
        using Given = std::invoke_result_t<Body&, Call&>;
        // Shared: the worker may still be inside set_value when the waiter goes on.
        auto promise = std::make_shared<std::promise<Given>>();
        auto future = promise->get_future();
        run_on_app_pool(teams, [&, promise](db::Connection& connection) {
            try {
                if constexpr (std::is_void_v<Given>) {
                    run_recorded(connection, scope, [&](Call& call) { body(call); });
                    promise->set_value();
                } else {
                    std::optional<Given> value;
                    run_recorded(connection, scope, [&](Call& call) { value.emplace(body(call)); });
                    promise->set_value(std::move(*value));
                }
            } catch (...) {
                promise->set_exception(std::current_exception());
            }
        });
        return future.get();
    }

    /// Runs `body(Connection&)` on the auth pool and waits.
    template <class Body>
    auto look_up(Body body) -> std::invoke_result_t<Body&, db::Connection&> {
        using Given = std::invoke_result_t<Body&, db::Connection&>;
        // Shared: the worker may still be inside set_value when the waiter goes on.
        auto promise = std::make_shared<std::promise<Given>>();
        auto future = promise->get_future();
        run_on_auth_pool([&, promise](db::Connection& connection) {
            try {
                if constexpr (std::is_void_v<Given>) {
                    body(connection);
                    promise->set_value();
                } else {
                    promise->set_value(body(connection));
                }
            } catch (...) {
                promise->set_exception(std::current_exception());
            }
        });
        return future.get();
    }

  private:
    void run_on_app_pool(const std::vector<TeamId>& teams,
                         std::function<void(db::Connection&)> task);
    void run_on_auth_pool(std::function<void(db::Connection&)> task);
    void run_recorded(db::Connection& connection, const db::Scope& scope,
                      const std::function<void(Call&)>& body);
};

/// Runs `body` in a transaction whose last step before COMMIT puts its events on the record. Gives
/// the receipts.
std::vector<audit::Receipt> run_recorded(Services& services, const Incoming& incoming,
                                         db::Connection& connection, const db::Scope& scope,
                                         const std::function<void(Call&)>& body);

/// Who acts, as the record keeps it.
audit::Actor actor_of(const access::Caller& caller);

} // namespace atalaya::api
