#include "db/connection.hpp"

#include "base/log.hpp"
#include "base/problems.hpp"
#include "base/text.hpp"
#include "crypto/hash.hpp"
#include "db/error.hpp"

#include <algorithm>
#include <array>
#include <libpq-fe.h>
#include <memory>
#include <thread>

namespace atalaya::db {
namespace {

using namespace std::chrono_literals;
using std::chrono::steady_clock;

/// SQLSTATE connection_failure: what we set when the server could not say why it went.
constexpr const char* connection_failure = "08006";

const Statement rollback_statement{"db.rollback", "rollback", {}, false};

struct Clear {
    void operator()(pg_result* result) const { PQclear(result); }
};
using Result = std::unique_ptr<pg_result, Clear>;

std::string field(const pg_result* result, int code) {
    const char* text = PQresultErrorField(result, code);
    return text ? text : "";
}

/// Failures that mean the same whatever the statement was.
[[noreturn]] void raise_failure(const Error& error) {
    const std::string& state = error.sqlstate();
    if (state == "53100") // disk_full
        throw Problem(problems::storage_full).because(error.what());
    // query_canceled (statement_timeout), lock_not_available (lock_timeout), insufficient_resources
    if (state == "57014" || state == "55P03" || state.starts_with("53"))
        throw Problem(problems::unavailable).retry_after(1).because(error.what());
    throw error;
}

/// Values in the order of the statement's parameters; every name must find its place, and every
/// place a name.
std::vector<const Value*> bind(const Statement& statement, const Args& args) {
    std::vector<const Value*> out(statement.params.size());
    for (const Arg& arg : args.all()) {
        const auto found = std::find(statement.params.begin(), statement.params.end(), arg.name);
        if (found == statement.params.end())
            throw LogicFault(std::string(statement.name) + " has no parameter " +
                             std::string(arg.name));
        const Value*& place = out[static_cast<std::size_t>(found - statement.params.begin())];
        if (place)
            throw LogicFault(std::string(statement.name) + ": two values for " +
                             std::string(arg.name));
        place = &arg.value;
    }
    for (std::size_t i = 0; i < out.size(); ++i) {
        if (!out[i])
            throw LogicFault(std::string(statement.name) + ": no value for " +
                             std::string(statement.params[i]));
    }
    return out;
}

} // namespace

Connection::Connection(ConnectionOptions options) : options_(std::move(options)) {}
Connection::~Connection() { close(); }

void Connection::close() noexcept {
    PQfinish(conn_);
    conn_ = nullptr;
    pending_.clear();
    prepared_.clear();
}

int Connection::backend_pid() const { return PQbackendPID(conn_); }

std::optional<std::string> Connection::connect_once() {
    const std::array<const char*, 7> names{
        "dbname",           "user", "application_name", "client_encoding", "connect_timeout",
        "tcp_user_timeout", nullptr};
    const std::array<const char*, 7> values{
        options_.dsn.c_str(), options_.role.c_str(), "atalaya", "UTF8", "5", "15000", nullptr};
    conn_ = PQconnectdbParams(names.data(), values.data(), 1);
    std::string reason;
    if (PQstatus(conn_) != CONNECTION_OK) {
        reason = PQerrorMessage(conn_);
    } else {
        PQsetNoticeProcessor(
            conn_, [](void*, const char*) {}, nullptr);
        pg_result* start =
            PQexec(conn_, "select (extract(epoch from pg_catalog.pg_postmaster_start_time()) * "
                          "1000000)::pg_catalog.int8");
        const auto microseconds =
            PQntuples(start) == 1 ? parse_integer(PQgetvalue(start, 0, 0)) : std::nullopt;
        PQclear(start);
        if (microseconds && PQenterPipelineMode(conn_)) {
            postmaster_start_us_ = *microseconds;
            return std::nullopt;
        }
        reason = PQerrorMessage(conn_);
    }
    close();
    return reason.substr(0, reason.find('\n')); // what follows is advice to somebody at a terminal
}

void Connection::ensure() {
    if (conn_)
        return;
    for (auto pause = 10ms;; pause = std::min(pause * 2, 250ms)) {
        const auto failure = connect_once();
        if (!failure) {
            down_since_.reset();
            return;
        }
        const auto now = steady_clock::now();
        if (!down_since_) {
            down_since_ = now;
            log::warning("db.no_connection", {{"reason", *failure}});
        }
        // Counted from the first failure: while the server is away, waiting tasks do not each wait
        // anew.
        if (now - *down_since_ >= options_.patience)
            throw Problem(problems::unavailable)
                .retry_after(2)
                .because("no connection: " + *failure);
        std::this_thread::sleep_for(pause);
    }
}

void Connection::check_in() noexcept {
    if (conn_ && (!pending_.empty() || PQtransactionStatus(conn_) != PQTRANS_IDLE))
        close();
}

std::string Connection::sealed_context(const Uuid& team, const Uuid& actor) const {
    const Clock& clock = options_.clock ? *options_.clock : system_clock_;
    const auto until = (clock.now() + options_.context_lifetime).us / 1'000'000;
    const std::string claims = to_string(team) + to_string(actor) + std::to_string(until);
    const auto mac =
        crypto::hmac_sha256(options_.context_key.reveal(),
                            as_bytes("ctx1|" + claims + "|" + std::to_string(backend_pid()) + "|" +
                                     std::to_string(postmaster_start_us_)));
    return to_hex(mac) + claims;
}

void Connection::prepare(const Statement& statement) {
    const auto [known, is_new] = prepared_.try_emplace(statement.name, statement.text);
    if (!is_new) {
        if (known->second != statement.text)
            throw LogicFault("two statements are named " + std::string(statement.name));
        return;
    }
    if (options_.on_first_use)
        options_.on_first_use(statement);
    const std::string name(statement.name), text(statement.text);
    if (!PQsendPrepare(conn_, name.c_str(), text.c_str(), 0, nullptr))
        lost(statement);
    pending_.push_back({&statement, true, {}});
}

void Connection::send(const Statement& statement, const Args& args,
                      std::function<void(const Rows&)> on_result) {
    const auto values = bind(statement, args);
    prepare(statement);
    std::vector<const char*> data;
    std::vector<int> sizes, formats;
    for (const Value* value : values) {
        data.push_back(value->is_null() ? nullptr : value->data().c_str());
        sizes.push_back(static_cast<int>(value->data().size()));
        formats.push_back(value->is_binary() ? 1 : 0);
    }
    const std::string name(statement.name);
    if (!PQsendQueryPrepared(conn_, name.c_str(), static_cast<int>(values.size()), data.data(),
                             sizes.data(), formats.data(), 1))
        lost(statement);
    pending_.push_back({&statement, false, std::move(on_result)});
}

std::vector<Connection::Answer> Connection::round_trip() {
    ++round_trips_;
    const auto sent = std::exchange(pending_, {});
    if (!PQpipelineSync(conn_))
        lost(*sent.back().statement);
    // Everything is read up to the sync, so that the connection is in step again even when
    // something failed.
    std::vector<Answer> answers;
    Result failed;
    const Statement* failed_at = nullptr;
    for (const Pending& pending : sent) {
        Result result(PQgetResult(conn_));
        const ExecStatusType status = PQresultStatus(result.get());
        if (status == PGRES_TUPLES_OK || status == PGRES_COMMAND_OK) {
            if (!pending.prepare)
                answers.push_back({pending.on_result, Rows(result.release(), *pending.statement)});
        } else {
            if (pending.prepare)
                prepared_.erase(pending.statement->name);
            if (!failed_at) {
                failed_at = pending.statement;
                failed = std::move(result);
            }
        }
        Result(PQgetResult(conn_)); // the null that ends each answer
    }
    const bool in_step = PQresultStatus(Result(PQgetResult(conn_)).get()) == PGRES_PIPELINE_SYNC;
    if (failed_at)
        fail(failed.get(), *failed_at);
    if (!in_step)
        close(); // everything was answered; the next transaction connects anew
    return answers;
}

void Connection::fail(pg_result* failed, const Statement& statement) {
    std::string state = field(failed, PG_DIAG_SQLSTATE);
    const std::string reason(trim(PQerrorMessage(conn_)));
    const bool broken = PQstatus(conn_) != CONNECTION_OK;
    if (broken || state == "25006") // read_only_sql_transaction: another host is the primary now
        close();
    if (state.empty() && !broken)
        throw LogicFault(std::string(statement.name) + ": " + reason);
    if (state.empty())
        state = connection_failure;
    std::string message = field(failed, PG_DIAG_MESSAGE_PRIMARY);
    raise_failure(Error(state, field(failed, PG_DIAG_CONSTRAINT_NAME), std::string(statement.name),
                        message.empty() ? reason : message));
}

void Connection::lost(const Statement& statement) {
    const bool broken = PQstatus(conn_) != CONNECTION_OK;
    const std::string reason(trim(PQerrorMessage(conn_)));
    const std::string name(statement.name);
    close(); // out of step at least
    if (!broken)
        throw LogicFault(name + ": " + reason);
    throw Error(connection_failure, "", name, reason);
}

void Connection::roll_back() noexcept {
    try {
        if (conn_ && !pending_.empty()) {
            try {
                round_trip();
            } catch (const std::exception&) {
                // What it was matters no more: the transaction ends here either way.
            }
        }
        if (conn_ && PQtransactionStatus(conn_) != PQTRANS_IDLE) {
            send(rollback_statement, {});
            round_trip();
        }
    } catch (const std::exception& error) {
        log::warning("db.rollback_failed", {{"reason", error.what()}});
    }
    check_in();
}

} // namespace atalaya::db
