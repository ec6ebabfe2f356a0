// What the database itself shows: walls, demands for events, forms of what is stored.
#include "audit/reader.hpp"
#include "config/config.hpp"
#include "db/error.hpp"
#include "db/selftest.hpp"
#include "db/tx.hpp"
#include "modules/team/team.hpp"
#include "modules/trust/check.hpp"
#include "trust_sql.hpp"

#include <algorithm>
#include <array>
#include <sys/stat.h>

namespace atalaya::trust {
namespace {

using std::chrono::minutes;

std::vector<TeamId> list_chains(const Surroundings& around) {
    db::Connection directory(around.sched);
    auto teams = team::list_team_ids(directory);
    teams.push_back(platform_team);
    return teams;
}

/// Rows seen, and how many of them are not as they should be.
struct Count {
    std::int64_t total = 0;
    std::int64_t bad = 0;
};

Count count(db::Tx& tx, const db::Statement& statement, const db::Args& args = {}) {
    const db::Row row = tx.query_one(statement, args);
    return {row.get<std::int64_t>("total"), row.get<std::int64_t>("bad")};
}

/// The sum over the scopes of every team.
Count count_in_teams(const Surroundings& around, const db::Statement& statement) {
    db::Connection connection(around.app);
    Count sum;
    for (const TeamId& team : list_chains(around)) {
        const Count one = db::transact(connection, {team, UserId{}},
                                       [&](db::Tx& tx) { return count(tx, statement); });
        sum.total += one.total;
        sum.bad += one.bad;
    }
    return sum;
}

Finding judge(const Count& counted, const std::string& what, const std::string& otherwise) {
    if (counted.total == 0)
        return {true, "Nothing to look at yet: 0 " + what + "."};
    return {counted.bad == 0, std::to_string(counted.total) + " " + what + ", " +
                                  std::to_string(counted.bad) + " " + otherwise + "."};
}

Finding look_at_walls(const Surroundings& around) {
    db::Connection connection(around.app);
    const auto breaches = db::run_selftest(connection, around.services.random);
    if (breaches.empty())
        return {true, "Every rule holds, and two teams did not reach each other."};
    return {false, std::to_string(breaches.size()) + " breaches; the first: " +
                       breaches.front().rule + " at " + breaches.front().object + "."};
}

/// Whether the database refuses, and with this SQLSTATE. Whatever happens is rolled back.
bool is_refused(const Surroundings& around, std::string_view sqlstate,
                const std::function<void(db::Tx&)>& attempt) {
    db::Connection connection(around.app);
    try {
        db::Tx tx(connection, {platform_team, UserId{}});
        attempt(tx);
    } catch (const db::Error& refused) {
        return refused.sqlstate() == sqlstate;
    }
    return false;
}

Finding look_at_audit_triggers(const Surroundings& around) {
    db::Connection connection(around.app);
    for (const db::Breach& breach : db::check_catalogue(connection)) {
        if (breach.rule.starts_with("audit-") || breach.rule.starts_with("record-"))
            return {false, breach.rule + " at " + breach.object + "."};
    }
    bool changed = false;
    const bool refused = is_refused(around, "AT002", [&](db::Tx& tx) {
        changed = tx.query(sql::trust::change_without_event).size() == 1;
        tx.query(sql::trust::demand_events_now);
    });
    if (!changed)
        return {true,
                "The demand for events stands on every audited table; there is no account yet "
                "to try it on."};
    return {refused, refused ? "The demand for events stands on every audited table, and a change "
                               "without an event was refused."
                             : "A change without an event was not refused."};
}

Finding look_at_chain_heads(const Surroundings& around) {
    const auto teams = list_chains(around);
    db::Connection connection(around.app);
    const auto findings = audit::check_chains(connection, around.services.payload_sealer,
                                              around.services.audit_seal_key, teams);
    if (findings.empty())
        return {true, std::to_string(teams.size()) +
                          " chains end in their last event, and their newest events follow."};
    return {false, std::to_string(findings.size()) + " of " + std::to_string(teams.size()) +
                       " chains do not hold; the first at event " +
                       std::to_string(findings.front().seq) + ": " + findings.front().reason + "."};
}

Finding look_at_passwords(const Surroundings& around) {
    db::Connection connection(around.app);
    const Count counted = db::transact(
        connection, {}, [](db::Tx& tx) { return count(tx, sql::trust::judge_passwords); });
    return judge(counted, "passwords, each a slow salted hash", "in another form");
}

Finding look_at_keys(const Surroundings& around) {
    const Count keys = count_in_teams(around, sql::trust::judge_keys);
    const Count tokens = count_in_teams(around, sql::trust::judge_agent_tokens);
    return judge({keys.total + tokens.total, keys.bad + tokens.bad},
                 "API keys and agents' tokens, each kept as a hash", "in another form");
}

Finding look_at_bodies(const Surroundings& around) {
    db::Connection connection(around.app);
    Count sum;
    for (const TeamId& team : list_chains(around)) {
        db::transact(connection, {team, UserId{}}, [&](db::Tx& tx) {
            const db::Row row = tx.query_one(sql::trust::judge_bodies);
            sum.total += row.get<std::int64_t>("bodies");
            sum.bad += row.get<std::int64_t>("bad");
        });
    }
    return judge(sum, "bodies looked at, all in the form of sealed bytes", "not");
}

Finding look_at_sessions(const Surroundings& around) {
    db::Connection connection(around.app);
    const std::int64_t ceiling =
        std::min<std::int64_t>(around.services.config.session.absolute_days, 30);
    const Count counted = db::transact(connection, {}, [&](db::Tx& tx) {
        return count(tx, sql::trust::judge_sessions, {{"ceiling_days", ceiling}});
    });
    return judge(counted, "sessions, none for longer than 30 days", "beyond their ceiling");
}

Finding look_at_retention(const Surroundings& around) {
    const auto days = around.services.config.metrics.retention_days;
    // Jobs run hourly and drop whole days, and a block is called by where its day starts.
    const Time limit = around.services.clock.now() - std::chrono::hours(24 * (days + 1) + 2);
    db::Connection connection(around.app);
    std::int64_t measured = 0;
    std::int64_t late = 0;
    for (const TeamId& team : list_chains(around)) {
        db::transact(connection, {team, UserId{}}, [&](db::Tx& tx) {
            const db::Row row = tx.query_one(sql::trust::judge_samples, {{"limit", limit}});
            measured += row.get<bool>("measured");
            late += row.get<bool>("late");
        });
    }
    if (measured == 0)
        return {true, "Nothing to look at yet: no team has measurements."};
    return {late == 0, std::to_string(measured) + " teams have measurements, kept for " +
                           std::to_string(days) + " days; " + std::to_string(late) +
                           " of them have older ones."};
}

Finding look_at_global_rows(const Surroundings& around) {
    const bool refused =
        is_refused(around, "42501", [](db::Tx& tx) { tx.query(sql::trust::overwrite_global_row); });
    return {refused, refused ? "Changing a template of the system was refused by the database."
                             : "The program's role could change a template of the system."};
}

Finding look_at_keyring(const Surroundings& around) {
    std::int64_t files = 0;
    std::int64_t open = 0;
    for (const auto& entry : std::filesystem::recursive_directory_iterator(around.keyring)) {
        struct stat status {};
        if (!entry.is_regular_file() || stat(entry.path().c_str(), &status) != 0)
            continue;
        ++files;
        open += (status.st_mode & 077) != 0;
    }
    const std::string base = std::filesystem::weakly_canonical(around.database).string() + "/";
    const bool inside =
        !around.database.empty() &&
        std::filesystem::weakly_canonical(around.keyring).string().starts_with(base);
    return {files > 0 && open == 0 && !inside, std::to_string(files) + " key files, " +
                                                   std::to_string(open) + " readable by others; " +
                                                   (inside ? "inside" : "outside") +
                                                   " the database's directory."};
}

constexpr std::array checks{
    Check{"walls", "the rules of isolation hold, and two teams cannot reach each other",
          minutes(10), look_at_walls},
    Check{"audit-triggers", "the database refuses a change without an event", minutes(10),
          look_at_audit_triggers},
    Check{"chain-heads", "every chain ends in its last event", minutes(10), look_at_chain_heads},
    Check{"password-hashes", "every password is kept as a slow salted hash", minutes(60),
          look_at_passwords},
    Check{"key-hashes", "API keys and tokens are kept as hashes", minutes(60), look_at_keys},
    Check{"sealed-bodies", "what could identify somebody is kept as sealed bytes", minutes(60),
          look_at_bodies},
    Check{"sessions", "no session lives beyond its ceiling", minutes(60), look_at_sessions},
    Check{"retention", "nothing is kept longer than the retention", minutes(60), look_at_retention},
    Check{"global-templates", "the program cannot change what belongs to all teams", minutes(60),
          look_at_global_rows},
    Check{"keyring", "keys lie apart from the database, readable by nobody else", minutes(60),
          look_at_keyring},
};

} // namespace

std::span<const Check> store_checks() { return checks; }

} // namespace atalaya::trust
