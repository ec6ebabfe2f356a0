// Who belongs to a team and who decides about it: roles, leaving, handing over, and what a team
// demands of its members' sessions.
#include "api/team_test.hpp"

namespace atalaya::apitest {
namespace {

class Members : public TeamTest {};

TEST_F(Members, ARoleIsGrantedAndFeltAtOnce) {
    const Browser bob = member("bob", "viewer");
    const std::string servers = "/servers";
    EXPECT_EQ(call(bob, "POST", servers, R"({"name":"x"})").status, 403);
    const Answer changed = set_role(ada, bob, "admin");
    EXPECT_EQ(changed.status, 200) << changed.body;
    EXPECT_EQ(text(changed.json(), "role"), "admin");
    EXPECT_EQ(text(changed.json(), "email"), address("bob"));
    EXPECT_EQ(call(bob, "POST", servers, R"({"name":"x"})").status, 201);
    EXPECT_EQ(set_role(ada, bob, "member").status, 200);
    EXPECT_EQ(call(bob, "POST", servers, R"({"name":"y"})").status, 403);
    const auto recorded = events("member.role");
    ASSERT_EQ(recorded.size(), 2u);
    EXPECT_EQ(shape::write_json(*recorded[0].find("changes")),
              R"([{"field":"role","before":"admin","after":"member"}])");
}

TEST_F(Members, NobodyGrantsMoreThanTheOwnRole) {
    const Browser admin = member("ann", "admin");
    const Browser other = member("abe", "admin");
    const Browser viewer = member("vic", "viewer");
    EXPECT_EQ(set_role(admin, viewer, "owner").status, 403);
    EXPECT_EQ(role_of(viewer), "viewer");
    EXPECT_EQ(set_role(admin, viewer, "admin").status, 200);
    EXPECT_EQ(set_role(admin, other, "viewer").status, 200);
    EXPECT_EQ(set_role(admin, ada, "viewer").status, 403);
    EXPECT_EQ(call(admin, "DELETE", "/members/" + to_string(ada.user)).status, 403);
    EXPECT_EQ(role_of(ada), "owner");
    for (const Browser& self : {ada, admin}) {
        EXPECT_EQ(set_role(self, self, "viewer").status, 403);
        EXPECT_EQ(call(self, "DELETE", "/members/" + to_string(self.user)).status, 403);
    }
    EXPECT_EQ(set_role(other, viewer, "member").status, 403);
    EXPECT_EQ(
        call(admin, "POST", "/invitations", body({{"email", "new@example.com"}, {"role", "owner"}}))
            .status,
        403);
    EXPECT_EQ(
        call(ada, "PATCH", "/members/" + to_string(admin.team), body({{"role", "viewer"}})).status,
        404);
    EXPECT_EQ(call(ada, "PATCH", "/members/" + to_string(viewer.user),
                   R"({"role":"viewer","user_id":"x"})")
                  .status,
              422);
}

TEST_F(Members, WhoIsRemovedIsOutsideAtOnce) {
    const Browser bob = member("bob", "admin");
    EXPECT_EQ(
        call(bob, "POST", "/invitations", body({{"email", address("guest")}, {"role", "member"}}))
            .status,
        201);
    EXPECT_EQ(call(bob, "GET", "").status, 200);
    EXPECT_EQ(call(ada, "DELETE", "/members/" + to_string(bob.user)).status, 204);
    EXPECT_EQ(call(bob, "GET", "").status, 404);
    EXPECT_EQ(call(ada, "DELETE", "/members/" + to_string(bob.user)).status, 404);
    EXPECT_EQ(events("member.remove").size(), 1u);
    // What this admin promised went too.
    EXPECT_EQ(events("invitation.revoke").size(), 1u);
    const Answer open = call(ada, "GET", "/invitations?state=open");
    EXPECT_EQ(open.json().find("data")->if_array()->size(), 0u) << open.body;
}

TEST_F(Members, StepUpComesBeforeRoles) {
    const Browser bob = member("bob", "viewer");
    house->clock().advance(std::chrono::minutes(11));
    EXPECT_EQ(set_role(ada, bob, "member").code(), "step_up_required");
    EXPECT_EQ(call(ada, "POST", "/transfer", body({{"user", to_string(bob.user)}})).code(),
              "step_up_required");
    EXPECT_EQ(call(ada, "PATCH", "/security", R"({"session_hours":12})").code(),
              "step_up_required");
    EXPECT_EQ(role_of(bob), "viewer");
}

TEST_F(Members, TheTeamIsHandedOver) {
    const Browser bob = member("bob", "viewer");
    EXPECT_EQ(call(ada, "POST", "/transfer", body({{"user", to_string(ada.user)}})).status, 422);
    EXPECT_EQ(call(ada, "POST", "/transfer", body({{"user", to_string(ada.team)}})).status, 422);
    EXPECT_EQ(call(bob, "POST", "/transfer", body({{"user", to_string(bob.user)}})).status, 403);
    const Answer done = call(ada, "POST", "/transfer", body({{"user", to_string(bob.user)}}));
    EXPECT_EQ(done.status, 204) << done.body;
    EXPECT_EQ(role_of(bob), "owner");
    EXPECT_EQ(role_of(ada), "admin");
    EXPECT_EQ(set_role(ada, bob, "viewer").status, 403);
    EXPECT_EQ(set_role(bob, ada, "viewer").status, 200);
}

TEST_F(Members, TheLastOwnerStays) {
    const Answer refused = call(ada, "POST", "/leave");
    EXPECT_EQ(refused.status, 409) << refused.body;
    const Browser bob = member("bob", "member");
    EXPECT_EQ(call(ada, "POST", "/leave").status, 409);
    EXPECT_EQ(call(bob, "POST", "/leave").status, 204);
    EXPECT_EQ(call(bob, "GET", "").status, 404);
    EXPECT_EQ(call(bob, "POST", "/leave").status, 404);
    EXPECT_EQ(owners(), "1");
}

TEST_F(Members, TwentyOwnersLeaveAtOnceAndOneStays) {
    std::vector<Browser> all{ada};
    for (int i = 1; i < 20; ++i)
        all.push_back(member("own" + std::to_string(i) + "x", "owner"));
    std::atomic<int> left = 0;
    twenty_at_once([&](int i) {
        const Answer answer = call(all[static_cast<std::size_t>(i)], "POST", "/leave");
        left += answer.status == 204 ? 1 : 0;
    });
    EXPECT_EQ(left, 19);
    EXPECT_EQ(owners(), "1");
}

TEST_F(Members, OwnersWhoRemoveEachOtherAtOnceLeaveOne) {
    std::vector<Browser> pair{ada, member("bob", "owner")};
    std::atomic<int> done = 0;
    twenty_at_once([&](int i) {
        const Browser& one = pair[static_cast<std::size_t>(i % 2)];
        const Browser& other = pair[static_cast<std::size_t>(1 - i % 2)];
        const Answer answer = i < 10 ? set_role(one, other, "viewer")
                                     : call(one, "DELETE", "/members/" + to_string(other.user));
        done += answer.status < 300 ? 1 : 0;
    });
    EXPECT_GE(done, 1);
    EXPECT_EQ(owners(), "1");
}

TEST_F(Members, APersonHasSeveralTeams) {
    const Answer second = house->call(ada, "POST", "/api/v1/teams", R"({"name":" Second "})");
    EXPECT_EQ(second.status, 201) << second.body;
    EXPECT_EQ(text(second.json(), "name"), "Second");
    const Json me = house->call(ada, "GET", "/api/v1/me").json();
    EXPECT_EQ(me.find("teams")->if_array()->size(), 2u);
    const std::string path = "/api/v1/teams/" + text(second.json(), "id");
    EXPECT_EQ(house->call(ada, "PATCH", path, R"({"name":"Two"})").status, 200);
    EXPECT_EQ(house->call(ada, "POST", path + "/audit/verify").status, 200);
    EXPECT_EQ(house->call(Browser{}, "POST", "/api/v1/teams", R"({"name":"x"})").status, 401);
}

TEST_F(Members, TheTeamSaysWhatItDemandsOfSessions) {
    const Browser admin = member("ann", "admin");
    EXPECT_EQ(call(admin, "PATCH", "/security", R"({"session_hours":12})").status, 403);
    const Answer set =
        call(ada, "PATCH", "/security", R"({"session_hours":12,"session_idle_minutes":30})");
    EXPECT_EQ(set.status, 200) << set.body;
    const Json shown = call(ada, "GET", "").json();
    EXPECT_EQ(*shown.find("session_hours")->if_integer(), 12);
    EXPECT_EQ(*shown.find("session_idle_minutes")->if_integer(), 30);
    EXPECT_EQ(call(ada, "PATCH", "/security", R"({"session_hours":null})").status, 200);
    EXPECT_EQ(call(ada, "PATCH", "/security", R"({"session_idle_minutes":1})").status, 422);
    EXPECT_EQ(events("team.security_update").size(), 2u);
    EXPECT_EQ(database().value("select coalesce(session_hours, 0) || ' ' || session_idle_minutes "
                               "from ctl.team_directory where team_id = '" +
                               to_string(ada.team) + "'"),
              "0 30");
}

TEST_F(Members, WhoHasNoSecondFactorCannotDemandOne) {
    const Answer refused = call(ada, "PATCH", "/security", R"({"require_2fa":true})");
    EXPECT_EQ(refused.status, 422);
    EXPECT_NE(refused.body.find("/require_2fa"), std::string::npos) << refused.body;
    EXPECT_EQ(*call(ada, "GET", "").json().find("require_2fa")->if_bool(), false);
}

TEST_F(Members, TheDemandForASecondFactorLocksOutAndLetsLeave) {
    const Browser bob = member("bob", "member");
    database().run("begin; set session_replication_role = replica; "
                   "alter table app.teams disable trigger audited; "
                   "update app.teams set require_2fa = true where team_id = '" +
                   to_string(ada.team) +
                   "'; update ctl.team_directory set require_2fa = true where team_id = '" +
                   to_string(ada.team) +
                   "'; alter table app.teams enable always trigger audited; commit");
    house->instance().services().identities.forget_user(bob.user);
    EXPECT_EQ(call(bob, "GET", "").code(), "mfa_enrolment_required");
    EXPECT_EQ(call(bob, "GET", "/members").code(), "mfa_enrolment_required");
    EXPECT_EQ(house->call(bob, "GET", "/api/v1/me").status, 200);
    EXPECT_EQ(call(bob, "POST", "/leave").status, 204);
}

TEST_F(Members, WhoHasASecondFactorIsTold) {
    const Browser bob = member("bob", "viewer");
    const auto told = [&] {
        const Json listed = call(ada, "GET", "/members").json();
        std::string out;
        for (const Json& one : *listed.find("data")->if_array()) {
            if (text(one, "id") == to_string(bob.user))
                out = *one.find("second_factor")->if_bool() ? "yes" : "no";
        }
        return out;
    };
    EXPECT_EQ(told(), "no");
    database().run("begin; alter table idn.totp disable trigger audited; "
                   "insert into idn.totp (user_id, seed, confirmed_at) values ('" +
                   to_string(bob.user) +
                   "', 'x', now()); alter table idn.totp enable always trigger audited; commit");
    EXPECT_EQ(told(), "yes");
}

TEST_F(Members, TheMatrixNamesTheScopes) {
    const Json matrix = house->call(ada, "GET", "/api/v1/meta/permissions").json();
    std::set<std::string> used;
    for (const Json& permission : *matrix.find("permissions")->if_array()) {
        const std::string name = text(permission, "name"), scope = text(permission, "scope");
        EXPECT_TRUE(scope.empty() || !name.ends_with(".manage") || scope.ends_with(":write"))
            << name << " " << scope;
        if (name == "members.manage" || name == "api_keys.manage" || name == "team.security") {
            EXPECT_EQ(scope, "");
        }
        if (!scope.empty())
            used.insert(scope);
    }
    std::set<std::string> listed;
    for (const Json& scope : *matrix.find("scopes")->if_array())
        listed.insert(*scope.if_string());
    EXPECT_EQ(listed, used);
    EXPECT_TRUE(listed.contains("servers:read"));
}

} // namespace
} // namespace atalaya::apitest
