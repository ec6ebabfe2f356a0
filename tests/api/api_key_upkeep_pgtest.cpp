// What becomes of keys over time: handed to another member, left unacknowledged, made by somebody
// who may not sign in any more.
#include "api/key_test.hpp"

namespace atalaya::apitest {
namespace {

class ApiKeyUpkeep : public KeyTest {
  protected:
    static Answer transfer(const Browser& browser, const Made& made, const Browser& heir) {
        return house->call(browser, "POST", made.path + "/transfer",
                           shape::write_json(shape::json_object({{"user", to_string(heir.user)}})));
    }
    static Browser member(const std::string& role) {
        const std::string name = role + std::to_string(tests);
        const Browser browser = house->sign_up(name, name + "@example.com", name);
        house->add_member(browser, ada.team, role);
        return browser;
    }
    /// A key that an admin of ada's team made.
    static Made make_by(const Browser& admin, const List& scopes) {
        Browser there = admin;
        there.team = ada.team;
        return make(there, scopes);
    }
};

TEST_F(ApiKeyUpkeep, OfADraftOnlyNameKindAndScopesAreWanted) {
    const Answer made = house->call(ada, "POST", team(ada) + "/api-keys",
                                    R"({"name":"plain","env":"test","scopes":["servers:read"]})");
    ASSERT_EQ(made.status, 201) << made.body;
    EXPECT_EQ(made.json().find("ip_allow")->if_array()->size(), 0U);
    EXPECT_EQ(made.json().find("cors_origins")->if_array()->size(), 0U);
    EXPECT_TRUE(made.json().find("expires_at")->is_null());
}

TEST_F(ApiKeyUpkeep, AnOwnerHandsTheKeyOfWhoLeftToAnotherMember) {
    const Browser admin = member("admin"), viewer = member("viewer");
    const Made made = make_by(admin, {"servers:read", "audit:read"});
    EXPECT_EQ(house->call(admin, "POST", team(ada) + "/leave").status, 204);
    EXPECT_EQ(servers(made.key), 401);
    EXPECT_EQ(state(made), "suspended");

    EXPECT_EQ(transfer(ada, made, bob).status, 422) << "bob is no member";
    const Answer taken = transfer(ada, made, viewer);
    ASSERT_EQ(taken.status, 200) << taken.body;
    EXPECT_EQ(text(taken.json(), "state"), "active");
    EXPECT_EQ(text(*taken.json().find("created_by"), "id"), to_string(viewer.user));
    EXPECT_EQ(servers(made.key), 200);
    // It keeps its scopes and has the role of the heir.
    EXPECT_EQ(with(made.key, "GET", team(ada) + "/audit/events").status, 403);
    const std::string events = house->call(ada, "GET", team(ada) + "/audit/events").body;
    EXPECT_NE(events.find("api_key.transfer"), std::string::npos);
}

TEST_F(ApiKeyUpkeep, OnlyOwnersHandKeysOverAndProveToBePresent) {
    const Browser admin = member("admin");
    const Made made = make(ada, {"servers:read"});
    EXPECT_EQ(transfer(admin, made, admin).code(), "forbidden");
    EXPECT_EQ(transfer(bob, made, bob).status, 404);
    house->clock().advance(std::chrono::minutes(11));
    EXPECT_EQ(transfer(ada, made, admin).code(), "step_up_required");
}

TEST_F(ApiKeyUpkeep, ADeadKeyIsNotHandedOver) {
    const Browser admin = member("admin");
    const Made revoked = make(ada, {"servers:read"});
    EXPECT_EQ(house->call(ada, "DELETE", revoked.path).status, 204);
    EXPECT_EQ(transfer(ada, revoked, admin).status, 409);
    const Answer pending = ask_for(ada, {"servers:read"});
    const std::string id = text(pending.json(), "id");
    EXPECT_EQ(transfer(ada, {id, "", team(ada) + "/api-keys/" + id}, admin).status, 409);
}

TEST_F(ApiKeyUpkeep, TheKeyOfAShutAccountIsShownSuspended) {
    const Browser admin = member("admin");
    const Made made = make_by(admin, {"servers:read"});
    EXPECT_EQ(state(made), "active");
    const Browser desk = member("viewer");
    house->make_operator(desk);
    const std::string path = "/api/v1/admin/users/" + to_string(admin.user) + "/disable";
    EXPECT_EQ(house->call(desk, "POST", path).status, 204);
    EXPECT_EQ(servers(made.key), 401);
    EXPECT_EQ(state(made), "suspended");
}

TEST_F(ApiKeyUpkeep, AKeyThatNobodyAcknowledgesIsGoneAfterADay) {
    const Made kept = make(ada, {"servers:read"});
    const std::string left = text(ask_for(ada, {"servers:read"}).json(), "id");
    const std::string path = team(ada) + "/api-keys/" + left;
    house->instance().run_jobs();
    EXPECT_EQ(house->call(ada, "GET", path).status, 200);
    house->clock().advance(std::chrono::hours(25));
    house->instance().run_jobs();
    const Browser late = house->sign_up("Late Example", "late@example.com", "Late");
    house->add_member(late, ada.team, "owner");
    EXPECT_EQ(house->call(late, "GET", path).status, 404);
    EXPECT_EQ(house->call(late, "GET", kept.path).status, 200);
    const std::string events =
        house->call(late, "GET", team(ada) + "/audit/events?action=api_key.discard").body;
    EXPECT_NE(events.find(left), std::string::npos);
}

TEST_F(ApiKeyUpkeep, PeopleProveToBePresentForAnExportAndKeysWithTheScopeNeedNot) {
    const Made made = make(ada, {"audit:export"});
    const std::string bundle = team(ada) + "/audit/bundle";
    EXPECT_EQ(house->call(ada, "POST", bundle, "{}").status, 200);
    house->clock().advance(std::chrono::minutes(11));
    EXPECT_EQ(house->call(ada, "POST", bundle, "{}").code(), "step_up_required");
    EXPECT_EQ(with(made.key, "POST", bundle, "{}").status, 200);
}

} // namespace
} // namespace atalaya::apitest
