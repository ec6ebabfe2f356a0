// Walks over every endpoint that changes something: sent twice with the same Idempotency-Key, it
// acts once; sent with a stale revision, it does not act.
#include "api/once_test.hpp"

namespace atalaya::apitest {
namespace {

using api::Repetition;
using api::Router;

void expect_repeated(const Repetition repetition, const Answer& first, const Answer& again) {
    if (repetition == Repetition::secret_is_gone) {
        EXPECT_EQ(again.status, 409);
        EXPECT_EQ(again.body.find("sha_"), std::string::npos);
        EXPECT_EQ(again.body.find("atl_"), std::string::npos);
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
        {"DELETE /api/v1/me", "unauthenticated"},
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
    Answer changed = call(sent, "POST", "change");
    EXPECT_EQ(changed.status, 204);
    sent.browser.adopt(changed);
    sent.body = write({{"current", next_password}, {"new", "thirteen purple lanterns"}});
    EXPECT_EQ(call(sent, "POST", "change").code(), "idempotency_mismatch");
    changed = call(sent, "POST", "another");
    EXPECT_EQ(changed.status, 204);
    sent.browser.adopt(changed);
    // The same key of somebody else is another key.
    const Browser gil = house->sign_up("Gil Example", "gil@example.com", "Gil's");
    sent = {gil, "/api/v1/me/password", write({{"current", password}, {"new", next_password}})};
    changed = call(sent, "POST", "change");
    EXPECT_EQ(changed.status, 204);
    sent.browser.adopt(changed);
    EXPECT_EQ(call(sent, "POST", std::string(256, 'k')).code(), "bad_request");
}

TEST_F(Once, AKeyStandsForOneCaller) {
    const Browser kim = house->sign_up("Kim Example", "kim@example.com", "Kim's");
    const Browser lou = house->sign_up("Lou Example", "lou@example.com", "Lou's");
    house->add_member(lou, kim.team, "admin");
    const std::string path = "/api/v1/teams/" + to_string(kim.team);
    const shape::Json key = house
                                ->call(kim, "POST", path + "/api-keys",
                                       R"({"name":"a key","env":"live","scopes":["audit:read"]})")
                                .json();
    const std::string acknowledge = path + "/api-keys/" + *key.find("id")->if_string() + "/ack";
    EXPECT_EQ(house->call(kim, "POST", acknowledge).status, 200);
    const net::Header bearer{"authorization", "Bearer " + *key.find("key")->if_string()};
    const auto verify = [&](const Browser& browser, std::vector<net::Header> headers) {
        headers.push_back({"idempotency-key", "the same"});
        return house->call(browser, "POST", path + "/audit/verify", "", std::move(headers));
    };

    // The same bytes of each of three: the key that Kim made is not Kim.
    for (const bool again : {false, true}) {
        for (const Answer& answer :
             {verify(kim, {}), verify(lou, {}), verify(Browser{}, {bearer})}) {
            EXPECT_LT(answer.status, 300) << answer.body;
            EXPECT_EQ(answer.headers.contains("idempotency-replayed"), again);
        }
    }
    const std::string membership = path + "/members/" + to_string(lou.user);
    EXPECT_EQ(house->call(kim, "DELETE", membership).status, 204);
    EXPECT_EQ(verify(lou, {}).code(), "not_found") << "no answer of before is for a stranger";
    EXPECT_EQ(house->call(kim, "DELETE", path + "/api-keys/" + *key.find("id")->if_string()).status,
              204);
    EXPECT_EQ(verify(Browser{}, {bearer}).code(), "unauthenticated");
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

/// Each endpoint is called once more, so in a house of its own.
class Revisions : public Once {};

TEST_F(Revisions, AStaleRevisionIsNeverOverwritten) {
    for (const Router::Route& route : house->instance().router().routes()) {
        const api::Endpoint& endpoint = *route.endpoint;
        if (!endpoint.mutates() || endpoint.audience == api::Audience::agent ||
            endpoint.audience == api::Audience::team_key)
            continue;
        const std::string method(api::verb_name(endpoint.verb));
        const std::string label = method + " " + route.path;
        SCOPED_TRACE(label);
        Sent sent = requests().at(label)();
        sent.headers.push_back({"if-match", "\"999999\""});
        const std::int64_t before = events();
        const Answer answer = call(sent, method, "revision of " + label);
        EXPECT_EQ(answer.status, endpoint.takes_revision ? 412 : 400) << answer.body;
        EXPECT_EQ(answer.code(), endpoint.takes_revision ? "stale_revision" : "bad_request");
        EXPECT_EQ(events(), before);
    }
}

TEST_F(Revisions, WhatHasARevisionIsChangedUnderIt) {
    for (const Router::Route& route : house->instance().router().routes()) {
        const api::Endpoint& endpoint = *route.endpoint;
        if (endpoint.verb != api::Verb::patch && endpoint.verb != api::Verb::put)
            continue;
        SCOPED_TRACE(route.path);
        const auto& fields = endpoint.contract.out->fields;
        const bool has_revision =
            std::any_of(fields.begin(), fields.end(),
                        [](const shape::Field& field) { return field.name == "revision"; });
        EXPECT_EQ(endpoint.takes_revision, has_revision);
    }
}

} // namespace
} // namespace atalaya::apitest
