#include "db/selftest.hpp"

#include "db/error.hpp"
#include "db/tx.hpp"
#include "db_sql.hpp"

#include <functional>

namespace atalaya::db {
namespace {

constexpr std::string_view insufficient_privilege = "42501";
constexpr std::string_view foreign_key_violation = "23503";

/// The two teams of one attempt, each with one row; the transaction acts for `mine`.
struct Canaries {
    TeamId mine, other;
    Uuid my_row, other_row;
};

/// Something that must not work: it has to fail with `sqlstate`, or, if that is empty, see `rows`
/// rows.
struct Attempt {
    std::string_view name;
    std::string_view sqlstate;
    std::int64_t rows;
    std::function<Rows(Tx&, const Canaries&)> act;
};

std::int64_t count(const Rows& rows) {
    return std::max(rows.affected(), static_cast<std::int64_t>(rows.size()));
}

std::vector<Attempt> attempts() {
    const auto list = [](Tx& tx, const Canaries&) { return tx.query(sql::db::list_canaries); };
    const auto plant = [](Tx& tx, const TeamId& team, const Uuid& id, std::optional<Uuid> parent) {
        return tx.query(sql::db::plant_canary, {{"team", team}, {"id", id}, {"parent", parent}});
    };
    return {
        // First what must work, lest everything else fails for another reason.
        {"read own", "", 1, list},
        {"change own", "", 1,
         [](Tx& tx, const Canaries& c) {
             return tx.query(sql::db::touch_canary, {{"id", c.my_row}});
         }},
        {"change", "", 0,
         [](Tx& tx, const Canaries& c) {
             return tx.query(sql::db::touch_canary, {{"id", c.other_row}});
         }},
        {"delete", "", 0,
         [](Tx& tx, const Canaries& c) {
             return tx.query(sql::db::remove_canary, {{"id", c.other_row}});
         }},
        {"insert", insufficient_privilege, 0,
         [=](Tx& tx, const Canaries& c) { return plant(tx, c.other, Uuid{}, std::nullopt); }},
        {"give away", insufficient_privilege, 0,
         [](Tx& tx, const Canaries& c) {
             return tx.query(sql::db::move_canary, {{"team", c.other}, {"id", c.my_row}});
         }},
        {"refer", foreign_key_violation, 0,
         [=](Tx& tx, const Canaries& c) { return plant(tx, c.mine, Uuid{}, c.other_row); }},
        {"truncate", insufficient_privilege, 0,
         [](Tx& tx, const Canaries&) { return tx.query(sql::db::empty_canaries); }},
        {"read without context", "", 0,
         [=](Tx& tx, const Canaries& c) {
             tx.defer(sql::db::drop_context);
             return list(tx, c);
         }},
        {"read with a forged context", insufficient_privilege, 0,
         [=](Tx& tx, const Canaries& c) {
             tx.defer(sql::db::forge_context, {{"team", c.other}});
             return list(tx, c);
         }},
        {"move a head of the record", insufficient_privilege, 0,
         [](Tx& tx, const Canaries&) { return tx.query(sql::db::move_head); }},
        {"erase the record", insufficient_privilege, 0,
         [](Tx& tx, const Canaries&) { return tx.query(sql::db::erase_events); }},
    };
}

/// What came of it, when that was not what had to come.
std::optional<std::string> try_once(Connection& connection, const Attempt& attempt,
                                    const Canaries& c) {
    const Scope mine{c.mine, UserId{}}, other{c.other, UserId{}};
    Tx tx(connection, mine);
    try {
        const auto plant = [&](const TeamId& team, const Uuid& id) {
            tx.defer(sql::db::plant_canary, {{"team", team}, {"id", id}, {"parent", std::nullopt}});
        };
        plant(c.mine, c.my_row);
        tx.enter(other);
        plant(c.other, c.other_row);
        tx.enter(mine);
        const std::int64_t rows = count(attempt.act(tx, c));
        if (attempt.sqlstate.empty() && rows == attempt.rows)
            return std::nullopt;
        return std::to_string(rows) + " rows";
    } catch (const Error& error) {
        if (error.is_connection_lost())
            throw;
        if (!attempt.sqlstate.empty() && error.sqlstate() == attempt.sqlstate)
            return std::nullopt;
        return std::string(error.what());
    }
}

} // namespace

std::vector<Breach> check_catalogue(Connection& connection) {
    Tx tx(connection, Scope{});
    std::vector<Breach> breaches;
    for (const Row row : tx.query(sql::db::selftest))
        breaches.push_back({row.get<std::string>("rule"), row.get<std::string>("object")});
    return breaches;
}

std::vector<Breach> probe_isolation(Connection& connection, Random& random) {
    std::vector<Breach> breaches;
    for (const Attempt& attempt : attempts()) {
        const Canaries canaries{TeamId(random.uuid()), TeamId(random.uuid()), random.uuid(),
                                random.uuid()};
        if (const auto outcome = try_once(connection, attempt, canaries))
            breaches.push_back({"probe", std::string(attempt.name) + ": " + *outcome});
    }
    return breaches;
}

std::vector<Breach> run_selftest(Connection& connection, Random& random) {
    std::vector<Breach> breaches = check_catalogue(connection);
    for (Breach& breach : probe_isolation(connection, random))
        breaches.push_back(std::move(breach));
    return breaches;
}

} // namespace atalaya::db
