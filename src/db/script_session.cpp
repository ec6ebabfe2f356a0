#include "db/script_session.hpp"

#include "base/text.hpp"
#include "db/error.hpp"

#include <array>
#include <libpq-fe.h>
#include <memory>

namespace atalaya::db {
namespace {

struct Clear {
    void operator()(pg_result* result) const { PQclear(result); }
};
using Result = std::unique_ptr<pg_result, Clear>;

Result checked(pg_conn* conn, pg_result* raw) {
    Result result(raw);
    const ExecStatusType status = PQresultStatus(raw);
    if (status == PGRES_COMMAND_OK || status == PGRES_TUPLES_OK || status == PGRES_EMPTY_QUERY)
        return result;
    const auto field = [&](int code) {
        const char* text = PQresultErrorField(raw, code);
        return std::string(text ? text : "");
    };
    std::string message = field(PG_DIAG_MESSAGE_PRIMARY);
    if (const std::string context = field(PG_DIAG_CONTEXT); !context.empty())
        message += " (" + context + ")";
    if (const std::string position = field(PG_DIAG_STATEMENT_POSITION); !position.empty())
        message += " at character " + position;
    if (message.empty())
        message = trim(PQerrorMessage(conn));
    throw Error(field(PG_DIAG_SQLSTATE), field(PG_DIAG_CONSTRAINT_NAME), "script", message);
}

} // namespace

ScriptSession::ScriptSession(const std::string& server, std::string_view database,
                             std::string_view role) {
    const std::string name(database), user(role);
    // A later keyword counts: the database's name beats one inside `server`.
    const std::array<const char*, 6> keys{"dbname",           "dbname",          "user",
                                          "application_name", "connect_timeout", nullptr};
    const std::array<const char*, 6> values{server.c_str(), name.c_str(), user.c_str(),
                                            "atalaya",      "5",          nullptr};
    conn_ = PQconnectdbParams(keys.data(), values.data(), 1);
    if (PQstatus(conn_) != CONNECTION_OK) {
        const std::string reason(trim(PQerrorMessage(conn_)));
        PQfinish(conn_);
        throw Error("08006", "", "script", reason);
    }
    PQsetNoticeProcessor(
        conn_, [](void*, const char*) {}, nullptr);
}

ScriptSession::~ScriptSession() { PQfinish(conn_); }

void ScriptSession::run(std::string_view sql) {
    checked(conn_, PQexec(conn_, std::string(sql).c_str()));
}

std::optional<std::string> ScriptSession::value(std::string_view sql,
                                                const std::vector<std::string>& params) {
    std::vector<const char*> data;
    for (const std::string& param : params)
        data.push_back(param.c_str());
    const Result result =
        checked(conn_, PQexecParams(conn_, std::string(sql).c_str(), static_cast<int>(data.size()),
                                    nullptr, data.data(), nullptr, nullptr, 0));
    if (PQntuples(result.get()) == 0 || PQgetisnull(result.get(), 0, 0))
        return std::nullopt;
    return PQgetvalue(result.get(), 0, 0);
}

void ScriptSession::run_with(std::string_view sql, const std::vector<BytesView>& params) {
    std::vector<const char*> data;
    std::vector<int> sizes;
    const std::vector<int> formats(params.size(), 1);
    for (const BytesView& param : params) {
        data.push_back(reinterpret_cast<const char*>(param.data()));
        sizes.push_back(static_cast<int>(param.size()));
    }
    checked(conn_, PQexecParams(conn_, std::string(sql).c_str(), static_cast<int>(data.size()),
                                nullptr, data.data(), sizes.data(), formats.data(), 0));
}

std::optional<std::string> ScriptSession::find_prepare_fault(std::string_view sql) {
    try {
        checked(conn_, PQprepare(conn_, "", std::string(sql).c_str(), 0, nullptr));
        return std::nullopt;
    } catch (const Error& error) {
        return error.what();
    }
}

bool ScriptSession::is_in_transaction() const { return PQtransactionStatus(conn_) != PQTRANS_IDLE; }

std::string ScriptSession::quoted_name(std::string_view name) const {
    char* const quoted = PQescapeIdentifier(conn_, name.data(), name.size());
    std::string out(quoted);
    PQfreemem(quoted);
    return out;
}

} // namespace atalaya::db
