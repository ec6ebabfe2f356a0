#include "db/migrate.hpp"

#include "base/check.hpp"
#include "base/log.hpp"
#include "db/error.hpp"
#include "db/script_session.hpp"
#include "db_sql.hpp"

#include <algorithm>
#include <map>

namespace atalaya::db {
namespace {

/// "name sha256" lines, so that one value carries the whole table.
constexpr std::string_view list_applied =
    "select string_agg(name || ' ' || sha256, e'\\n' order by name) from ctl.migrations";

std::map<std::string, std::string> read_applied(ScriptSession& session) {
    std::map<std::string, std::string> out;
    std::string_view rest;
    const auto lines = session.value(list_applied);
    for (rest = lines ? std::string_view(*lines) : std::string_view(); !rest.empty();) {
        const std::string_view line = rest.substr(0, rest.find('\n'));
        rest.remove_prefix(std::min(rest.size(), line.size() + 1));
        const auto space = line.find(' ');
        out.emplace(line.substr(0, space), line.substr(space + 1));
    }
    return out;
}

void refuse_unfit(std::map<std::string, std::string> applied, const MigrationLists& lists) {
    for (const auto& list : lists) {
        for (const Migration& migration : list) {
            const auto found = applied.find(std::string(migration.name));
            if (found == applied.end())
                continue;
            if (found->second != migration.sha256)
                throw MigrationRefused(
                    "Migration " + found->first +
                    " is not the one that this database was built with. A released migration "
                    "never changes; add a new one instead.");
            applied.erase(found);
        }
    }
    if (!applied.empty())
        throw MigrationRefused("The database holds migration " + applied.begin()->first +
                               ", which this program does not know: it was built by a newer "
                               "version. Run that version, "
                               "or restore a backup from before the upgrade.");
}

void apply(ScriptSession& session, const Migration& migration) {
    session.run("begin; set local role atalaya_owner");
    try {
        session.run(migration.text);
    } catch (const Error& error) {
        throw MigrationRefused("Migration " + std::string(migration.name) +
                               " failed: " + error.what());
    }
    CHECK_REQUEST(session.is_in_transaction()); // it must not commit by itself
    session.value("insert into ctl.migrations (name, sha256) values ($1, $2)",
                  {std::string(migration.name), std::string(migration.sha256)});
    session.run("commit");
}

} // namespace

void bootstrap(const std::string& server, const std::string& database,
               const std::string& superuser) {
    ScriptSession cluster(server, "postgres", superuser);
    cluster.run(sql::db::bootstrap_cluster);
    if (!cluster.value("select 1 from pg_database where datname = $1", {database}))
        cluster.run("create database " + cluster.quoted_name(database));
    ScriptSession own(server, database, superuser);
    own.run(sql::db::bootstrap_database);
}

std::vector<std::string> migrate(const std::string& server, const std::string& database,
                                 const MigrationLists& lists) {
    ScriptSession session(server, database, "atalaya_migrate");
    session.run("select pg_advisory_lock(hashtext('atalaya.migrate'))"); // until the session ends
    session.run(
        "begin; set local role atalaya_owner; create table if not exists ctl.migrations (name text "
        "primary "
        "key, sha256 text not null, applied_at timestamptz not null default now()); commit");
    session.run("set role atalaya_owner");
    const auto applied = read_applied(session);
    refuse_unfit(applied, lists);
    std::vector<std::string> ran;
    for (const auto& list : lists) {
        for (const Migration& migration : list) {
            if (applied.contains(std::string(migration.name)))
                continue;
            apply(session, migration);
            log::info("db.migrated", {{"name", std::string(migration.name)}});
            ran.emplace_back(migration.name);
        }
    }
    return ran;
}

void set_context_key(const std::string& server, const std::string& database, const Secret& key) {
    CHECK_REQUEST(key.reveal().size() == 32);
    // The two padded keys of HMAC (RFC 2104), so that SQL needs nothing but sha256().
    const auto padded = [&](std::uint8_t pad) {
        Bytes out(64, pad);
        std::transform(key.reveal().begin(), key.reveal().end(), out.begin(),
                       [&](std::uint8_t byte) { return static_cast<std::uint8_t>(byte ^ pad); });
        return Secret(std::move(out));
    };
    const Secret inner = padded(0x36), outer = padded(0x5c);
    ScriptSession session(server, database, "atalaya_migrate");
    session.run_with("select ctx.set_key($1, $2)", {inner.reveal(), outer.reveal()});
}

} // namespace atalaya::db
