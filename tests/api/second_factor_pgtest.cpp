// The second factor, from setting it up to losing the app: what a code opens, that it does so once,
// and that nothing opens an account without it.
#include "api/house.hpp"
#include "base/text.hpp"
#include "crypto/totp.hpp"
#include "db/error.hpp"
#include "db/script_session.hpp"
#include "modules/identity/identity.hpp"
#include "modules/second_factor/second_factor.hpp"

#include <future>
#include <gtest/gtest.h>

namespace atalaya::apitest {
namespace {

using shape::Json;

constexpr const char* password = "seven green bicycles";

std::string body(std::string_view name, std::string_view value) {
    return shape::write_json(shape::json_object({{std::string(name), std::string(value)}}));
}

Bytes from_base32(std::string_view text) {
    constexpr std::string_view alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";
    Bytes out;
    unsigned held = 0;
    int bits = 0;
    for (const char c : text) {
        held = held << 5 | static_cast<unsigned>(alphabet.find(c));
        if ((bits += 5) >= 8)
            out.push_back(static_cast<std::uint8_t>(held >> (bits -= 8)));
    }
    return out;
}

/// Somebody with an authenticator app.
struct Person {
    std::string email;
    Browser browser;
    Secret seed;
    std::vector<std::string> recovery_codes;
};

class SecondFactor : public testing::Test {
  protected:
    static void SetUpTestSuite() { house = std::make_unique<House>(); }
    static void TearDownTestSuite() { house.reset(); }

    static Answer post(const Browser& browser, const std::string& path, const std::string& sent) {
        return house->call(browser, "POST", "/api/v1" + path, sent);
    }
    static Json me(const Browser& browser) {
        return house->call(browser, "GET", "/api/v1/me").json();
    }
    static Person sign_up(const std::string& name) {
        Person person;
        person.email = to_lower(name) + "@example.com";
        person.browser = house->sign_up(name + " Example", person.email, name + "'s");
        return person;
    }
    static void enrol(Person& person) {
        const Answer started = post(person.browser, "/me/totp", body("password", password));
        ASSERT_EQ(started.status, 200) << started.body;
        person.seed = Secret(from_base32(text(started.json(), "secret")));
        const Answer done = post(person.browser, "/me/totp/confirm", body("code", code(person)));
        ASSERT_EQ(done.status, 200) << done.body;
        person.browser.adopt(done);
        person.recovery_codes.clear();
        const Json shown = done.json();
        for (const Json& one : *shown.find("recovery_codes")->if_array())
            person.recovery_codes.push_back(*one.if_string());
    }
    static Person enrolled(const std::string& name) {
        Person person = sign_up(name);
        enrol(person);
        next_step();
        return person;
    }
    /// The code that the app shows now.
    static std::string code(const Person& person) {
        return crypto::totp_code(person.seed, crypto::totp_step(house->clock().now()));
    }
    static std::string wrong_code(const Person& person) {
        std::string wrong = code(person);
        wrong[0] = wrong[0] == '9' ? '0' : static_cast<char>(wrong[0] + 1);
        return wrong;
    }
    /// Until the app shows another code.
    static void next_step() { house->clock().advance(std::chrono::seconds(30)); }

    static Answer log_in(const Person& person) {
        return post({}, "/login",
                    shape::write_json(
                        shape::json_object({{"email", person.email}, {"password", password}})));
    }
    /// A browser in which the password was given.
    static Browser pending(const Person& person) {
        api::Incoming incoming;
        api::SlowCall call(house->instance().services(), incoming);
        const net::Header cookie =
            call.transact({platform_team, person.browser.user}, {}, [&](api::Call& inner) {
                return second_factor::insert_pending_login(inner, {person.browser.user, false});
            });
        Browser browser;
        browser.cookie = cookie.value.substr(0, cookie.value.find(';'));
        return browser;
    }
    static std::map<int, int> all_at_once(const std::vector<std::function<Answer()>>& acts) {
        std::vector<std::future<Answer>> running;
        for (const auto& act : acts)
            running.push_back(std::async(std::launch::async, act));
        std::map<int, int> statuses;
        for (auto& one : running)
            ++statuses[one.get().status];
        return statuses;
    }
    static std::string count(const std::string& rows) {
        return db::ScriptSession(pgtest::server_dsn(), house->database(), "atalaya_super")
            .value("select count(*) from " + rows)
            .value();
    }
    static std::string events(const std::string& action) {
        return count("aud.events where action = '" + action + "'");
    }

    static std::unique_ptr<House> house;
};
std::unique_ptr<House> SecondFactor::house;

TEST_F(SecondFactor, IsSetUpWithPasswordAndCode) {
    Person ada = sign_up("Ada");
    Browser second;
    second.adopt(log_in(ada));
    EXPECT_EQ(post(ada.browser, "/me/totp", body("password", "not the password")).status, 422);
    EXPECT_EQ(post(ada.browser, "/me/totp/confirm", body("code", "123456")).status, 409);

    const Answer started = post(ada.browser, "/me/totp", body("password", password));
    ada.seed = Secret(from_base32(text(started.json(), "secret")));
    EXPECT_EQ(ada.seed.reveal().size(), 20U);
    EXPECT_NE(text(started.json(), "otpauth_uri")
                  .find("house.example:ada%40example.com?secret=" + text(started.json(), "secret")),
              std::string::npos)
        << started.body;
    EXPECT_TRUE(text(started.json(), "qr_svg").starts_with("<svg "));
    EXPECT_EQ(*me(ada.browser).find("user")->find("second_factor")->if_bool(), false);
    EXPECT_EQ(log_in(ada).json().find("user")->is_null(), false) << "not before it is confirmed";

    EXPECT_EQ(post(ada.browser, "/me/totp/confirm", body("code", wrong_code(ada))).status, 422);
    const Browser before = ada.browser;
    const Answer done = post(ada.browser, "/me/totp/confirm", body("code", code(ada)));
    EXPECT_EQ(done.status, 200) << done.body;
    EXPECT_EQ(done.json().find("recovery_codes")->if_array()->size(), 10U);
    ada.browser.adopt(done);
    EXPECT_EQ(house->call(before, "GET", "/api/v1/me").status, 401) << "the token is another";
    EXPECT_EQ(house->call(second, "GET", "/api/v1/me").status, 401) << "the others have ended";
    const Json user = *me(ada.browser).find("user");
    EXPECT_EQ(*user.find("second_factor")->if_bool(), true);
    EXPECT_EQ(*user.find("recovery_codes_left")->if_integer(), 10);
    EXPECT_EQ(post(ada.browser, "/me/totp", body("password", password)).status, 409);
    EXPECT_EQ(post(ada.browser, "/me/totp/confirm", body("code", code(ada))).status, 409);
    EXPECT_EQ(log_in(ada).json().find("user")->is_null(), true);
}

TEST_F(SecondFactor, TheLogInTakesTwoSteps) {
    const Person bob = enrolled("Bob");
    const Answer first = log_in(bob);
    EXPECT_EQ(first.status, 200);
    EXPECT_EQ(text(first.json(), "mfa"), "totp");
    EXPECT_TRUE(first.json().find("user")->is_null());
    const std::string cookie = first.headers.at("set-cookie");
    EXPECT_TRUE(cookie.starts_with("__Host-atalaya_pending="));
    EXPECT_TRUE(cookie.ends_with("; Path=/; Secure; HttpOnly; SameSite=Strict; Max-Age=300"));

    Browser browser;
    browser.adopt(first);
    EXPECT_EQ(house->call(browser, "GET", "/api/v1/me").status, 401);
    Browser disguised;
    disguised.cookie = "__Host-atalaya_session" + browser.cookie.substr(browser.cookie.find('='));
    EXPECT_EQ(house->call(disguised, "GET", "/api/v1/me").status, 401);

    const std::string failed = events("auth.totp_failed");
    EXPECT_EQ(post(browser, "/login/totp", body("code", wrong_code(bob))).status, 422);
    EXPECT_NE(events("auth.totp_failed"), failed);
    const std::string used = code(bob);
    const Answer done = post(browser, "/login/totp", body("code", used));
    EXPECT_EQ(done.status, 200) << done.body;
    EXPECT_EQ(text(*done.json().find("user"), "email"), bob.email);
    EXPECT_EQ(post(browser, "/login/totp", body("code", code(bob))).status, 401);
    EXPECT_EQ(post(pending(bob), "/login/totp", body("code", used)).status, 422) << "used before";
    EXPECT_EQ(post({}, "/login/totp", body("code", code(bob))).status, 401);
}

TEST_F(SecondFactor, ThePasswordIsForgottenAfterFiveMinutes) {
    const Person cleo = enrolled("Cleo");
    const Browser browser = pending(cleo);
    house->clock().advance(std::chrono::minutes(5) + std::chrono::seconds(1));
    EXPECT_EQ(post(browser, "/login/totp", body("code", code(cleo))).status, 401);
    EXPECT_EQ(post(pending(cleo), "/login/totp", body("code", code(cleo))).status, 200);
    EXPECT_EQ(count("idn.pending_logins where user_id = '" + to_string(cleo.browser.user) + "'"),
              "0");
}

TEST_F(SecondFactor, OneCodeOpensOneSessionHoweverManyTryAtOnce) {
    const Person dan = enrolled("Dan");
    const std::string shown = code(dan);
    std::vector<std::function<Answer()>> acts;
    for (int i = 0; i < 20; ++i)
        acts.push_back([browser = pending(dan), shown] {
            return post(browser, "/login/totp", body("code", shown));
        });
    auto statuses = all_at_once(acts);
    EXPECT_EQ(statuses[200], 1);
    EXPECT_EQ(statuses[200] + statuses[422] + statuses[429], 20);
}

TEST_F(SecondFactor, OneRecoveryCodeOpensOneSessionHoweverManyTryAtOnce) {
    const Person eva = enrolled("Eva");
    std::vector<std::function<Answer()>> acts;
    for (int i = 0; i < 20; ++i)
        acts.push_back([browser = pending(eva), shown = eva.recovery_codes[3]] {
            return post(browser, "/login/recovery", body("code", shown));
        });
    auto statuses = all_at_once(acts);
    EXPECT_EQ(statuses[200], 1);
    EXPECT_EQ(statuses[200] + statuses[422] + statuses[429], 20);
    EXPECT_EQ(count("idn.recovery_codes where used_at is not null and user_id = '" +
                    to_string(eva.browser.user) + "'"),
              "1");
}

TEST_F(SecondFactor, OnePasswordOpensOneSessionHoweverManyCodesFollow) {
    const Person fay = enrolled("Fay");
    const Browser browser = pending(fay);
    std::vector<std::function<Answer()>> acts;
    for (const std::string& shown : fay.recovery_codes)
        acts.push_back(
            [browser, shown] { return post(browser, "/login/recovery", body("code", shown)); });
    EXPECT_EQ(all_at_once(acts)[200], 1);
    EXPECT_EQ(*me(fay.browser).find("user")->find("recovery_codes_left")->if_integer(), 9)
        << "a code that opened nothing is not used up";
}

TEST_F(SecondFactor, GuessingIsSlowedDownAndThePasswordDoesNotHelp) {
    const Person gil = enrolled("Gil");
    Answer answer;
    int tries = 0;
    do {
        answer = post(pending(gil), "/login/totp", body("code", wrong_code(gil)));
    } while (answer.status == 422 && ++tries < 50);
    ASSERT_EQ(answer.status, 429);
    EXPECT_GE(tries, 5);
    // The wait grows with each further attempt; until it is long enough to be met again.
    for (int i = 0; i < 50 && parse_integer(answer.headers.at("retry-after")).value() < 60; ++i) {
        db::ScriptSession(pgtest::server_dsn(), house->database(), "atalaya_super")
            .run("update idn.attempts set blocked_until = now() where failures > 5");
        post(pending(gil), "/login/totp", body("code", wrong_code(gil)));
        answer = post(pending(gil), "/login/totp", body("code", wrong_code(gil)));
        ASSERT_EQ(answer.status, 429);
    }
    EXPECT_EQ(text(log_in(gil).json(), "mfa"), "totp");
    EXPECT_EQ(post(pending(gil), "/login/totp", body("code", code(gil))).status, 429);
    EXPECT_EQ(post(pending(gil), "/login/recovery", body("code", gil.recovery_codes[0])).status,
              429);
    EXPECT_EQ(post(gil.browser, "/step-up", body("code", code(gil))).status, 429);
}

TEST_F(SecondFactor, RecoveryCodesAreGoodOnceAndNewOnesKillTheOld) {
    const Person hal = enrolled("Hal");
    const std::string used = events("auth.recovery_used");
    const std::string typed = to_lower(hal.recovery_codes[0]);
    const Answer in = post(pending(hal), "/login/recovery", body("code", typed));
    EXPECT_EQ(in.status, 200) << in.body;
    EXPECT_NE(events("auth.recovery_used"), used);
    EXPECT_EQ(post(pending(hal), "/login/recovery", body("code", typed)).status, 422);
    for (const char* wrong : {"01-00000-00000", "77-00000-00000", "x"})
        EXPECT_EQ(post(pending(hal), "/login/recovery", body("code", wrong)).status, 422) << wrong;
    EXPECT_EQ(count("idn.recovery_codes where hash not like 'atl1:$argon2id$%'"), "0");

    const Answer renewed = post(hal.browser, "/me/recovery-codes", "");
    EXPECT_EQ(renewed.status, 200) << renewed.body;
    const Json codes = *renewed.json().find("recovery_codes");
    EXPECT_EQ(codes.if_array()->size(), 10U);
    EXPECT_EQ(post(pending(hal), "/login/recovery", body("code", hal.recovery_codes[1])).status,
              422);
    EXPECT_EQ(
        post(pending(hal), "/login/recovery", body("code", *codes.if_array()->at(1).if_string()))
            .status,
        200);
}

TEST_F(SecondFactor, WhatChangesItAsksForTheCodeAnew) {
    Person ivy = enrolled("Ivy");
    house->clock().advance(std::chrono::minutes(11));
    EXPECT_EQ(post(ivy.browser, "/me/recovery-codes", "").code(), "step_up_required");
    EXPECT_EQ(house->call(ivy.browser, "DELETE", "/api/v1/me/totp").code(), "step_up_required");

    const Answer with_password = post(ivy.browser, "/step-up", body("password", password));
    EXPECT_EQ(with_password.status, 422);
    EXPECT_NE(with_password.body.find("/code"), std::string::npos);
    EXPECT_EQ(post(ivy.browser, "/step-up", body("code", wrong_code(ivy))).status, 422);
    const std::string shown = code(ivy);
    const Answer up = post(ivy.browser, "/step-up", body("code", shown));
    EXPECT_EQ(up.status, 200) << up.body;
    EXPECT_NE(text(up.json(), "assured_until"), "");
    EXPECT_EQ(post(ivy.browser, "/step-up", body("code", shown)).status, 422) << "used before";
    EXPECT_EQ(post(ivy.browser, "/step-up", body("code", ivy.recovery_codes[2])).status, 200);

    const Browser before = ivy.browser;
    const Answer gone = house->call(ivy.browser, "DELETE", "/api/v1/me/totp");
    EXPECT_EQ(gone.status, 204) << gone.body;
    ivy.browser.adopt(gone);
    EXPECT_EQ(house->call(before, "GET", "/api/v1/me").status, 401);
    EXPECT_TRUE(me(ivy.browser).find("user")->find("recovery_codes_left")->is_null());
    EXPECT_EQ(text(*log_in(ivy).json().find("user"), "email"), ivy.email);
    EXPECT_EQ(house->call(ivy.browser, "DELETE", "/api/v1/me/totp").status, 404);
    EXPECT_EQ(post(ivy.browser, "/me/recovery-codes", "").status, 409);
}

TEST_F(SecondFactor, WithoutOneThePasswordProvesPresence) {
    const Person jan = sign_up("Jan");
    house->clock().advance(std::chrono::minutes(11));
    EXPECT_TRUE(me(jan.browser).find("user")->find("assured_until")->is_null());
    EXPECT_EQ(post(jan.browser, "/step-up", body("password", "not the password")).status, 422);
    EXPECT_EQ(post(jan.browser, "/step-up", body("code", "123456")).status, 422);
    EXPECT_EQ(post(jan.browser, "/step-up", body("password", password)).status, 200);
    EXPECT_NE(text(*me(jan.browser).find("user"), "assured_until"), "");
}

/// Whatever will open sessions one day: the database refuses one without the second factor.
TEST_F(SecondFactor, NothingOpensASessionWithoutIt) {
    const Person kim = enrolled("Kim");
    const UserId user = kim.browser.user;
    api::Incoming incoming;
    incoming.caller.user = user;
    api::SlowCall call(house->instance().services(), incoming);
    const auto open = [&](bool second_factor) {
        call.transact({platform_team, user}, {platform_team}, [&](api::Call& inner) {
            identity::insert_session(inner, user, {false, second_factor});
            inner.record_person("auth.login", user, {});
        });
    };
    EXPECT_THROW(open(false), db::Error);
    open(true);
}

TEST_F(SecondFactor, ATeamThatDemandsItLocksOutAndLetsIn) {
    const Person lea = enrolled("Lea");
    Person max = sign_up("Max");
    house->add_member(max.browser, lea.browser.team, "admin");
    const std::string team = "/api/v1/teams/" + to_string(lea.browser.team);
    EXPECT_EQ(house->call(max.browser, "GET", team).status, 200);
    const Answer demanded =
        house->call(lea.browser, "PATCH", team + "/security", R"({"require_2fa":true})");
    ASSERT_EQ(demanded.status, 200) << demanded.body;

    const auto expect_locked = [&](bool locked) {
        for (const api::Router::Route& route : house->instance().router().routes()) {
            if (route.endpoint->audience != api::Audience::team ||
                route.endpoint->open_without_second_factor)
                continue;
            std::string path = route.path;
            path.replace(path.find("{team}"), 6, to_string(lea.browser.team));
            for (auto at = path.find('{'); at != path.npos; at = path.find('{'))
                path.replace(at, path.find('}') - at + 1, to_string(max.browser.user));
            const Answer answer =
                house->call(max.browser, std::string(api::verb_name(route.endpoint->verb)), path,
                            R"({"no_such_field":1})");
            EXPECT_EQ(answer.code() == "mfa_enrolment_required", locked)
                << route.path << " " << answer.body;
        }
        const Json seen = me(max.browser);
        for (const Json& one : *seen.find("teams")->if_array()) {
            const bool theirs = text(one, "id") == to_string(lea.browser.team);
            EXPECT_EQ(*one.find("locked")->if_bool(), theirs && locked);
        }
    };
    expect_locked(true);
    enrol(max);
    expect_locked(false);
    EXPECT_EQ(house->call(lea.browser, "GET", team).status, 200);
    next_step();
    const Answer gone = house->call(max.browser, "DELETE", "/api/v1/me/totp");
    EXPECT_EQ(gone.status, 204) << gone.body;
    max.browser.adopt(gone);
    expect_locked(true);
}

} // namespace
} // namespace atalaya::apitest
