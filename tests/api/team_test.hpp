// A team for each test, with its owner and the people that a test asks for.
#pragma once

#include "api/house.hpp"
#include "db/script_session.hpp"

#include <gtest/gtest.h>
#include <thread>

namespace atalaya::apitest {

using shape::Json;

inline std::string text(const Json& json, std::string_view name) {
    const Json* member = json.find(name);
    return member && member->if_string() ? *member->if_string() : "";
}

inline std::string body(std::initializer_list<std::pair<std::string_view, Json>> members) {
    Json json = shape::Object{};
    for (const auto& [name, value] : members)
        json.set(name, value);
    return shape::write_json(json);
}

/// A team of its own for each test: ada owns it, the others belong to it.
class TeamTest : public testing::Test {
  protected:
    static void SetUpTestSuite() {
        house = std::make_unique<House>();
        house->sign_up("First Example", "first@example.com", "First");
    }
    static void TearDownTestSuite() { house.reset(); }

    void SetUp() override {
        ++made;
        ada = person("ada");
        team = "/api/v1/teams/" + to_string(ada.team);
    }
    static std::string address(const std::string& name) {
        return name + std::to_string(made) + "@example.com";
    }
    static Browser person(const std::string& name) {
        return house->sign_up(name + " Example", address(name), name + "'s");
    }
    Browser member(const std::string& name, const std::string& role) {
        const Browser browser = person(name);
        house->add_member(browser, ada.team, role);
        return browser;
    }
    Answer call(const Browser& browser, const std::string& method, const std::string& path,
                const std::string& sent = "") {
        return house->call(browser, method, team + path, sent);
    }
    /// What carries records out of the house is kept at it until the object at the path is so.
    template <class Holds>
    Json await(const std::string& path, Holds holds) {
        Json found;
        for (int look = 0; look < 1200; ++look) {
            house->instance().wake_carriers();
            found = call(ada, "GET", path).json();
            if (found.find("state") && holds(found))
                return found;
            std::this_thread::sleep_for(std::chrono::milliseconds(50));
        }
        throw std::runtime_error("never came to it: " + shape::write_json(found));
    }
    Answer set_role(const Browser& browser, const Browser& whom, const std::string& role) {
        return call(browser, "PATCH", "/members/" + to_string(whom.user), body({{"role", role}}));
    }
    std::string role_of(const Browser& whom) {
        return database()
            .value("select role from idn.members where team_id = '" + to_string(ada.team) +
                   "' and user_id = '" + to_string(whom.user) + "'")
            .value_or("");
    }
    std::string owners() {
        return database()
            .value("select count(*) from idn.members where role = 'owner' and team_id = '" +
                   to_string(ada.team) + "'")
            .value();
    }
    static db::ScriptSession database() {
        return db::ScriptSession(pgtest::server_dsn(), house->database(), "atalaya_super");
    }
    /// The events of the team's record with this action, newest first.
    std::vector<Json> events(const std::string& action) {
        const Json page = call(ada, "GET", "/audit/events?action=" + action).json();
        std::vector<Json> out;
        for (const Json& event : *page.find("data")->if_array())
            out.push_back(event);
        return out;
    }
    Json invite(const std::string& email, const std::string& role) {
        const Answer answer =
            call(ada, "POST", "/invitations", body({{"email", email}, {"role", role}}));
        EXPECT_EQ(answer.status, 201) << answer.body;
        return answer.json();
    }
    static std::string token_of(const Json& invitation) {
        const std::string link = text(invitation, "link");
        EXPECT_TRUE(link.starts_with("https://house.example/invite#")) << link;
        return link.substr(link.find('#') + 1);
    }
    static Answer with_token(const Browser& browser, const std::string& act,
                             const std::string& token) {
        return house->call(browser, "POST", "/api/v1/invitations/" + act, body({{"token", token}}));
    }

    Browser ada;
    std::string team;
    static inline std::unique_ptr<House> house;
    static inline int made = 0;
};
/// Runs `act(i)` twenty times at once.
template <class Act>
void twenty_at_once(Act act) {
    std::vector<std::thread> threads;
    for (int i = 0; i < 20; ++i)
        threads.emplace_back([&act, i] { act(i); });
    for (std::thread& thread : threads)
        thread.join();
}

} // namespace atalaya::apitest
