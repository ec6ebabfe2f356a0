#include "db/external.hpp"

#include "base/text.hpp"
#include "db/error.hpp"
#include "db/script_session.hpp"
#include "db_sql.hpp"

#include <algorithm>
#include <array>
#include <libpq-fe.h>
#include <memory>
#include <optional>

namespace atalaya::db {
namespace {

constexpr std::string_view code_reach = "database_reachable";
constexpr std::string_view code_version = "database_version";
constexpr std::string_view code_primary = "database_primary";
constexpr std::string_view code_administrator = "database_administrator";
constexpr std::string_view code_roles = "database_roles";

constexpr std::string_view advice =
    " Let a superuser run the output of `atalaya database-sql` with psql.";

/// The first releases of each version that closed CVE-2025-8713: statistics that leak rows past
/// row-level security. Later versions had it closed from the start.
struct Release {
    int major, minor;
};
constexpr std::array releases_min{Release{15, 14}, Release{16, 10}, Release{17, 6}};

Finding good(std::string_view code, std::string text) {
    return {std::string(code), true, std::move(text)};
}
Finding bad(std::string_view code, std::string text) {
    return {std::string(code), false, std::move(text)};
}

std::string version_text(int version) {
    return std::to_string(version / 10000) + "." + std::to_string(version % 10000);
}

std::string quoted(std::string_view value) {
    std::string out = "'";
    for (const char c : value) {
        if (c == '\'' || c == '\\')
            out += '\\';
        out += c;
    }
    return out + "'";
}

/// libpq says a line for each host that it tried.
std::string one_line(std::string text) {
    std::string out;
    for (const std::string_view line : split(text, '\n')) {
        if (!trim(line).empty())
            out += (out.empty() ? "" : "; ") + std::string(trim(line));
    }
    return out;
}

/// The same hosts, whether they take changes or not.
std::string any_of(const std::string& hosts) { return hosts + " target_session_attrs=any"; }

std::optional<ScriptSession> sign_in(const std::string& hosts, const std::string& database,
                                     const std::string& role, std::string& reason) {
    try {
        return std::optional<ScriptSession>(std::in_place, hosts, database, role);
    } catch (const Error& error) {
        // What stands before it names our own statement and an SQLSTATE of our own making.
        const std::string_view said = error.what();
        const auto at = said.find("connection to server");
        reason = one_line(std::string(at == said.npos ? said : said.substr(at)));
        return std::nullopt;
    }
}

bool answers(const std::string& hosts, const std::string& database) {
    const std::string dsn = any_of(hosts);
    const std::array<const char*, 4> names{"dbname", "dbname", "connect_timeout", nullptr};
    const std::array<const char*, 4> values{dsn.c_str(), database.c_str(), "5", nullptr};
    return PQpingParams(names.data(), values.data(), 1) == PQPING_OK;
}

Finding judge_version(ScriptSession& session) {
    const auto number =
        parse_integer(session.value("select current_setting('server_version_num')").value());
    const int version = static_cast<int>(number.value_or(0));
    if (const auto fault = find_version_fault(version))
        return bad(code_version, *fault);
    return good(code_version, "PostgreSQL " + version_text(version) + ".");
}

Finding judge_administrator(ScriptSession& session, const std::string& name) {
    if (session.value("select rolsuper from pg_roles where rolname = current_user") == "t")
        return good(code_administrator, name + " may lay down the roles.");
    return bad(code_administrator,
               name +
                   " is no superuser, and so cannot lay down the roles: leave the user out of "
                   "database.dsn." +
                   std::string(advice));
}

/// What a role may not be, and what it must be able to do; each gives a row when it is not so.
struct Demand {
    std::string_view role, query, complaint;
};
constexpr std::string_view too_mighty =
    "select 1 from pg_roles where rolname = current_user and (rolsuper or rolbypassrls or "
    "rolcreaterole or rolreplication)";
constexpr std::string_view too_mighty_words =
    "is a superuser or may pass row-level security, make roles or replicate, which would let every "
    "team see the others";
constexpr std::array demands{
    Demand{"atalaya_app", too_mighty, too_mighty_words},
    Demand{"atalaya_auth", too_mighty, too_mighty_words},
    Demand{"atalaya_sched", too_mighty, too_mighty_words},
    Demand{"atalaya_signer", too_mighty, too_mighty_words},
    Demand{"atalaya_migrate", too_mighty, too_mighty_words},
    Demand{"atalaya_migrate",
           "select 1 where not exists (select from pg_roles where rolname = 'atalaya_owner')",
           "finds no role atalaya_owner"},
    Demand{"atalaya_migrate",
           "select 1 from pg_roles where rolname = 'atalaya_owner' and not "
           "pg_has_role(current_user, oid, 'member')",
           "may not become atalaya_owner"},
    Demand{"atalaya_migrate",
           "select 1 from unnest(array['ctl', 'ctx', 'idn', 'aud', 'app', 'glob']) as wanted "
           "left join pg_namespace on nspname = wanted where nspowner is distinct from (select oid "
           "from pg_roles where rolname = 'atalaya_owner') limit 1",
           "finds a schema of the program missing, or owned by another role"},
};

Finding judge_role(const ExternalServer& server, const std::string& role) {
    std::string reason;
    auto session = sign_in(server.hosts, server.database, role, reason);
    if (!session)
        return bad(code_roles, role + " cannot sign in (" + reason +
                                   "). Is the role there, and its password in "
                                   "database.password_file?" +
                                   std::string(advice));
    for (const Demand& demand : demands) {
        if (demand.role == role && session->value(demand.query))
            return bad(code_roles,
                       role + " " + std::string(demand.complaint) + "." + std::string(advice));
    }
    return good(code_roles, role + " has what it needs and no more.");
}

struct Free {
    void operator()(PQconninfoOption* options) const { PQconninfoFree(options); }
};

} // namespace

std::string ExternalServer::administrator_dsn() const {
    return password.empty() ? hosts : hosts + " password=" + quoted(password.reveal_text());
}

ExternalServer parse_external(const std::string& dsn) {
    char* fault = nullptr;
    const std::unique_ptr<PQconninfoOption, Free> options(PQconninfoParse(dsn.c_str(), &fault));
    PQfreemem(fault); // it quotes from the text, in which a password may stand
    if (!options)
        throw StartRefused("database_dsn", "database.dsn is not a connection string of PostgreSQL, "
                                           "such as host=db1,db2 sslmode=verify-full.");
    ExternalServer out;
    out.database = "atalaya";
    bool has_timeout = false;
    for (const PQconninfoOption* option = options.get(); option->keyword; ++option) {
        const std::string_view name = option->keyword;
        const std::string_view value = option->val ? option->val : "";
        if (value.empty() || name == "target_session_attrs")
            continue;
        has_timeout = has_timeout || name == "tcp_user_timeout";
        if (name == "user")
            out.administrator = value;
        else if (name == "password")
            out.password = Secret(value);
        else if (name == "dbname")
            out.database = value;
        else
            out.hosts += std::string(name) + "=" + quoted(value) + " ";
    }
    // A host that vanished without a word must be noticed by whoever waits for its answer.
    if (!has_timeout)
        out.hosts += "tcp_user_timeout=15000 ";
    out.hosts += "target_session_attrs=read-write";
    return out;
}

std::optional<std::string> find_version_fault(int version) {
    const auto least =
        std::find_if(releases_min.begin(), releases_min.end(),
                     [&](const Release& release) { return release.major == version / 10000; });
    const bool too_old = version < releases_min.front().major * 10000 ||
                         (least != releases_min.end() && version % 10000 < least->minor);
    if (!too_old)
        return std::nullopt;
    const Release wanted = least == releases_min.end() ? releases_min.front() : *least;
    return "The database is PostgreSQL " + version_text(version) + "; " +
           version_text(wanted.major * 10000 + wanted.minor) +
           " or newer is needed: before it, statistics leak rows past row-level security.";
}

std::vector<Finding> check(const ExternalServer& server) {
    const bool has_administrator = !server.administrator.empty();
    const std::string database = has_administrator ? "postgres" : server.database;
    const std::string role = has_administrator ? server.administrator : "atalaya_app";
    const std::string hosts = has_administrator ? server.administrator_dsn() : server.hosts;
    std::string reason;
    if (auto session = sign_in(hosts, database, role, reason)) {
        std::vector<Finding> out{good(code_reach, "The database answers."),
                                 good(code_primary, "A host takes changes."),
                                 judge_version(*session)};
        if (has_administrator)
            out.push_back(judge_administrator(*session, role));
        return out;
    }
    if (!answers(server.hosts, database))
        return {bad(code_reach, "The database cannot be reached: " + reason)};
    std::string unused;
    if (auto session = sign_in(any_of(hosts), database, role, unused))
        return {good(code_reach, "The database answers."),
                bad(code_primary, "No host of database.dsn takes changes: each is a standby or set "
                                  "to read only. Name the primary, or promote a standby.")};
    return {good(code_reach, "The database answers."),
            bad(code_roles, role + " cannot sign in (" + reason +
                                "). Is the role there, and its password given?" +
                                (has_administrator ? "" : std::string(advice)))};
}

std::vector<Finding> check_roles(const ExternalServer& server) {
    std::vector<Finding> out;
    for (const char* role :
         {"atalaya_migrate", "atalaya_app", "atalaya_auth", "atalaya_sched", "atalaya_signer"})
        out.push_back(judge_role(server, role));
    return out;
}

std::string bootstrap_script(const std::string& database) {
    std::string identifier = "\"";
    std::string literal = "'";
    for (const char c : database) {
        identifier += c == '"' ? "\"\"" : std::string(1, c);
        literal += c == '\'' ? "''" : std::string(1, c);
    }
    identifier += '"';
    literal += "'";
    return "-- For a superuser: psql -d postgres -f FILE. It may be run again at any time.\n"
           "-- Afterwards atalaya_migrate, atalaya_app, atalaya_auth, atalaya_sched and\n"
           "-- atalaya_signer need a way to sign in: a password (\\password ROLE) or a client "
           "certificate.\n"
           "\\set ON_ERROR_STOP on\n" +
           std::string(sql::db::bootstrap_cluster) + "\nselect 'create database " + identifier +
           "' where not exists (select from pg_database where datname = " + literal +
           ") \\gexec\n\\connect " + identifier + "\n" + std::string(sql::db::bootstrap_database) +
           "\n";
}

} // namespace atalaya::db
