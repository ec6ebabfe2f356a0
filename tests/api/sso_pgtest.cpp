// Single sign-on with a provider that says what the test wants: who is let in, as whom, and into
// what.
#include "api/team_test.hpp"

namespace atalaya::apitest {
namespace {

class Sso : public TeamTest {
  protected:
    static Json settings(std::initializer_list<shape::Member> others = {}) {
        Json out = shape::json_object({{"issuer", FakeProvider::issuer},
                                       {"client_id", "atalaya"},
                                       {"allowed_domains", shape::Array{"example.com"}},
                                       {"groups_claim", "groups"},
                                       {"role_mapping", shape::Array{}},
                                       {"default_role", "viewer"},
                                       {"create_members", true},
                                       {"trust_second_factor", false},
                                       {"only", false}});
        for (const shape::Member& member : others)
            out.set(member.name, member.value);
        return out;
    }
    Answer connect(const Browser& owner, std::initializer_list<shape::Member> others = {}) {
        const std::string path = "/api/v1/teams/" + to_string(owner.team) + "/sso";
        return house->call(owner, "PUT", path,
                           body({{"settings", settings(others)}, {"client_secret", "a secret"}}));
    }
    static std::string parameter(const std::string& url, const std::string& name) {
        const auto at = url.find(name + "=") + name.size() + 1;
        return url.substr(at, url.find('&', at) - at);
    }
    /// From the button to where the browser ends; adopts what it was given.
    static std::string come(Browser& browser, const std::string& path,
                            std::initializer_list<std::pair<std::string_view, Json>> wish,
                            const std::string& subject, const std::string& email) {
        const Answer begun = house->call(browser, "POST", path, body(wish));
        EXPECT_EQ(begun.status, 200) << begun.body;
        const std::string location = text(begun.json(), "location");
        house->provider().nonce = parameter(location, "nonce");
        house->provider().claims.set("sub", subject).set("email", email);
        Browser carrying;
        carrying.adopt(begun);
        const Answer back = house->call(carrying, "GET",
                                        "/api/v1/login/sso/callback?code=c&session_state=x&state=" +
                                            parameter(location, "state"));
        EXPECT_EQ(back.status, 303) << back.body;
        const std::string place = back.headers.at("location");
        browser = {};
        if (place == "/") {
            // The map of headers keeps the last cookie, which ends the flow's.
            browser.cookie = session_cookie(back);
            browser.csrf = text(house->call(browser, "GET", "/api/v1/me").json(), "csrf_token");
        }
        return place;
    }
    static std::string session_cookie(const Answer& answer) {
        for (const std::string& cookie : answer.cookies) {
            if (cookie.starts_with("__Host-atalaya_session="))
                return cookie.substr(0, cookie.find(';'));
        }
        return "";
    }
    std::string enter(Browser& browser, const std::string& name) {
        return come(browser, "/api/v1/login/sso", {{"team", to_string(ada.team)}}, name,
                    address(name));
    }
    void TearDown() override { house->provider().claims = {}; }
};

TEST_F(Sso, ATeamsProviderMakesMembersThatSeeThatTeamOnly) {
    ASSERT_EQ(connect(ada).status, 200);
    Browser bob;
    EXPECT_EQ(enter(bob, "bob"), "/");
    const Json me = house->call(bob, "GET", "/api/v1/me").json();
    ASSERT_EQ(me.find("teams")->if_array()->size(), 1u);
    EXPECT_EQ(text(me.find("teams")->if_array()->front(), "role"), "viewer");
    EXPECT_EQ(text(*me.find("user"), "sso_team"), to_string(ada.team));
    EXPECT_EQ(events("member.add").size(), 1u + 1u) << "the owner and bob";
    EXPECT_EQ(events("auth.sso").size(), 1u);

    // Bob joins another team with the same account: this session does not see it.
    const std::string user = text(*me.find("user"), "id");
    const Browser other = person("other");
    bob.user = UserId(parse_uuid(user).value());
    house->add_member(bob, other.team, "admin");
    Browser again;
    EXPECT_EQ(enter(again, "bob"), "/");
    EXPECT_EQ(house->call(again, "GET", "/api/v1/me").json().find("teams")->if_array()->size(), 1u);
    EXPECT_EQ(house->call(again, "GET", "/api/v1/teams/" + to_string(other.team)).status, 404);
    // Nor is there an operator in it.
    house->make_operator(bob);
    EXPECT_EQ(house->call(again, "GET", "/api/v1/admin/teams").status, 404);
}

TEST_F(Sso, WhatBelongsToTheAccountIsClosedToATeamsProvider) {
    ASSERT_EQ(connect(ada).status, 200);
    Browser bob;
    ASSERT_EQ(enter(bob, "bob"), "/");
    int closed = 0;
    for (const auto& route : house->instance().router().routes()) {
        const api::Endpoint& endpoint = *route.endpoint;
        if (endpoint.audience != api::Audience::signed_in || endpoint.open_to_team_session)
            continue;
        const Answer answer =
            house->call(bob, std::string(api::verb_name(endpoint.verb)), route.path, "{}");
        EXPECT_EQ(answer.status, 403) << route.path << answer.body;
        EXPECT_EQ(answer.code(), "forbidden") << route.path;
        ++closed;
    }
    EXPECT_GE(closed, 10);
}

TEST_F(Sso, AnAddressAloneOpensNoAccount) {
    ASSERT_EQ(connect(ada).status, 200);
    const Browser cat = member("cat", "admin");
    Browser forged;
    EXPECT_EQ(enter(forged, "cat"), "/login?sso=link_required");
    EXPECT_EQ(come(forged, "/api/v1/login/sso", {}, "cat", address("cat")),
              "/login?sso=link_required");
    Browser linked = cat;
    EXPECT_EQ(come(linked, "/api/v1/me/sso", {{"team", to_string(ada.team)}}, "cat at work",
                   "another" + address("cat")),
              "/");
    EXPECT_EQ(house->call(cat, "GET", "/api/v1/me").status, 401);
    EXPECT_EQ(role_of(cat), "admin") << "without mapped groups the role stays";
    Browser later;
    EXPECT_EQ(come(later, "/api/v1/login/sso", {{"team", to_string(ada.team)}}, "cat at work",
                   address("cat")),
              "/");
    EXPECT_EQ(events("sso.connect").size(), 1u);
}

TEST_F(Sso, GroupsNeverTouchAnOwner) {
    const Json mapping = shape::Array{shape::json_object({{"group", "staff"}, {"role", "member"}}),
                                      shape::json_object({{"group", "heads"}, {"role", "admin"}})};
    ASSERT_EQ(connect(ada, {{"role_mapping", mapping}, {"default_role", nullptr}}).status, 200);
    house->provider().claims.set("groups", shape::Array{"staff", "heads"});
    Browser bob;
    EXPECT_EQ(enter(bob, "bob"), "/");
    const Json me = house->call(bob, "GET", "/api/v1/me").json();
    bob.user = UserId(parse_uuid(text(*me.find("user"), "id")).value());
    EXPECT_EQ(role_of(bob), "admin");
    house->provider().claims.set("groups", "staff");
    Browser again;
    EXPECT_EQ(enter(again, "bob"), "/");
    EXPECT_EQ(role_of(bob), "member");
    EXPECT_EQ(set_role(ada, bob, "owner").status, 200);
    EXPECT_EQ(enter(again, "bob"), "/");
    EXPECT_EQ(role_of(bob), "owner");
    Browser eve;
    house->provider().claims.set("groups", shape::Array{"others", 7});
    EXPECT_EQ(enter(eve, "eve"), "/login?sso=no_role");
    EXPECT_EQ(database().value("select count(*) from app.sso_identities where team_id = '" +
                               to_string(ada.team) + "'"),
              "1")
        << "nothing of eve stays";
}

TEST_F(Sso, OnlySsoLocksEveryRouteButForOwners) {
    const Browser cat = member("cat", "admin");
    ASSERT_EQ(connect(ada).status, 200);
    Browser bob;
    ASSERT_EQ(enter(bob, "bob"), "/");
    EXPECT_EQ(call(cat, "GET", "").status, 200);
    ASSERT_EQ(connect(ada, {{"only", true}}).status, 200);
    for (const auto& route : house->instance().router().routes()) {
        const api::Endpoint& endpoint = *route.endpoint;
        if (endpoint.audience != api::Audience::team || endpoint.open_without_second_factor)
            continue;
        std::string path = route.path;
        path.replace(path.find("{team}"), 6, to_string(ada.team));
        const Answer answer =
            house->call(cat, std::string(api::verb_name(endpoint.verb)), path, "{}");
        EXPECT_EQ(answer.code(), "sso_required") << path;
    }
    EXPECT_EQ(call(bob, "GET", "").status, 200);
    EXPECT_EQ(call(ada, "GET", "").status, 200);
    EXPECT_EQ(call(ada, "DELETE", "/sso").status, 204);
    EXPECT_EQ(call(cat, "GET", "").status, 200);
    EXPECT_EQ(call(bob, "GET", "").status, 401) << "who came by it is out";
    EXPECT_EQ(call(ada, "DELETE", "/sso").status, 404);
}

TEST_F(Sso, TheInstallationsProviderOpensTheWholeAccount) {
    Browser bob;
    EXPECT_EQ(come(bob, "/api/v1/login/sso", {}, "bob", address("bob")), "/");
    const Json me = house->call(bob, "GET", "/api/v1/me").json();
    EXPECT_EQ(text(*me.find("user"), "sso_team"), "");
    EXPECT_EQ(house->call(bob, "POST", "/api/v1/teams", body({{"name", "Bob's"}})).status, 201);
    house->provider().claims.set("email_verified", false);
    Browser cyn;
    EXPECT_EQ(come(cyn, "/api/v1/login/sso", {}, "cyn", address("cyn")), "/login?sso=unverified");
}

TEST_F(Sso, AnAddressFindsTheOneTeamThatNamesItsDomain) {
    const auto found = [&] {
        const Answer begun = house->call(Browser{}, "POST", "/api/v1/login/sso",
                                         body({{"email", "anybody@example.com"}}));
        EXPECT_EQ(begun.status, 200);
        Browser carrying;
        carrying.adopt(begun);
        house->provider().nonce = parameter(text(begun.json(), "location"), "nonce");
        house->provider().claims.set("sub", "dan").set("email", address("dan"));
        house->call(carrying, "GET",
                    "/api/v1/login/sso/callback?code=c&state=" +
                        parameter(text(begun.json(), "location"), "state"));
        return database()
            .value("select count(*) from app.sso_identities where team_id = '" +
                   to_string(ada.team) + "'")
            .value();
    };
    database().run("begin; set local session_replication_role = replica; "
                   "delete from ctl.sso_directory; commit");
    ASSERT_EQ(connect(ada).status, 200);
    EXPECT_EQ(found(), "1");
}

TEST_F(Sso, ADisabledAccountStaysOut) {
    ASSERT_EQ(connect(ada).status, 200);
    Browser bob;
    ASSERT_EQ(enter(bob, "bob"), "/");
    const Json me = house->call(bob, "GET", "/api/v1/me").json();
    const Browser desk = person("desk");
    house->make_operator(desk);
    const std::string user = "/api/v1/admin/users/" + text(*me.find("user"), "id");
    ASSERT_EQ(house->call(desk, "POST", user + "/disable").status, 204);
    EXPECT_EQ(house->call(bob, "GET", "/api/v1/me").status, 401);
    EXPECT_EQ(enter(bob, "bob"), "/login?sso=no_account");
}

// Last: afterwards nobody else comes in from this network for a while.
TEST_F(Sso, WhoArrivesWithNonsenseWaits) {
    ASSERT_EQ(connect(ada).status, 200);
    const auto arrive = [](const std::string& peer) {
        net::Request request;
        request.method = "GET";
        request.path = "/api/v1/login/sso/callback";
        request.query = "code=c&state=made-up";
        request.peer = peer;
        return house->call(std::move(request)).headers.at("location");
    };
    std::string place;
    int tries = 0;
    do {
        place = arrive("2001:db8:5:5::" + std::to_string(++tries));
    } while (place == "/login?sso=expired" && tries < 30);
    EXPECT_EQ(place, "/login?sso=too_many") << "one network of addresses is one guesser";
    EXPECT_GT(tries, 5) << "people press Back";
    EXPECT_EQ(arrive("2001:db8:5:6::1"), "/login?sso=expired") << "another network";
    Browser bob;
    EXPECT_EQ(enter(bob, "bob"), "/");

    // A provider is asked in vain for the last time, too.
    house->provider().claims.set("aud", "another");
    for (tries = 0; tries < 30 && place != "/login?sso=failed"; ++tries)
        place = enter(bob, "bob");
    for (tries = 0; tries < 30 && place == "/login?sso=failed"; ++tries)
        place = enter(bob, "bob");
    EXPECT_EQ(place, "/login?sso=too_many");
}

} // namespace
} // namespace atalaya::apitest
