#include "modules/trust/canary.hpp"

#include "access/canary.hpp"
#include "api/admission.hpp"
#include "api/router.hpp"
#include "base/text.hpp"
#include "db/tx.hpp"
#include "keyring/keyring.hpp"
#include "modules/identity/identity.hpp"
#include "modules/server/server.hpp"
#include "modules/team/team.hpp"
#include "shape/json.hpp"
#include "trust_sql.hpp"

#include <algorithm>

namespace atalaya::trust {
namespace {

using access::Canary;
using api::Router;

constexpr std::string_view nobodys_id = "7b8e1f0a-5c4d-4e3f-9a2b-1c0d9e8f7a6b";

/// One of the two, and what the other must never see.
struct Bird {
    Canary canary;
    CanarySession* session = nullptr;
    std::string word;   ///< what its server is called
    std::string server; ///< the id of that
};

/// How often they tried.
struct Attempts {
    std::int64_t api = 0;
    std::int64_t searches = 0;
    std::int64_t tables = 0;
};

struct Leak {
    std::string where;
};

/// No secret, but nothing that stands elsewhere by chance.
std::string word_of(const Surroundings& around, const Canary& canary) {
    const crypto::Hash index =
        around.services.keyring.system_blind_index("canary", to_string(canary.team));
    return "canary" + to_hex(index).substr(0, 24);
}

api::Incoming as_checks() {
    api::Incoming incoming;
    incoming.caller.kind = access::CallerKind::system;
    incoming.caller.name = "checks";
    return incoming;
}

void make_canary(const Surroundings& around, const Canary& canary) {
    around.services.keyring.create_key(canary.user);
    around.services.keyring.create_key(canary.team);
    const std::string word = word_of(around, canary);
    const identity::Person person{"Canary", word + "@canary.invalid"};
    const api::Incoming incoming = as_checks();
    api::SlowCall call(around.services, incoming);
    call.transact({platform_team, canary.user}, {platform_team, canary.team},
                  [&](api::Call& inner) {
                      identity::insert_user(inner, canary.user, person, identity::no_password);
                      inner.record_person("user.create", canary.user, {}, person.name);
                      team::insert_team(inner, canary.team, {"Canary"}, canary.user);
                      server::insert_server(inner, {word, std::nullopt});
                  });
}

void open_session(const Surroundings& around, const Bird& bird) {
    const api::Incoming incoming = as_checks();
    api::SlowCall call(around.services, incoming);
    const UserId user = bird.canary.user;
    const auto session =
        call.transact({platform_team, user}, {platform_team}, [&](api::Call& inner) {
            identity::delete_other_sessions(inner, user, SessionId{});
            inner.record_person("session.create", user, {}, "Canary");
            return identity::insert_session(inner, user, {});
        });
    const std::string cookie = identity::session_cookie(around.services, session).value;
    bird.session->cookie = cookie.substr(0, cookie.find(';'));
    bird.session->csrf = api::csrf_token(around.services, session.id);
}

net::Response ask(const Surroundings& around, const Bird& bird, std::string_view method,
                  const std::string& path, const std::string& query = {}) {
    net::Request request;
    request.method = method;
    request.path = path;
    request.query = query;
    request.target = query.empty() ? path : path + "?" + query;
    request.headers = {{"host", "localhost"},
                       {"cookie", bird.session->cookie},
                       {"x-csrf-token", bird.session->csrf}};
    if (method != "GET") {
        request.headers.push_back({"content-type", "application/json"});
        request.body = "{}";
    }
    request.peer = "127.0.0.1";
    request.secure = true;
    return around.ask(std::move(request));
}

/// Every bird reads what is its own, or its attempts at the other's would show nothing.
void find_own_server(const Surroundings& around, Bird& bird) {
    const std::string path = "/api/v1/teams/" + to_string(bird.canary.team) + "/servers";
    if (bird.session->cookie.empty())
        open_session(around, bird);
    net::Response answer = ask(around, bird, "GET", path);
    if (answer.status == 401) {
        open_session(around, bird);
        answer = ask(around, bird, "GET", path);
    }
    const auto json = shape::parse_json(answer.body);
    const shape::Json* items = json ? json->find("data") : nullptr;
    if (answer.status != 200 || !items || !items->if_array() || items->if_array()->empty() ||
        answer.body.find(bird.word) == std::string::npos)
        throw std::runtime_error("a canary cannot read its own data: " +
                                 std::to_string(answer.status));
    bird.server = *items->if_array()->front().find("id")->if_string();
}

/// The route in one team, with the ids of one server.
std::string fill(const std::string& path, const std::string& team, const std::string& server) {
    std::string out;
    for (const std::string_view segment : split(std::string_view(path).substr(1), '/')) {
        out += '/';
        if (segment == "{team}")
            out += team;
        else if (segment == "{server}")
            out += server;
        else
            out += segment.starts_with('{') ? nobodys_id : segment;
    }
    return out;
}

std::optional<Leak> try_api(const Surroundings& around, const Bird& one, const Bird& other,
                            Attempts& attempts) {
    for (const Router::Route& route : around.services.router.routes()) {
        if (route.endpoint->audience != api::Audience::team)
            continue;
        const std::string_view verb = api::verb_name(route.endpoint->verb);
        std::vector<std::string> paths{
            fill(route.path, to_string(other.canary.team), other.server)};
        if (route.path.find("{server}") != std::string::npos)
            paths.push_back(fill(route.path, to_string(one.canary.team), other.server));
        for (const std::string& path : paths) {
            ++attempts.api;
            const net::Response answer = ask(around, one, verb, path);
            if (answer.status < 400 || answer.body.find(other.word) != std::string::npos)
                return Leak{std::string(verb) + " " + route.path + " answered " +
                            std::to_string(answer.status)};
        }
    }
    return std::nullopt;
}

std::optional<Leak> try_search(const Surroundings& around, const Bird& one, const Bird& other,
                               Attempts& attempts) {
    ++attempts.searches;
    const std::string path = "/api/v1/teams/" + to_string(one.canary.team) + "/audit/events";
    const net::Response answer = ask(around, one, "GET", path, "q=" + other.word);
    const auto json = shape::parse_json(answer.body);
    const shape::Json* items = json ? json->find("data") : nullptr;
    if (answer.status != 200 || !items || !items->if_array())
        throw std::runtime_error("a canary cannot search its own record: " +
                                 std::to_string(answer.status));
    if (!items->if_array()->empty())
        return Leak{"the search of the record found it"};
    return std::nullopt;
}

std::int64_t count_rows(db::Connection& connection, const Bird& scope, const Bird& whose,
                        std::int64_t& tables) {
    return db::transact(connection, {scope.canary.team, scope.canary.user}, [&](db::Tx& tx) {
        const db::Row row = tx.query_one(sql::trust::count_rows_of, {{"team", whose.canary.team}});
        tables = row.get<std::int64_t>("tables");
        return row.get<std::int64_t>("rows");
    });
}

std::optional<Leak> try_store(const Surroundings& around, const Bird& one, const Bird& other,
                              Attempts& attempts) {
    db::Connection connection(around.app);
    std::int64_t tables = 0;
    if (count_rows(connection, one, one, tables) == 0)
        throw std::runtime_error("a canary has no rows of its own");
    if (const auto rows = count_rows(connection, one, other, tables); rows > 0)
        return Leak{std::to_string(rows) + " rows were read in the tables"};
    attempts.tables += tables;
    return std::nullopt;
}

std::array<Bird, 2> wake(const Surroundings& around) {
    db::Connection directory(around.sched);
    const auto teams = team::list_team_ids(directory);
    std::array<Bird, 2> birds;
    for (std::size_t i = 0; i < birds.size(); ++i) {
        birds[i].canary = access::canaries()[i];
        birds[i].session = &(*around.canary_sessions)[i];
        birds[i].word = word_of(around, birds[i].canary);
        if (std::find(teams.begin(), teams.end(), birds[i].canary.team) == teams.end())
            make_canary(around, birds[i].canary);
    }
    for (Bird& bird : birds)
        find_own_server(around, bird);
    return birds;
}

Finding look_at_canaries(const Surroundings& around) {
    const auto birds = wake(around);
    Attempts attempts;
    for (const auto& [one, other] : {std::pair(0, 1), std::pair(1, 0)}) {
        for (const auto attempt : {try_api, try_search, try_store}) {
            const auto leak = attempt(around, birds[static_cast<std::size_t>(one)],
                                      birds[static_cast<std::size_t>(other)], attempts);
            if (leak)
                return {false, "One canary team reached the other: " + leak->where + "."};
        }
    }
    return {true, "Two canary teams tried " + std::to_string(attempts.api) + " requests, " +
                      std::to_string(attempts.searches) + " searches and " +
                      std::to_string(attempts.tables) + " tables, and did not reach each other."};
}

constexpr std::array checks{
    Check{"canary", "two teams of the installation's own fail to reach each other",
          std::chrono::minutes(10), look_at_canaries},
};

} // namespace

std::span<const Check> canary_checks() { return checks; }

} // namespace atalaya::trust
