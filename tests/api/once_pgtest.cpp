// A walk over every endpoint that changes something: sent twice with the same Idempotency-Key, it
// acts once. A new endpoint needs a line in `requests()`.
#include "api/house.hpp"
#include "api/idempotency.hpp"
#include "base/problems.hpp"
#include "base/text.hpp"
#include "crypto/hash.hpp"
#include "db/script_session.hpp"
#include "wire/frame.hpp"

#include <future>
#include <gtest/gtest.h>

namespace atalaya::apitest {
namespace {

using api::Repetition;
using api::Router;

constexpr const char* password = "seven green bicycles";
constexpr const char* next_password = "eleven yellow umbrellas";

struct Sent {
    Browser browser;
    std::string path;
    std::string body;
    std::vector<net::Header> headers = {};
};

std::string write(std::initializer_list<std::pair<std::string_view, shape::Json>> members) {
    shape::Json json = shape::Object{};
    for (const auto& [name, value] : members)
        json.set(name, value);
    return shape::write_json(json);
}

class Once : public testing::Test {
  protected:
    static void SetUpTestSuite() {
        house = std::make_unique<House>();
        ada = house->sign_up("Ada Example", "ada@example.com", "Harbour");
        team = "/api/v1/teams/" + to_string(ada.team);
    }
    static void TearDownTestSuite() { house.reset(); }

    static Browser log_in(const std::string& email, const std::string& with) {
        const Answer answer = house->call(Browser{}, "POST", "/api/v1/login",
                                          write({{"email", email}, {"password", with}}));
        Browser browser;
        browser.adopt(answer);
        browser.csrf = *me(browser).find("csrf_token")->if_string();
        return browser;
    }
    static shape::Json me(const Browser& browser) {
        return house->call(browser, "GET", "/api/v1/me").json();
    }
    /// A new server of the team: its path, and its agent's token.
    static std::pair<std::string, std::string> add_server() {
        const shape::Json created =
            house
                ->call(ada, "POST", team + "/servers",
                       write({{"name", "server-" + std::to_string(++made)}}))
                .json();
        return {team + "/servers/" + *created.find("id")->if_string(),
                *created.find("agent_token")->if_string()};
    }
    static std::string other_session() {
        log_in("ada@example.com", password);
        const shape::Json listed =
            house->call(ada, "GET", "/api/v1/sessions?sort=-created_at").json();
        for (const shape::Json& session : *listed.find("data")->if_array()) {
            if (!*session.find("current")->if_bool())
                return *session.find("id")->if_string();
        }
        return "";
    }
    static Sent push() {
        wire::Push frame;
        frame.stream = 7;
        frame.seq = 1;
        frame.series = wire::SeriesTable{{"cpu_percent", {}, wire::Unit::percent}};
        frame.table = wire::table_id(crypto::sha256(wire::encode_table(*frame.series)));
        frame.series_count = 1;
        frame.facts = wire::HostFacts{};
        frame.times_ms = {SystemClock().now().us / 1000};
        frame.values = {1.0};
        return {{},
                "/agent/v1/push",
                std::string(as_text(wire::encode_push(frame))),
                {{"content-type", std::string(wire::push_content_type)},
                 {"authorization", "Bearer " + add_server().second}}};
    }

    /// A new account that belongs to ada's team.
    static Browser member(const std::string& role) {
        const std::string name = "member" + std::to_string(++made);
        const Browser browser = house->sign_up(name, name + "@example.com", name);
        house->add_member(browser, ada.team, role);
        return browser;
    }
    /// A new invitation: its path, and the token of its link.
    static std::pair<std::string, std::string> invite(const std::string& email) {
        const shape::Json created = house
                                        ->call(ada, "POST", team + "/invitations",
                                               write({{"email", email}, {"role", "viewer"}}))
                                        .json();
        const std::string link = *created.find("link")->if_string();
        return {team + "/invitations/" + *created.find("id")->if_string(),
                link.substr(link.find('#') + 1)};
    }
    static std::string new_address() { return "new" + std::to_string(++made) + "@example.com"; }
    /// None of these takes a key: each signs somebody in or shows a secret.
    static void add_second_factor_requests(std::map<std::string, std::function<Sent()>>& out) {
        for (const char* path : {"/login/totp", "/login/recovery", "/me/totp/confirm"}) {
            out[std::string("POST /api/v1") + path] = [path] {
                return Sent{ada, std::string("/api/v1") + path, write({{"code", "123456"}})};
            };
        }
        for (const char* path : {"/me/totp", "/step-up"}) {
            out[std::string("POST /api/v1") + path] = [path] {
                return Sent{ada, std::string("/api/v1") + path, write({{"password", password}})};
            };
        }
        out["POST /api/v1/me/recovery-codes"] = [] {
            return Sent{ada, "/api/v1/me/recovery-codes", ""};
        };
        out["DELETE /api/v1/me/totp"] = [] { return Sent{ada, "/api/v1/me/totp", ""}; };
    }
    static void add_team_requests(std::map<std::string, std::function<Sent()>>& out) {
        const std::string one = "/api/v1/teams/{team}";
        out["POST /api/v1/teams"] = [] {
            return Sent{ada, "/api/v1/teams", write({{"name", "Second"}})};
        };
        out["PATCH " + one + "/security"] = [] {
            return Sent{ada, team + "/security", write({{"session_hours", 12}})};
        };
        out["PATCH " + one + "/members/{user}"] = [] {
            return Sent{ada, team + "/members/" + to_string(member("viewer").user),
                        write({{"role", "member"}})};
        };
        out["DELETE " + one + "/members/{user}"] = [] {
            return Sent{ada, team + "/members/" + to_string(member("viewer").user), ""};
        };
        out["POST " + one + "/leave"] = [] { return Sent{member("viewer"), team + "/leave", ""}; };
        out["POST " + one + "/transfer"] = [] {
            const Browser owner = member("owner");
            return Sent{owner, team + "/transfer", write({{"user", to_string(ada.user)}})};
        };
        out["POST " + one + "/invitations"] = [] {
            return Sent{ada, team + "/invitations",
                        write({{"email", new_address()}, {"role", "viewer"}})};
        };
        out["DELETE " + one + "/invitations/{invitation}"] = [] {
            return Sent{ada, invite(new_address()).first, ""};
        };
        out["POST " + one + "/invitations/{invitation}/resend"] = [] {
            return Sent{ada, invite(new_address()).first + "/resend", ""};
        };
        out["POST /api/v1/invitations/look"] = [] {
            return Sent{
                {}, "/api/v1/invitations/look", write({{"token", invite(new_address()).second}})};
        };
        out["POST /api/v1/invitations/accept"] = [] {
            const std::string name = "guest" + std::to_string(++made);
            const Browser guest = house->sign_up(name, name + "@example.com", name);
            return Sent{guest, "/api/v1/invitations/accept",
                        write({{"token", invite(name + "@example.com").second}})};
        };
        out["POST /api/v1/invitations/sign-up"] = [] {
            return Sent{{},
                        "/api/v1/invitations/sign-up",
                        write({{"token", invite(new_address()).second},
                               {"name", "Guest Example"},
                               {"password", password}})};
        };
    }

    /// How each endpoint is called so that it changes something, by "VERB path".
    static std::map<std::string, std::function<Sent()>> requests() {
        const std::string one = "/api/v1/teams/{team}/servers/{server}";
        std::map<std::string, std::function<Sent()>> out;
        out["POST /api/v1/signup"] = [] {
            return Sent{{},
                        "/api/v1/signup",
                        write({{"name", "New Example"},
                               {"email", "new@example.com"},
                               {"password", password},
                               {"team_name", "New"}})};
        };
        out["POST /api/v1/login"] = [] {
            return Sent{
                {}, "/api/v1/login", write({{"email", "ada@example.com"}, {"password", password}})};
        };
        out["POST /api/v1/logout"] = [] {
            return Sent{log_in("ada@example.com", password), "/api/v1/logout", ""};
        };
        out["PATCH /api/v1/me"] = [] {
            return Sent{ada, "/api/v1/me", write({{"name", "Ada B. Example"}})};
        };
        out["POST /api/v1/me/password"] = [] {
            return Sent{house->sign_up("Eve Example", "eve@example.com", "Eve's"),
                        "/api/v1/me/password",
                        write({{"current", password}, {"new", next_password}})};
        };
        out["DELETE /api/v1/sessions/{session}"] = [] {
            return Sent{ada, "/api/v1/sessions/" + other_session(), ""};
        };
        out["DELETE /api/v1/sessions"] = [] {
            return Sent{house->sign_up("Ian Example", "ian@example.com", "Ian's"),
                        "/api/v1/sessions", ""};
        };
        out["PATCH /api/v1/teams/{team}"] = [] {
            return Sent{ada, team, write({{"name", "Harbour two"}})};
        };
        add_team_requests(out);
        add_second_factor_requests(out);
        out["POST /api/v1/teams/{team}/servers"] = [] {
            return Sent{ada, team + "/servers", write({{"name", "once"}})};
        };
        out["PATCH " + one] = [] {
            return Sent{ada, add_server().first, write({{"note", "twice"}})};
        };
        out["DELETE " + one] = [] { return Sent{ada, add_server().first, ""}; };
        out["POST " + one + "/token"] = [] { return Sent{ada, add_server().first + "/token", ""}; };
        out["DELETE " + one + "/token"] = [] {
            return Sent{ada, add_server().first + "/token", ""};
        };
        out["POST /api/v1/teams/{team}/audit/verify"] = [] {
            return Sent{ada, team + "/audit/verify", ""};
        };
        out["POST /api/v1/teams/{team}/audit/bundle"] = [] {
            return Sent{ada, team + "/audit/bundle", "{}"};
        };
        out["POST /agent/v1/push"] = [] { return push(); };
        return out;
    }

    static Answer call(const Sent& sent, const std::string& method, const std::string& key) {
        std::vector<net::Header> headers = sent.headers;
        headers.push_back({"idempotency-key", key});
        return house->call(sent.browser, method, sent.path, sent.body, std::move(headers));
    }
    static std::string count(const std::string& table) {
        return db::ScriptSession(pgtest::server_dsn(), house->database(), "atalaya_super")
            .value("select count(*) from " + table)
            .value();
    }
    static std::int64_t events() { return parse_integer(count("aud.events")).value(); }

    static std::unique_ptr<House> house;
    static Browser ada;
    static std::string team;
    static int made;
};
std::unique_ptr<House> Once::house;
Browser Once::ada;
std::string Once::team;
int Once::made = 0;

void expect_repeated(const Repetition repetition, const Answer& first, const Answer& again) {
    if (repetition == Repetition::secret_is_gone) {
        EXPECT_EQ(again.status, 409);
        EXPECT_EQ(again.body.find("sha_"), std::string::npos);
        return;
    }
    EXPECT_EQ(again.status, first.status) << again.body;
    EXPECT_EQ(again.body, first.body);
    EXPECT_TRUE(again.headers.contains("idempotency-replayed"));
    EXPECT_FALSE(again.headers.contains("audit-receipt"));
}

TEST_F(Once, EveryChangeThatIsSentTwiceIsMadeOnce) {
    const auto known = requests();
    const std::map<std::string, std::string> given_up{
        {"POST /api/v1/logout", "unauthenticated"},
        {"POST /api/v1/teams/{team}/leave", "not_found"},
        {"POST /api/v1/teams/{team}/transfer", "forbidden"}};
    for (const Router::Route& route : house->instance().router().routes()) {
        const api::Endpoint& endpoint = *route.endpoint;
        if (!endpoint.mutates())
            continue;
        const std::string method(api::verb_name(endpoint.verb));
        const std::string label = method + " " + route.path;
        SCOPED_TRACE(label);
        const auto request = known.find(label);
        ASSERT_NE(request, known.end()) << "say in requests() how it is called";
        Sent sent = request->second();
        const std::int64_t before = events();
        const std::string answers_before = count("app.idempotency");
        const Answer first = call(sent, method, "key of " + label);
        if (endpoint.repetition == Repetition::refused) {
            EXPECT_EQ(first.status, 400) << first.body;
            EXPECT_EQ(first.code(), "idempotency_refused");
            EXPECT_FALSE(first.headers.contains("set-cookie"));
            EXPECT_EQ(events(), before);
            EXPECT_EQ(count("app.idempotency"), answers_before);
            continue;
        }
        EXPECT_LT(first.status, 300) << first.body;
        const std::int64_t after = events();
        EXPECT_GT(after, before);
        sent.browser.adopt(first);
        const Answer again = call(sent, method, "key of " + label);
        // Who gave up what the request needs is refused before any answer is looked for.
        if (const auto code = given_up.find(label); code != given_up.end()) {
            EXPECT_EQ(again.code(), code->second);
            continue;
        }
        EXPECT_EQ(events(), after);
        expect_repeated(endpoint.repetition, first, again);
    }
}

TEST_F(Once, AKeyStandsForOneRequest) {
    const Browser fay = house->sign_up("Fay Example", "fay@example.com", "Fay's");
    Sent sent{fay, "/api/v1/me/password", write({{"current", password}, {"new", next_password}})};
    const Answer changed = call(sent, "POST", "change");
    EXPECT_EQ(changed.status, 204);
    sent.browser.adopt(changed);
    sent.body = write({{"current", next_password}, {"new", "thirteen purple lanterns"}});
    EXPECT_EQ(call(sent, "POST", "change").code(), "idempotency_mismatch");
    EXPECT_EQ(call(sent, "POST", "another").status, 204);
    // The same key of somebody else is another key.
    const Browser gil = house->sign_up("Gil Example", "gil@example.com", "Gil's");
    sent = {gil, "/api/v1/me/password", write({{"current", password}, {"new", next_password}})};
    EXPECT_EQ(call(sent, "POST", "change").status, 204);
    EXPECT_EQ(call(sent, "POST", std::string(256, 'k')).code(), "bad_request");
}

TEST_F(Once, WhatWasRefusedMayBeSentAnew) {
    const Browser hal = house->sign_up("Hal Example", "hal@example.com", "Hal's");
    Sent sent{hal, "/api/v1/me/password",
              write({{"current", "not the password"}, {"new", next_password}})};
    EXPECT_EQ(call(sent, "POST", "change").status, 422);
    sent.body = write({{"current", password}, {"new", next_password}});
    EXPECT_EQ(call(sent, "POST", "change").status, 204);
}

TEST_F(Once, TwoAtATimeAreOneChange) {
    const Browser ivy = house->sign_up("Ivy Example", "ivy@example.com", "Ivy's");
    const Sent verify{ivy, "/api/v1/teams/" + to_string(ivy.team) + "/audit/verify", ""};
    const std::int64_t before = events();
    auto twin = std::async(std::launch::async, [&] { return call(verify, "POST", "twin"); });
    const Answer first = call(verify, "POST", "twin");
    const Answer second = twin.get();
    EXPECT_LT(first.status, 300) << first.body;
    EXPECT_EQ(first.status, second.status) << second.body;
    EXPECT_EQ(first.body, second.body);
    EXPECT_EQ(events(), before + 1) << verify.path;
}

TEST_F(Once, WhoseTwinWasFasterGetsTheTwinsAnswer) {
    api::Incoming incoming;
    incoming.request.method = "POST";
    incoming.request.path = "/slow";
    incoming.request.headers = {{"idempotency-key", "twin"}};
    incoming.caller.kind = access::CallerKind::user;
    incoming.caller.user = ada.user;
    api::Endpoint twin;
    twin.verb = api::Verb::post;
    twin.slow = [](api::SlowCall& call) {
        return api::conclude(call, {platform_team, ada.user}, {platform_team},
                             [](api::Call& inner) {
                                 inner.record_person("test.slow", ada.user, {});
                                 return api::NoContent{};
                             })
            .response;
    };
    // Carried out by another request while this one is at work, which then refuses.
    static const api::Endpoint faster = twin;
    api::Endpoint late = twin;
    late.slow = [](api::SlowCall& call) -> net::Response {
        api::SlowCall other(call.services, call.incoming);
        EXPECT_EQ(api::answer_slow_once(other, faster).status, 204);
        throw Problem(problems::invalid);
    };
    api::SlowCall call(house->instance().services(), incoming);
    const net::Response answer = api::answer_slow_once(call, late);
    EXPECT_EQ(answer.status, 204);
    EXPECT_EQ(answer.headers.back().name, "Idempotency-Replayed");
}

} // namespace
} // namespace atalaya::apitest
