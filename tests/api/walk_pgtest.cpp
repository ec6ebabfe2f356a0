// Walks over every endpoint: who is let in, who is not, and with which bytes. A new endpoint is
// covered without a line here.
#include "api/document.hpp"
#include "api/house.hpp"
#include "api/once_dashboard_test.hpp"
#include "audit/note.hpp"
#include "base/text.hpp"
#include "server/modules.hpp"

#include <fstream>
#include <gtest/gtest.h>

namespace atalaya::apitest {
namespace {

using api::Audience;
using api::Router;

/// A key with one scope, acknowledged.
std::string make_key(House& house, const Browser& browser, TeamId team, std::string_view scope) {
    const std::string keys = "/api/v1/teams/" + to_string(team) + "/api-keys";
    shape::Array scopes;
    scopes.emplace_back(scope);
    const shape::Json body = shape::json_object({{"name", scope},
                                                 {"env", "test"},
                                                 {"scopes", std::move(scopes)},
                                                 {"ip_allow", shape::Array{}},
                                                 {"cors_origins", shape::Array{}},
                                                 {"expires_at", nullptr}});
    const Answer made = house.call(browser, "POST", keys, shape::write_json(body));
    EXPECT_EQ(made.status, 201) << made.body;
    const std::string id = *made.json().find("id")->if_string();
    EXPECT_EQ(house.call(browser, "POST", keys + "/" + id + "/ack").status, 200);
    return *made.json().find("key")->if_string();
}

class Walk : public testing::Test {
  protected:
    static void SetUpTestSuite() {
        house = std::make_unique<House>();
        owner = house->sign_up("Ada Example", "ada@example.com", "Ada's team");
        stranger = house->sign_up("Bob Example", "bob@example.com", "Bob's team");
        for (const char* role : {"admin", "member", "viewer"}) {
            Browser browser =
                house->sign_up(std::string("A ") + role, std::string(role) + "@example.com", role);
            house->add_member(browser, owner.team, role);
            members[role] = browser;
        }
        members["owner"] = owner;
        // Now, because making a key wants a fresh log-in.
        for (const std::string_view scope : house->instance().router().scopes())
            keys[std::string(scope)] = make_key(*house, owner, owner.team, scope);
        const Answer listed =
            house->call(owner, "GET", "/api/v1/teams/" + to_string(owner.team) + "/api-keys");
        own["{key}"] = *listed.json().find("data")->if_array()->front().find("id")->if_string();
        auditor = house->sign_up("An auditor", "auditor@example.com", "auditor");
        house->add_member(auditor, owner.team, "admin");
        auditors_key = make_key(*house, auditor, owner.team, "audit:read");
        const Answer created =
            house->call(owner, "POST", "/api/v1/teams/" + to_string(owner.team) + "/servers",
                        R"({"name":"walk-01"})");
        server = *created.json().find("id")->if_string();
        const shape::Json collector =
            house
                ->call(owner, "POST", "/api/v1/teams/" + to_string(owner.team) + "/audit/streams",
                       R"({"name":"x","kind":"syslog","url":"syslog+tls://siem.example.com",)"
                       R"("from_start":false})")
                .json();
        own["{stream}"] = *collector.find("stream")->find("id")->if_string();
        const audit::NoteKey key{"witness.example", audit::SignatureType::cosignature, {}};
        const shape::Json witness =
            house
                ->call(owner, "POST", "/api/v1/teams/" + to_string(owner.team) + "/audit/witnesses",
                       R"({"name":"x","url":"https://w.example.com","vkey":")" +
                           audit::to_vkey(key) + "\"}")
                .json();
        own["{witness}"] = *witness.find("id")->if_string();
        own["{rule}"] = text(house
                                 ->call(owner, "POST", base(owner) + "/metrics/retention-rules",
                                        R"({"prefix":"walk_","days":3})")
                                 .json(),
                             "id");
        own["{dashboard}"] = text(
            house->call(owner, "POST", base(owner) + "/dashboards", dashboard_draft("walk")).json(),
            "id");
    }
    static void TearDownTestSuite() { house.reset(); }

    /// The route with its parameters filled in: of the owner's team, or of nobody's.
    static std::string fill(const std::string& path, const std::string& team,
                            const std::string& object) {
        std::string out;
        for (const std::string_view segment : split(path, '/')) {
            out += '/';
            if (segment == "{team}")
                out += team;
            else if (segment == "{seq}")
                out += "1";
            else if (const auto known = own.find(segment); known != own.end() && object == server)
                out += known->second;
            else
                out += segment.starts_with('{') ? std::string_view(object) : segment;
        }
        return out.substr(1); // the path began with one
    }
    static std::string method(const Router::Route& route) {
        return std::string(api::verb_name(route.endpoint->verb));
    }
    static std::string label(const Router::Route& route) {
        return method(route) + " " + route.path;
    }
    static const std::vector<Router::Route>& routes() {
        return house->instance().router().routes();
    }

    static std::unique_ptr<House> house;
    static Browser owner, stranger;
    static std::map<std::string, Browser> members;
    static std::string server;
    static std::map<std::string, std::string> keys; ///< of the owner, by their only scope
    static std::map<std::string, std::string, std::less<>> own; ///< objects, by their segment
    static Browser auditor;
    static std::string auditors_key;
};
std::map<std::string, std::string> Walk::keys;
std::map<std::string, std::string, std::less<>> Walk::own;
Browser Walk::auditor;
std::string Walk::auditors_key;
std::unique_ptr<House> Walk::house;
Browser Walk::owner;
Browser Walk::stranger;
std::map<std::string, Browser> Walk::members;
std::string Walk::server;

const std::string nobody = "7b8e1f0a-5c4d-4e3f-9a2b-1c0d9e8f7a6b";

TEST_F(Walk, EveryTeamRouteNamesAPermissionThatSomeRoleHolds) {
    for (const Router::Route& route : routes()) {
        EXPECT_EQ(route.endpoint->audience == Audience::team,
                  route.path.find("{team}") != std::string::npos)
            << label(route);
        EXPECT_EQ(api::is_of_team(route.endpoint->audience), route.endpoint->permission.has_value())
            << label(route);
        EXPECT_TRUE((route.endpoint->handler != nullptr) != (route.endpoint->slow != nullptr))
            << label(route);
        EXPECT_TRUE(route.endpoint->summary.ends_with('.')) << label(route);
    }
}

TEST_F(Walk, WithoutIdentityItIs401) {
    for (const Router::Route& route : routes()) {
        if (route.endpoint->audience == Audience::anyone ||
            route.endpoint->audience == Audience::operator_only)
            continue;
        const Answer answer = house->call(Browser{}, method(route),
                                          fill(route.path, to_string(owner.team), server), "{}");
        EXPECT_EQ(answer.status, 401) << label(route);
        EXPECT_EQ(answer.code(), "unauthenticated") << label(route);
        const Browser guessed{
            "__Host-atalaya_session=AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA", "x", {}, {}};
        EXPECT_EQ(house
                      ->call(guessed, method(route),
                             fill(route.path, to_string(owner.team), server), "{}")
                      .status,
                  401)
            << label(route);
    }
}

TEST_F(Walk, WhereKeysSpeakASessionIsNobody) {
    int walked = 0;
    for (const Router::Route& route : routes()) {
        if (route.endpoint->audience != Audience::team_key)
            continue;
        ++walked;
        const Answer answer = house->call(owner, method(route), route.path, "{}");
        EXPECT_EQ(answer.status, 401) << label(route);
        EXPECT_EQ(answer.code(), "unauthenticated") << label(route);
    }
    EXPECT_GT(walked, 0);
}

TEST_F(Walk, AnotherTeamIsByteForByteAnUnknownPath) {
    const Answer unknown = house->call(stranger, "GET", "/api/v1/no/such/path");
    EXPECT_EQ(unknown.status, 404);
    for (const Router::Route& route : routes()) {
        if (route.endpoint->audience != Audience::team)
            continue;
        const Answer theirs = house->call(stranger, method(route),
                                          fill(route.path, to_string(owner.team), server), "{}");
        const Answer nowhere =
            house->call(stranger, method(route), fill(route.path, nobody, nobody), "{}");
        EXPECT_EQ(theirs.status, 404) << label(route);
        EXPECT_EQ(theirs.body_without_id(), unknown.body_without_id()) << label(route);
        EXPECT_EQ(nowhere.body_without_id(), unknown.body_without_id()) << label(route);
        auto named = theirs.headers;
        auto guessed = nowhere.headers;
        named.erase("x-request-id");
        guessed.erase("x-request-id");
        EXPECT_EQ(named, guessed) << label(route);
    }
}

TEST_F(Walk, AnotherTeamsObjectInTheOwnTeamIsNotFound) {
    for (const Router::Route& route : routes()) {
        if (route.endpoint->audience != Audience::team ||
            (route.path.find("{server}") == std::string::npos &&
             route.path.find("{key}") == std::string::npos &&
             route.path.find("{stream}") == std::string::npos))
            continue;
        const Answer theirs = house->call(stranger, method(route),
                                          fill(route.path, to_string(stranger.team), server), "{}");
        const Answer nowhere = house->call(
            stranger, method(route), fill(route.path, to_string(stranger.team), nobody), "{}");
        // A body that lacks something is refused before any object is looked for.
        const auto& contract = route.endpoint->contract;
        EXPECT_EQ(theirs.status, contract.in && !contract.partial_in ? 422 : 404) << label(route);
        EXPECT_EQ(theirs.body_without_id(), nowhere.body_without_id()) << label(route);
    }
}

TEST_F(Walk, RolesEqualTheMatrix) {
    for (const auto& [name, browser] : members) {
        const auto role = shape::parse_enum<access::Role>(name).value();
        for (const Router::Route& route : routes()) {
            // Leaving needs no object, and every role may.
            if (route.endpoint->audience != Audience::team || route.path.ends_with("/leave"))
                continue;
            // An object that does not exist: whoever is let in changes nothing.
            const Answer answer =
                house->call(browser, method(route), fill(route.path, to_string(owner.team), nobody),
                            R"({"no_such_field":1})");
            if (access::permits(role, *route.endpoint->permission))
                EXPECT_NE(answer.status, 403) << name << " " << label(route) << " " << answer.body;
            else
                EXPECT_EQ(answer.status, 403) << name << " " << label(route);
            EXPECT_NE(answer.status, 500) << name << " " << label(route) << " " << answer.body;
        }
    }
}

TEST_F(Walk, KeysReachWhatTheirScopeOpensAndNothingElse) {
    std::set<std::string> opened;
    for (const auto& [scope, text] : keys) {
        const net::Header key{"authorization", "Bearer " + text};
        for (const Router::Route& route : routes()) {
            const api::Endpoint& endpoint = *route.endpoint;
            if (endpoint.audience == Audience::anyone)
                continue;
            const std::string path = fill(route.path, to_string(owner.team), nobody);
            // The owner's cookie beside the key must not help.
            const Answer answer =
                house->call(owner, method(route), path, R"({"no_such_field":1})", {key});
            const std::string about = scope + " " + label(route) + " " + answer.body;
            EXPECT_NE(answer.status, 500) << about;
            if (endpoint.audience == Audience::operator_only) {
                EXPECT_EQ(answer.status, 404) << about;
            } else if (endpoint.audience == Audience::agent) {
                EXPECT_EQ(answer.status, 401) << about;
            } else if (api::is_of_team(endpoint.audience) && !endpoint.open_without_second_factor &&
                       access::permission_entry(*endpoint.permission).scope == scope) {
                opened.insert(scope);
                EXPECT_TRUE(answer.status != 401 && answer.status != 403) << about;
            } else {
                EXPECT_EQ(answer.status, 403) << about;
            }
            if (endpoint.audience == Audience::team) {
                const std::string theirs = fill(route.path, to_string(stranger.team), nobody);
                EXPECT_EQ(house->call(Browser{}, method(route), theirs, "{}", {key}).status, 404)
                    << about;
            }
        }
    }
    EXPECT_TRUE(opened.contains("servers:read") && opened.contains("audit:read"));
}

TEST_F(Walk, AKeyHasNoMoreThanTheRoleOfItsMaker) {
    const net::Header key{"authorization", "Bearer " + auditors_key};
    const std::string team = "/api/v1/teams/" + to_string(owner.team);
    const std::string member = team + "/members/" + to_string(auditor.user);
    const auto events = [&] {
        return house->call(Browser{}, "GET", team + "/audit/events", "", {key}).status;
    };
    EXPECT_EQ(events(), 200);
    EXPECT_EQ(house->call(owner, "PATCH", member, R"({"role":"viewer"})").status, 200);
    EXPECT_EQ(events(), 403);
    EXPECT_EQ(house->call(owner, "DELETE", member).status, 204);
    EXPECT_EQ(events(), 401);
}

TEST_F(Walk, WithoutCsrfTokenNothingChanges) {
    Browser forged = owner;
    for (const std::string& token : {std::string(), std::string("wrong"), stranger.csrf}) {
        forged.csrf = token;
        for (const Router::Route& route : routes()) {
            if (!route.endpoint->mutates() || route.endpoint->audience == Audience::agent ||
                route.endpoint->audience == Audience::team_key ||
                route.endpoint->audience == Audience::anyone ||
                route.endpoint->audience == Audience::operator_only)
                continue;
            const Answer answer = house->call(
                forged, method(route), fill(route.path, to_string(owner.team), server), "{}");
            EXPECT_EQ(answer.status, 403) << label(route);
            EXPECT_EQ(answer.code(), "csrf_failed") << label(route);
        }
    }
}

TEST_F(Walk, OtherSitesAreRefusedEverywhere) {
    for (const Router::Route& route : routes()) {
        if (!route.endpoint->mutates() || route.endpoint->audience == Audience::agent ||
            route.endpoint->audience == Audience::team_key ||
            route.endpoint->audience == Audience::operator_only)
            continue;
        const std::string path = fill(route.path, to_string(owner.team), server);
        for (const net::Header& header : {net::Header{"sec-fetch-site", "cross-site"},
                                          net::Header{"sec-fetch-site", "same-site"},
                                          net::Header{"origin", "https://evil.example"}}) {
            EXPECT_EQ(house->call(owner, method(route), path, "{}", {header}).status, 403)
                << label(route);
        }
    }
}

TEST_F(Walk, UnknownFieldsWrongTypesAndWrongMediaAreRefused) {
    for (const Router::Route& route : routes()) {
        if (!route.endpoint->contract.in || route.endpoint->audience == Audience::operator_only)
            continue;
        const std::string path = fill(route.path, to_string(owner.team), server);
        const Answer unknown = house->call(owner, method(route), path, R"({"no_such_field":1})");
        EXPECT_EQ(unknown.status, 422) << label(route) << unknown.body;
        EXPECT_NE(unknown.body.find("/no_such_field"), std::string::npos) << label(route);
        EXPECT_EQ(house->call(owner, method(route), path, "[]").status, 422) << label(route);
        EXPECT_EQ(house->call(owner, method(route), path, "{").status, 400) << label(route);
        EXPECT_EQ(house->call(owner, method(route), path, R"({"a":1,"a":2})").status, 400)
            << label(route);
        EXPECT_EQ(
            house->call(owner, method(route), path, "{}", {{"content-type", "text/plain"}}).status,
            415)
            << label(route);
    }
}

TEST_F(Walk, UnknownParametersAreRefused) {
    for (const Router::Route& route : routes()) {
        if (route.endpoint->audience != Audience::team)
            continue;
        const std::string path = fill(route.path, to_string(owner.team), server) + "?colour=green";
        const Answer answer = house->call(owner, method(route), path);
        EXPECT_EQ(answer.status, 422) << label(route) << answer.body;
        EXPECT_NE(answer.body.find("?colour"), std::string::npos) << label(route) << answer.body;
    }
}

TEST_F(Walk, UnknownMethodsNameTheKnownOnes) {
    const Answer answer =
        house->call(owner, "PUT", "/api/v1/teams/" + to_string(owner.team) + "/servers", "{}");
    EXPECT_EQ(answer.status, 405);
    EXPECT_EQ(answer.headers.at("allow"), "GET, POST");
}

TEST_F(Walk, RefusalsAreOnTheRecordOfTheTeam) {
    house->call(members["viewer"], "POST", "/api/v1/teams/" + to_string(owner.team) + "/servers",
                R"({"name":"x"})");
    Answer events;
    for (int i = 0; i < 100; ++i) {
        events = house->call(owner, "GET",
                             "/api/v1/teams/" + to_string(owner.team) +
                                 "/audit/events?action=access.denied");
        if (events.body.find("/teams/{team}/servers") != std::string::npos)
            break;
        std::this_thread::sleep_for(std::chrono::milliseconds(20));
    }
    EXPECT_NE(events.body.find(R"("outcome":"denied")"), std::string::npos);
    EXPECT_NE(events.body.find("/teams/{team}/servers"), std::string::npos);
    EXPECT_NE(events.body.find("192.0.2.7"), std::string::npos);
}

TEST_F(Walk, EveryStatementFitsTheSchema) {
    pgtest::TestDatabase database;
    std::vector<const db::Statement*> all = server_program::statements();
    const std::span<const db::Statement* const> span(all);
    EXPECT_EQ(pgtest::unpreparable(database, {span}, "atalaya_super"), std::vector<std::string>{});
}

TEST_F(Walk, TheDocumentIsTheOneThatWasReviewed) {
    const std::string path = std::string(ATALAYA_SOURCE_DIR) + "/web/openapi.json";
    const shape::Json actual = api::make_document(house->instance().router());
    std::ifstream in(path, std::ios::binary);
    const std::string text(std::istreambuf_iterator<char>(in), {});
    const auto reviewed = shape::parse_json(text);
    ASSERT_TRUE(reviewed) << path;
    EXPECT_TRUE(actual == *reviewed)
        << "run `make gen` and review the difference of web/openapi.json";
}

} // namespace
} // namespace atalaya::apitest
