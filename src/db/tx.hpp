// A transaction: the only way to a statement.
//
// Lives on one worker thread's stack, borrowing that worker's Connection. It opens with the first
// statement, in the same packet: BEGIN, the sealed scope, the statement. The destructor rolls back
// what was not committed. Throws db::Error for what PostgreSQL refused, Problem for what has one
// meaning everywhere (storage_full, unavailable), LogicFault for a statement used wrongly.
#pragma once

#include "base/ids.hpp"
#include "db/args.hpp"
#include "db/connection.hpp"
#include "db/rows.hpp"
#include "db/statement.hpp"

#include <functional>
#include <optional>
#include <type_traits>
#include <utility>

namespace atalaya::db {

/// On whose behalf: row-level security shows exactly this team. The nil team is the platform's own
/// scope.
struct Scope {
    TeamId team;
    UserId actor;
};

class Tx {
  public:
    Tx(Connection& connection, const Scope& scope);
    ~Tx();
    Tx(const Tx&) = delete;
    Tx& operator=(const Tx&) = delete;

    /// Sends all that is queued and this, and waits.
    Rows query(const Statement& statement, const Args& args = {});
    /// Exactly one row; another number is a LogicFault.
    Row query_one(const Statement& statement, const Args& args = {});
    /// At most one row.
    std::optional<Row> query_optional(const Statement& statement, const Args& args = {});
    /// Queues without waiting. `on_result` runs after the next wait, in order. It cannot stop the
    /// transaction when that wait is the commit: what must stop it is a query(), or an error raised
    /// in SQL.
    void defer(const Statement& statement, const Args& args = {},
               std::function<void(const Rows&)> on_result = {});

    /// Switches to another scope from the next statement on, without waiting: for the rare
    /// transaction that concerns several teams.
    void enter(const Scope& scope);
    const Scope& scope() const { return scope_; }

    /// True once a statement that writes was queued.
    bool wrote() const { return wrote_; }
    /// True once something audited was changed, or is queued to be: an event must follow.
    bool owes_event() const { return owes_event_; }
    /// Sends all that is queued and COMMIT in one packet. When the connection breaks here the
    /// outcome is unknown: that is Problem unavailable, and is never tried again by itself.
    void commit();
    bool is_committed() const { return state_ == State::committed; }

  private:
    enum class State { fresh, open, committed, failed };

    void queue(const Statement& statement, const Args& args,
               std::function<void(const Rows&)> on_result);
    /// Gives the last answer; `after` is the state once the server has agreed.
    Rows wait(State after);

    Connection& connection_;
    Scope scope_;
    State state_ = State::fresh;
    bool wrote_ = false;
    bool owes_event_ = false;
};

/// Runs `body` in a transaction and commits, unless the body did. After a lost race (serialization,
/// deadlock, a moved audit head) or a connection lost before COMMIT the body runs again, three
/// times at most: it must have no effects outside the transaction.
void run_transaction(Connection& connection, const Scope& scope,
                     const std::function<void(Tx&)>& body);

/// The same for a body that gives a value.
template <class Body>
auto transact(Connection& connection, const Scope& scope, Body&& body) {
    using Given = std::invoke_result_t<Body&, Tx&>;
    static_assert(!std::is_reference_v<Given>, "return a value: the transaction's rows may go");
    if constexpr (std::is_void_v<Given>) {
        run_transaction(connection, scope, [&](Tx& tx) { body(tx); });
    } else {
        std::optional<Given> value;
        run_transaction(connection, scope, [&](Tx& tx) { value.emplace(body(tx)); });
        return std::move(*value);
    }
}

} // namespace atalaya::db
