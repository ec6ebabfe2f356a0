// What an API key is held to: its addresses, its origins, its team, its share of requests.
#include "api/key_test.hpp"
#include "base/text.hpp"

namespace atalaya::apitest {
namespace {

class ApiKeyPlaces : public KeyTest {};

TEST_F(ApiKeyPlaces, AddressesThatAreNotOnTheListAreRefused) {
    const Made v4 = make(ada, {"servers:read"}, {{"198.51.100.0/24", "203.0.113.7"}, {}});
    for (const char* peer : {"198.51.100.1", "198.51.100.255", "203.0.113.7", "::ffff:203.0.113.7"})
        EXPECT_EQ(from(peer, v4.key).status, 200) << peer;
    for (const char* peer : {"198.51.101.1", "203.0.113.8", "::1", "::c633:6401", "2001:db8::1",
                             "unix", "", "198.51.100.1, 10.0.0.1", "198.51.100.1:80"})
        EXPECT_EQ(from(peer, v4.key).status, 403) << peer;
    const Made v6 = make(ada, {"servers:read"}, {{"2001:db8:1::/48"}, {}});
    EXPECT_EQ(from("2001:db8:1:ffff::1", v6.key).status, 200);
    for (const char* peer : {"2001:db8:2::1", "198.51.100.1", "::ffff:198.51.100.1"})
        EXPECT_EQ(from(peer, v6.key).status, 403) << peer;
    // What a client says of itself does not count.
    EXPECT_EQ(with(v4.key, "GET", team(ada) + "/servers", "", {{"x-forwarded-for", "203.0.113.7"}})
                  .status,
              403);
}

TEST_F(ApiKeyPlaces, BrowsersOfOtherOriginsAskFirstAndAreHeldToTheKeysList) {
    const std::string path = team(ada) + "/servers";
    const std::string app = "https://app.example.com", other = "https://other.example.com";
    const Made one = make(ada, {"servers:read"}, {{}, {app}});
    const Made two = make(bob, {"servers:read"}, {{}, {other}});
    const auto preflight = [&](const std::string& origin) {
        return house->call(Browser{}, "OPTIONS", path, "",
                           {{"origin", origin}, {"access-control-request-method", "GET"}});
    };
    for (const std::string& origin : {app, other}) {
        const Answer answer = preflight(origin);
        EXPECT_EQ(answer.status, 204);
        EXPECT_EQ(answer.headers.at("access-control-allow-origin"), origin);
        EXPECT_NE(answer.headers.at("vary").find("Origin"), std::string::npos);
        EXPECT_NE(answer.headers.at("access-control-allow-methods").find("GET"), std::string::npos);
        EXPECT_FALSE(answer.headers.contains("access-control-allow-credentials"));
    }
    for (const char* origin : {"null", "*", "https://app.example.com.evil.example",
                               "https://evil-app.example.com", "http://app.example.com",
                               "https://app.example.com:8443", "https://APP.example.com", ""}) {
        const Answer answer = preflight(origin);
        EXPECT_EQ(answer.status, 405) << origin;
        EXPECT_FALSE(answer.headers.contains("access-control-allow-origin")) << origin;
    }
    const Answer own = with(one.key, "GET", path, "", {{"origin", app}});
    EXPECT_EQ(own.status, 200);
    EXPECT_EQ(own.headers.at("access-control-allow-origin"), app);
    EXPECT_EQ(own.headers.at("vary"), "Origin");
    EXPECT_FALSE(own.headers.contains("access-control-allow-credentials"));
    for (const std::string& origin : {other, std::string("null")}) {
        const Answer answer = with(one.key, "GET", path, "", {{"origin", origin}});
        EXPECT_EQ(answer.status, 403) << origin;
        EXPECT_FALSE(answer.headers.contains("access-control-allow-origin")) << origin;
        EXPECT_EQ(answer.headers.at("vary"), "Origin");
    }
    EXPECT_EQ(servers(one.key), 200); // no browser, no origin
    house->call(bob, "DELETE", two.path);
    EXPECT_EQ(preflight(other).status, 405);
}

TEST_F(ApiKeyPlaces, WhatIsTakenOffAListIsRefusedWithTheNextRequest) {
    const std::string path = team(ada) + "/servers", app = "https://app.example.com";
    const Made made = make(ada, {"servers:read"}, {{"198.51.100.0/24"}, {app}});
    const auto status = [&](const std::string& peer, const std::string& origin) {
        net::Request request;
        request.method = "GET";
        request.path = path;
        request.headers = {{"authorization", "Bearer " + made.key}, {"origin", origin}};
        request.peer = peer;
        return house->call(std::move(request)).status;
    };
    const auto change = [&](const char* changes) {
        EXPECT_EQ(house->call(ada, "PATCH", made.path, changes).status, 200) << changes;
    };
    EXPECT_EQ(status("198.51.100.1", app), 200);
    change(R"({"ip_allow":["203.0.113.7"]})");
    EXPECT_EQ(status("198.51.100.1", app), 403);
    EXPECT_EQ(status("203.0.113.7", app), 200);
    change(R"({"cors_origins":[]})");
    EXPECT_EQ(status("203.0.113.7", app), 403);
    // No list is no wildcard; neither is a list that names everybody.
    for (const char* all :
         {R"({"cors_origins":["*"]})", R"({"cors_origins":["null"]})",
          R"({"cors_origins":["https://*.example.com"]})", R"({"ip_allow":["10.0.0.1/8"]})",
          R"({"ip_allow":["010.0.0.1"]})", R"({"ip_allow":["fe80::1%eth0"]})",
          R"({"ip_allow":["any"]})", R"({"ip_allow":["198.51.100.0/24 203.0.113.7"]})"})
        EXPECT_EQ(house->call(ada, "PATCH", made.path, all).status, 422) << all;
    EXPECT_EQ(status("203.0.113.7", app), 403);
}

TEST_F(ApiKeyPlaces, ARefusedOriginChangesNothing) {
    const Made made = make(ada, {"servers:write"}, {{}, {"https://app.example.com"}});
    const std::string path = team(ada) + "/servers", draft = R"({"name":"from elsewhere"})";
    for (const char* origin : {"https://app.example.com/", "https://app.example.com.", "null",
                               "https://app.example.com https://other.example.com",
                               "HTTPS://app.example.com", "//app.example.com"}) {
        const Answer answer =
            with(made.key, "POST", path, draft, {{"origin", origin}, {"idempotency-key", "cross"}});
        EXPECT_EQ(answer.status, 403) << origin;
        EXPECT_FALSE(answer.headers.contains("access-control-allow-origin")) << origin;
    }
    // What was refused kept no answer either.
    const Answer made_one =
        with(made.key, "POST", path, draft,
             {{"origin", "https://app.example.com"}, {"idempotency-key", "cross"}});
    EXPECT_EQ(made_one.status, 201) << made_one.body;
    EXPECT_FALSE(made_one.headers.contains("idempotency-replayed"));
    // A session's cookie is never for a page of another origin.
    const Answer by_cookie =
        house->call(ada, "GET", path, "", {{"origin", "https://app.example.com"}});
    EXPECT_FALSE(by_cookie.headers.contains("access-control-allow-origin"));
    EXPECT_FALSE(by_cookie.headers.contains("access-control-allow-credentials"));
}

TEST_F(ApiKeyPlaces, AHeaderCountsAndTheCookiesBesideItDoNot) {
    const Made weak = make(ada, {"metrics:read"});
    const net::Header header{"authorization", "Bearer " + weak.key};
    EXPECT_EQ(house->call(ada, "GET", team(ada) + "/servers", "", {header}).status, 403);
    EXPECT_EQ(
        house->call(ada, "GET", team(ada) + "/servers", "", {{"authorization", "Bearer x"}}).status,
        401);
    EXPECT_EQ(house->call(ada, "GET", "/api/v1/me", "", {header}).status, 403);
    // No cookie, so nothing to forge: other sites' pages may send it without a CSRF token.
    const Made strong = make(ada, {"servers:write"}, {{}, {"https://app.example.com"}});
    EXPECT_EQ(with(strong.key, "POST", team(ada) + "/servers", R"({"name":"cross"})",
                   {{"sec-fetch-site", "cross-site"}, {"origin", "https://app.example.com"}})
                  .status,
              201);
}

TEST_F(ApiKeyPlaces, AnotherTeamIsAnUnknownPath) {
    const Made made = make(ada, {"servers:read"});
    const Answer unknown = with(made.key, "GET", "/api/v1/no/such/path");
    const Answer theirs = with(made.key, "GET", team(bob) + "/servers");
    const Answer nowhere =
        with(made.key, "GET", "/api/v1/teams/7b8e1f0a-5c4d-4e3f-9a2b-1c0d9e8f7a6b/servers");
    EXPECT_EQ(theirs.status, 404);
    EXPECT_EQ(theirs.body_without_id(), unknown.body_without_id());
    EXPECT_EQ(theirs.body_without_id(), nowhere.body_without_id());
}

TEST_F(ApiKeyPlaces, WhoAsksTooMuchWaitsAndNobodyElse) {
    const Made greedy = make(ada, {"servers:read"});
    const auto limit = house->instance().services().config.limits.key_per_minute;
    const Answer first = with(greedy.key, "GET", team(ada) + "/servers");
    EXPECT_EQ(first.headers.at("ratelimit-limit"), std::to_string(limit));
    EXPECT_EQ(first.headers.at("ratelimit-remaining"), std::to_string(limit - 1));
    EXPECT_TRUE(first.headers.contains("ratelimit-reset"));
    Answer last;
    for (std::int64_t i = 0; i < 50 * limit && last.status != 429; ++i)
        last = with(greedy.key, "GET", team(ada) + "/servers/none");
    EXPECT_EQ(last.status, 429);
    EXPECT_GE(parse_integer(last.headers.at("retry-after")).value_or(0), 1);
    EXPECT_EQ(last.headers.at("ratelimit-remaining"), "0");
    const Made modest = make(bob, {"servers:read"});
    EXPECT_EQ(with(modest.key, "GET", team(bob) + "/servers").status, 200);
    house->clock().advance(std::chrono::minutes(1));
    EXPECT_EQ(servers(greedy.key), 200);
}

} // namespace
} // namespace atalaya::apitest
