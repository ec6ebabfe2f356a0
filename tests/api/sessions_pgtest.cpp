// Sessions: how long their cookies live, what ends them, what rotates them, and what proves that
// the person is present.
#include "api/house.hpp"
#include "base/text.hpp"
#include "db/script_session.hpp"

#include <gtest/gtest.h>

namespace atalaya::apitest {
namespace {

using shape::Json;

constexpr const char* password = "seven green bicycles";

std::string write(std::initializer_list<std::pair<std::string_view, Json>> members) {
    Json json = shape::Object{};
    for (const auto& [name, value] : members)
        json.set(name, value);
    return shape::write_json(json);
}

class Sessions : public testing::Test {
  protected:
    static void SetUpTestSuite() {
        house = std::make_unique<House>();
        ada = house->sign_up("Ada Example", "ada@example.com", "Harbour");
    }
    static void TearDownTestSuite() { house.reset(); }

    static Answer log_in(const std::string& email, std::optional<bool> remember = std::nullopt,
                         const std::string& with = password) {
        Json body = shape::json_object({{"email", email}, {"password", with}});
        if (remember)
            body.set("remember", *remember);
        return house->call(Browser{}, "POST", "/api/v1/login", shape::write_json(body));
    }
    static Browser browser_of(const Answer& answer) {
        Browser browser;
        browser.adopt(answer);
        browser.csrf = text(house->call(browser, "GET", "/api/v1/me").json(), "csrf_token");
        return browser;
    }
    static int status(const Browser& browser) {
        return house->call(browser, "GET", "/api/v1/me").status;
    }

    static std::unique_ptr<House> house;
    static Browser ada;
};
std::unique_ptr<House> Sessions::house;
Browser Sessions::ada;

// First of all: the others leave the clock ahead of the database's.
TEST_F(Sessions, ATeamMayEndThemSooner) {
    const Browser grace = house->sign_up("Grace Example", "grace@example.com", "Pier");
    const std::string security = "/api/v1/teams/" + to_string(grace.team) + "/security";
    const auto set = [&](const char* limits) {
        EXPECT_EQ(house->call(grace, "PATCH", security, limits).status, 200) << limits;
    };
    const auto status_after = [&](const Browser& browser, std::chrono::minutes span) {
        house->clock().advance(span);
        const int seen = status(browser);
        house->clock().advance(-span);
        return seen;
    };
    set(R"({"session_idle_minutes":30})");
    EXPECT_EQ(status_after(grace, std::chrono::minutes(29)), 200);
    EXPECT_EQ(status_after(grace, std::chrono::minutes(31)), 401);
    EXPECT_EQ(status_after(ada, std::chrono::minutes(31)), 200) << "another team's limit";
    set(R"({"session_idle_minutes":null,"session_hours":1})");
    EXPECT_EQ(status_after(grace, std::chrono::minutes(59)), 200);
    EXPECT_EQ(status_after(grace, std::chrono::minutes(61)), 401);
}

TEST_F(Sessions, OneThatNobodyUsesForTwoWeeksEnds) {
    const Browser kept = browser_of(log_in("ada@example.com", true));
    for (const auto& [days, wanted] : {std::pair{13, 200}, {15, 401}}) {
        house->clock().advance(std::chrono::days(days));
        EXPECT_EQ(status(kept), wanted) << days;
        house->clock().advance(-std::chrono::days(days));
    }
}

TEST_F(Sessions, NobodyEndsAnothersSession) {
    const Browser ivy = house->sign_up("Ivy Example", "ivy@example.com", "Ivy's");
    const Browser joe = house->sign_up("Joe Example", "joe@example.com", "Joe's");
    const Json listed = house->call(ivy, "GET", "/api/v1/sessions").json();
    ASSERT_EQ(listed.find("data")->if_array()->size(), 1u);
    const std::string path =
        "/api/v1/sessions/" + text(listed.find("data")->if_array()->front(), "id");
    const Answer theirs = house->call(joe, "DELETE", path);
    const Answer nowhere =
        house->call(joe, "DELETE", "/api/v1/sessions/7b8e1f0a-5c4d-4e3f-9a2b-1c0d9e8f7a6b");
    EXPECT_EQ(theirs.status, 404);
    EXPECT_EQ(theirs.body_without_id(), nowhere.body_without_id());
    EXPECT_EQ(house->call(ivy, "GET", "/api/v1/sessions").json().find("data")->if_array()->size(),
              1u);
    EXPECT_EQ(house->call(ivy, "DELETE", path).status, 204);
    EXPECT_EQ(status(ivy), 401);
}

TEST_F(Sessions, TheCookieOutlivesTheBrowserOnlyWhenAskedTo) {
    house->sign_up("Uma Example", "uma@example.com", "Uma's");
    for (const auto& remember : {std::optional<bool>(), std::optional(false)}) {
        const std::string cookie = log_in("uma@example.com", remember).headers.at("set-cookie");
        EXPECT_TRUE(cookie.ends_with("; Path=/; Secure; HttpOnly; SameSite=Lax")) << cookie;
    }
    const Answer remembered = log_in("uma@example.com", true);
    const std::string cookie = remembered.headers.at("set-cookie");
    const auto at = cookie.find("; Max-Age=");
    ASSERT_NE(at, std::string::npos) << cookie;
    const std::int64_t seconds = parse_integer(std::string_view(cookie).substr(at + 10)).value();
    EXPECT_GT(seconds, 29 * 86'400);
    EXPECT_LE(seconds, 30 * 86'400);

    const Json listed = house->call(browser_of(remembered), "GET", "/api/v1/sessions").json();
    int kept = 0;
    for (const Json& session : *listed.find("data")->if_array())
        kept += *session.find("remembered")->if_bool() ? 1 : 0;
    EXPECT_EQ(kept, 1);
}

TEST_F(Sessions, AllOthersEndAtOnce) {
    const Browser bob = house->sign_up("Bob Example", "bob@example.com", "Bob's");
    const Browser second = browser_of(log_in("bob@example.com"));
    const Browser third = browser_of(log_in("bob@example.com"));
    const Answer ended = house->call(second, "DELETE", "/api/v1/sessions");
    EXPECT_EQ(ended.status, 200) << ended.body;
    EXPECT_EQ(*ended.json().find("ended")->if_integer(), 2);
    EXPECT_EQ(status(second), 200);
    EXPECT_EQ(status(bob), 401);
    EXPECT_EQ(status(third), 401);
    EXPECT_EQ(status(ada), 200);
}

TEST_F(Sessions, ANewPasswordEndsTheOthersAndReplacesTheOwnToken) {
    const Browser cleo = house->sign_up("Cleo Example", "cleo@example.com", "Cleo's");
    Browser own = browser_of(log_in("cleo@example.com", true));
    const Browser copied = own; // by whoever read the cookie
    const Answer changed =
        house->call(own, "POST", "/api/v1/me/password",
                    write({{"current", password}, {"new", "eleven yellow umbrellas"}}));
    EXPECT_EQ(changed.status, 204) << changed.body;
    EXPECT_NE(changed.headers.at("set-cookie").find("; Max-Age="), std::string::npos);
    own.adopt(changed);
    EXPECT_EQ(status(own), 200);
    EXPECT_EQ(status(copied), 401);
    EXPECT_EQ(status(cleo), 401);
}

TEST_F(Sessions, GuessingTheOwnPasswordIsSlowedDown) {
    const Browser dan = house->sign_up("Dan Example", "dan@example.com", "Dan's");
    Answer answer;
    int tries = 0;
    do {
        answer = house->call(dan, "POST", "/api/v1/me/password",
                             write({{"current", "not the password"}, {"new", "does not matter"}}));
    } while (answer.status == 422 && ++tries < 30);
    EXPECT_EQ(answer.status, 429);
    EXPECT_GE(parse_integer(answer.headers.at("retry-after")).value(), 1);
}

TEST_F(Sessions, TheLogInVouchesForThePersonForTenMinutes) {
    const Browser eva = house->sign_up("Eva Example", "eva@example.com", "Eva's");
    const auto assured = [&] {
        return text(*house->call(eva, "GET", "/api/v1/me").json().find("user"), "assured_until");
    };
    EXPECT_NE(assured(), "");
    house->clock().advance(std::chrono::minutes(11));
    EXPECT_EQ(assured(), "");
}

TEST_F(Sessions, EveryOutcomeOfALogInTakesTheSameTime) {
    const auto floor = std::chrono::milliseconds(450);
    const auto held = [&](const std::string& email, const std::string& with) {
        const auto start = std::chrono::steady_clock::now();
        const Answer answer = log_in(email, std::nullopt, with);
        EXPECT_GE(answer.not_before - start, floor) << email;
        EXPECT_LE(answer.not_before, std::chrono::steady_clock::now() + floor) << email;
        return answer.status;
    };
    EXPECT_EQ(held("nobody-at-all@example.com", "not the password"), 401);
    EXPECT_EQ(held("ada@example.com", "not the password"), 401);
    EXPECT_EQ(held("ada@example.com", password), 200);
    EXPECT_EQ(held("", ""), 422);
    const Answer other = house->call(ada, "GET", "/api/v1/me");
    EXPECT_LE(other.not_before, std::chrono::steady_clock::now());
}

// Last of all: after a day the others are signed out.
TEST_F(Sessions, OneThatIsNotRememberedEndsOnTheServerAfterADay) {
    const auto hal = house->sign_up("Hal Example", "hal@example.com", "Hal's");
    const Browser plain = browser_of(log_in("hal@example.com"));
    const Browser remembered = browser_of(log_in("hal@example.com", true));
    house->clock().advance(std::chrono::hours(23));
    EXPECT_EQ(status(plain), 200);
    house->clock().advance(std::chrono::hours(2));
    EXPECT_EQ(status(plain), 401);
    EXPECT_EQ(status(hal), 401) << "that of signing up is none that was asked to last";
    EXPECT_EQ(status(remembered), 200);
}

} // namespace
} // namespace atalaya::apitest
