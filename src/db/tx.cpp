#include "db/tx.hpp"

#include "base/check.hpp"
#include "base/problems.hpp"
#include "db/error.hpp"

namespace atalaya::db {
namespace {

constexpr int attempts_max = 3;

constexpr std::array<std::string_view, 2> open_params{"context", "timeout"};
constexpr std::array<std::string_view, 1> enter_params{"context"};

const Statement begin_statement{"db.begin", "begin", {}, false};
const Statement open_statement{"db.open",
                               "select pg_catalog.set_config('app.ctx', $1, true), "
                               "pg_catalog.set_config('statement_timeout', $2, true)",
                               open_params, false};
const Statement enter_statement{"db.enter", "select pg_catalog.set_config('app.ctx', $1, true)",
                                enter_params, false};
const Statement commit_statement{"db.commit", "commit", {}, false};

} // namespace

Tx::Tx(Connection& connection, const Scope& scope) : connection_(connection), scope_(scope) {}

Tx::~Tx() {
    if (state_ == State::open || state_ == State::failed)
        connection_.roll_back();
}

void Tx::queue(const Statement& statement, const Args& args,
               std::function<void(const Rows&)> on_result) {
    CHECK_REQUEST(state_ == State::fresh || state_ == State::open);
    if (state_ == State::fresh) {
        connection_.ensure();
        state_ = State::open;
        connection_.send(begin_statement, {});
        connection_.send(
            open_statement,
            {{"context", connection_.sealed_context(scope_.team, scope_.actor)},
             {"timeout", std::to_string(connection_.options().statement_timeout.count())}});
    }
    connection_.send(statement, args, std::move(on_result));
    wrote_ = wrote_ || statement.writes;
}

Rows Tx::wait(State after) {
    state_ = State::failed;
    const auto answers = connection_.round_trip();
    state_ = after; // before the answers are handed out: a callback that throws undoes no commit
    for (const auto& answer : answers) {
        if (answer.on_result)
            answer.on_result(answer.rows);
    }
    return answers.back().rows;
}

Rows Tx::query(const Statement& statement, const Args& args) {
    queue(statement, args, {});
    Rows rows = wait(State::open);
    owes_event_ = owes_event_ || (statement.owes_event && rows.affected() > 0);
    return rows;
}

Row Tx::query_one(const Statement& statement, const Args& args) {
    const Rows rows = query(statement, args);
    if (rows.size() != 1)
        throw LogicFault(std::string(statement.name) + ": " + std::to_string(rows.size()) +
                         " rows, not one");
    return rows[0];
}

std::optional<Row> Tx::query_optional(const Statement& statement, const Args& args) {
    const Rows rows = query(statement, args);
    if (rows.size() > 1)
        throw LogicFault(std::string(statement.name) + ": " + std::to_string(rows.size()) +
                         " rows, not at most one");
    if (rows.empty())
        return std::nullopt;
    return rows[0];
}

void Tx::defer(const Statement& statement, const Args& args,
               std::function<void(const Rows&)> on_result) {
    queue(statement, args, std::move(on_result));
    owes_event_ = owes_event_ || statement.owes_event;
}

void Tx::enter(const Scope& scope) {
    scope_ = scope;
    if (state_ != State::fresh) // else the opening packet carries it
        queue(enter_statement, {{"context", connection_.sealed_context(scope.team, scope.actor)}},
              {});
}

void Tx::commit() {
    if (state_ == State::fresh) { // nothing was ever sent
        state_ = State::committed;
        return;
    }
    CHECK_REQUEST(state_ == State::open);
    queue(commit_statement, {}, {});
    try {
        wait(State::committed);
    } catch (const Error& error) {
        // A loss that the server announced on an earlier statement came before COMMIT; every other
        // may have come after it.
        const bool before =
            error.sqlstate() != "08006" && error.statement() != commit_statement.name;
        if (!error.is_connection_lost() || before)
            throw;
        throw Problem(problems::unavailable)
            .retry_after(2)
            .because(std::string("connection lost at COMMIT, the outcome is unknown: ") +
                     error.what());
    }
}

void run_transaction(Connection& connection, const Scope& scope,
                     const std::function<void(Tx&)>& body) {
    for (int attempt = 1;; ++attempt) {
        try {
            Tx tx(connection, scope);
            body(tx);
            if (!tx.is_committed())
                tx.commit();
            return;
        } catch (const Error& error) {
            if (!error.is_lost_race() && !error.is_connection_lost())
                throw;
            if (attempt == attempts_max)
                throw Problem(problems::unavailable).retry_after(1).because(error.what());
        }
    }
}

} // namespace atalaya::db
