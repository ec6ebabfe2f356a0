// The generated table: every route against everybody who may call it, compared with the matrix that
// GET /meta/permissions publishes. A new endpoint, permission or scope is covered without a line
// here.
#include "api/house.hpp"
#include "base/text.hpp"
#include "db/script_session.hpp"

#include <gtest/gtest.h>

namespace atalaya::apitest {
namespace {

using api::Audience;
using api::Endpoint;
using api::Router;
using shape::Json;

const std::string nobody = "7b8e1f0a-5c4d-4e3f-9a2b-1c0d9e8f7a6b";

struct Published {
    std::set<std::string> roles; ///< that hold the permission
    std::string scope;           ///< empty: no key has it
};

class Matrix : public testing::Test {
  protected:
    static void SetUpTestSuite() {
        house = std::make_unique<House>();
        owner = house->sign_up("Ada Example", "ada@example.com", "Harbour");
        stranger = house->sign_up("Bob Example", "bob@example.com", "Bob's");
        read_matrix();
        people["owner"] = owner;
        for (const char* role : {"admin", "member", "viewer"})
            people[role] = join(owner.team, role, std::string(role) + "@example.com");
        for (const std::string& scope : scopes)
            keys[scope] = make_key(owner, scope);
        suspend();
    }
    static void TearDownTestSuite() { house.reset(); }

    static Browser join(TeamId team, const std::string& role, const std::string& email) {
        Browser browser = house->sign_up("A " + role, email, role + "'s");
        if (role != "owner" || team != browser.team)
            house->add_member(browser, team, role);
        return browser;
    }
    static void read_matrix() {
        const Json json = house->call(owner, "GET", "/api/v1/meta/permissions").json();
        for (const Json& scope : *json.find("scopes")->if_array())
            scopes.push_back(*scope.if_string());
        for (const Json& row : *json.find("permissions")->if_array()) {
            Published& entry = matrix[*row.find("name")->if_string()];
            for (const Json& role : *row.find("roles")->if_array())
                entry.roles.insert(*role.if_string());
            if (const std::string* scope = row.find("scope")->if_string())
                entry.scope = *scope;
        }
    }
    static std::string make_key(const Browser& browser, const std::string& scope) {
        const std::string path = "/api/v1/teams/" + to_string(browser.team) + "/api-keys";
        const Json draft =
            shape::json_object({{"name", scope}, {"env", "live"}, {"scopes", shape::Array{scope}}});
        const Answer made = house->call(browser, "POST", path, shape::write_json(draft));
        EXPECT_EQ(made.status, 201) << made.body;
        const std::string id = *made.json().find("id")->if_string();
        EXPECT_EQ(house->call(browser, "POST", path + "/" + id + "/ack").status, 200);
        return *made.json().find("key")->if_string();
    }
    /// A team that demands a second factor, with members and a key that have none.
    static void suspend() {
        const Browser host = house->sign_up("Cleo Example", "cleo@example.com", "Strict");
        strict = host.team;
        suspended["owner"] = host;
        for (const char* role : {"admin", "member", "viewer"})
            suspended[role] = join(strict, role, std::string("late-") + role + "@example.com");
        for (const std::string& scope : {scopes.front(), std::string("metrics:read")})
            suspended_keys[scope] = make_key(host, scope);
        db::ScriptSession(pgtest::server_dsn(), house->database(), "atalaya_super")
            .run("begin; alter table app.teams disable trigger audited; "
                 "update app.teams set require_2fa = true where team_id = '" +
                 to_string(strict) +
                 "'; alter table app.teams enable always trigger audited; commit");
        for (const auto& [role, browser] : suspended)
            house->instance().services().identities.forget_user(browser.user);
    }

    /// The route of this team, with objects that do not exist: who is let in changes nothing.
    static std::string fill(const std::string& path, TeamId team) {
        std::string out;
        for (const std::string_view segment : split(path, '/')) {
            out += '/';
            if (segment == "{team}")
                out += to_string(team);
            else if (segment == "{seq}")
                out += "1";
            else
                out += segment.starts_with('{') ? std::string_view(nobody) : segment;
        }
        return out.substr(1);
    }
    static std::string verb(const Router::Route& route) {
        return std::string(api::verb_name(route.endpoint->verb));
    }
    /// What the caller meets at the door: "401", "404", the code of a 403, or "in".
    static std::string meet(const Router::Route& route, const Browser& browser, TeamId team,
                            std::vector<net::Header> headers = {}) {
        const Answer answer = house->call(browser, verb(route), fill(route.path, team),
                                          R"({"no_such_field":1})", std::move(headers));
        EXPECT_NE(answer.status, 500) << verb(route) << " " << route.path << answer.body;
        if (answer.status == 403)
            return answer.code();
        return answer.status == 401 ? "401" : answer.status == 404 ? "404" : "in";
    }
    /// To a member a team is never an unknown path: 404 is about an object, and for who was let in.
    static std::string let_in(const std::string& met) { return met == "404" ? "in" : met; }
    /// Routes of a team that do not end the caller's membership.
    static std::vector<Router::Route> team_routes() {
        std::vector<Router::Route> out;
        for (const Router::Route& route : house->instance().router().routes()) {
            if (route.endpoint->audience == Audience::team && !route.path.ends_with("/leave"))
                out.push_back(route);
        }
        return out;
    }
    static const Published& published(const Router::Route& route) {
        return matrix.at(std::string(access::permission_entry(*route.endpoint->permission).name));
    }
    static std::string about(const std::string& who, const Router::Route& route) {
        return who + " " + verb(route) + " " + route.path;
    }

    static inline std::unique_ptr<House> house;
    static inline Browser owner, stranger;
    static inline std::map<std::string, Browser> people, suspended;
    static inline std::map<std::string, std::string> keys;
    static inline std::vector<std::string> scopes;
    static inline std::map<std::string, Published> matrix;
    static inline TeamId strict;
    static inline std::map<std::string, std::string> suspended_keys; ///< by scope
};

TEST_F(Matrix, EveryRouteOfATeamNamesAPublishedPermission) {
    for (const Router::Route& route : house->instance().router().routes()) {
        const Endpoint& endpoint = *route.endpoint;
        EXPECT_EQ(api::is_of_team(endpoint.audience), endpoint.permission.has_value())
            << route.path;
        if (endpoint.permission) {
            EXPECT_FALSE(published(route).roles.empty()) << route.path;
        }
    }
}

TEST_F(Matrix, ARouteOfATeamWithoutPermissionStopsTheStart) {
    api::Endpoint open = *team_routes().front().endpoint;
    open.permission.reset();
    const std::array bare{open};
    api::Router router;
    EXPECT_THROW(router.add("/api/v1", bare), LogicFault);
    open.path = "/loose";
    open.permission = access::Permission::team_read;
    open.audience = Audience::signed_in;
    const std::array loose{open};
    EXPECT_THROW(router.add("/api/v1", loose), LogicFault);
}

TEST_F(Matrix, Roles) {
    for (const auto& [role, browser] : people) {
        for (const Router::Route& route : team_routes()) {
            const std::string met = let_in(meet(route, browser, owner.team));
            EXPECT_EQ(met, published(route).roles.contains(role) ? "in" : "forbidden")
                << about(role, route);
        }
    }
}

TEST_F(Matrix, NobodyAndOtherTeams) {
    for (const Router::Route& route : team_routes()) {
        EXPECT_EQ(meet(route, {}, owner.team), "401") << about("anonymous", route);
        EXPECT_EQ(meet(route, stranger, owner.team), "404") << about("other team", route);
        for (const auto& [role, browser] : suspended)
            EXPECT_EQ(meet(route, browser, owner.team), "404") << about("other " + role, route);
    }
}

TEST_F(Matrix, WhoLacksTheSecondFactorThatTheTeamDemands) {
    std::set<std::string> open;
    for (const auto& [role, browser] : suspended) {
        for (const Router::Route& route : team_routes()) {
            const std::string met = let_in(meet(route, browser, strict));
            if (route.endpoint->open_without_second_factor) {
                open.insert(verb(route) + " " + route.path);
                EXPECT_EQ(met, published(route).roles.contains(role) ? "in" : "forbidden")
                    << about(role, route);
            } else {
                EXPECT_EQ(met, "mfa_enrolment_required") << about(role, route);
            }
        }
        EXPECT_EQ(house->call(browser, "GET", "/api/v1/me").status, 200);
    }
    EXPECT_EQ(open, std::set<std::string>{}) << "only leaving is open, and that is not walked here";
    for (const Router::Route& route : house->instance().router().routes()) {
        if (!api::is_of_team(route.endpoint->audience) ||
            route.endpoint->open_without_second_factor)
            continue;
        if (const auto key = suspended_keys.find(published(route).scope);
            key != suspended_keys.end()) {
            EXPECT_EQ(meet(route, {}, strict, {{"authorization", "Bearer " + key->second}}),
                      "mfa_enrolment_required")
                << about("key", route);
        }
    }
}

TEST_F(Matrix, KeysOfEachScope) {
    for (const auto& [scope, text] : keys) {
        const net::Header key{"authorization", "Bearer " + text};
        int opened = 0;
        for (const Router::Route& route : house->instance().router().routes()) {
            const Endpoint& endpoint = *route.endpoint;
            if (endpoint.audience == Audience::anyone)
                continue;
            const std::string met = meet(route, {}, owner.team, {key});
            const std::string who = about("key with " + scope, route);
            if (endpoint.audience == Audience::operator_only) {
                EXPECT_EQ(met, "404") << who;
            } else if (endpoint.audience == Audience::agent) {
                EXPECT_EQ(met, "401") << who;
            } else if (endpoint.audience == Audience::signed_in ||
                       endpoint.open_without_second_factor) {
                EXPECT_EQ(met, "forbidden") << who;
            } else if (published(route).scope == scope) {
                ++opened;
                EXPECT_EQ(let_in(met), "in") << who;
            } else {
                EXPECT_EQ(met, "forbidden") << who;
            }
            if (endpoint.audience == Audience::team) {
                EXPECT_EQ(meet(route, {}, stranger.team, {key}), "404") << who;
            }
        }
        EXPECT_GT(opened, 0) << scope << " is offered and opens nothing";
    }
}

TEST_F(Matrix, AScopeThatOpensNothingIsNeitherOfferedNorTaken) {
    ASSERT_LT(scopes.size(), access::scopes().size());
    for (const std::string_view scope : access::scopes()) {
        if (std::find(scopes.begin(), scopes.end(), scope) != scopes.end())
            continue;
        const Json draft =
            shape::json_object({{"name", scope}, {"env", "live"}, {"scopes", shape::Array{scope}}});
        const Answer refused =
            house->call(owner, "POST", "/api/v1/teams/" + to_string(owner.team) + "/api-keys",
                        shape::write_json(draft));
        EXPECT_EQ(refused.status, 422) << scope << refused.body;
    }
}

} // namespace
} // namespace atalaya::apitest
