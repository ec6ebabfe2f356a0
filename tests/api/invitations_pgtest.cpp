// Invitations: made, looked at, accepted once by their address, taken back.
#include "api/team_test.hpp"

namespace atalaya::apitest {
namespace {

class Invitations : public TeamTest {};

TEST_F(Invitations, AnInvitationIsAcceptedOnceByItsAddress) {
    const Browser bob = person("bob");
    const Browser eve = person("eve");
    const Json invitation = invite("BOB" + address(""), "member");
    const std::string token = token_of(invitation);
    const Json seen = with_token(Browser{}, "look", token).json();
    EXPECT_EQ(text(seen, "role"), "member");
    EXPECT_EQ(text(seen, "team_name"), "ada's");
    EXPECT_EQ(*seen.find("has_account")->if_bool(), true);

    EXPECT_EQ(with_token(Browser{}, "accept", token).status, 401);
    const Answer other = with_token(eve, "accept", token);
    EXPECT_EQ(other.status, 403);
    EXPECT_NE(other.body.find("another address"), std::string::npos) << other.body;

    const Answer joined = with_token(bob, "accept", token);
    EXPECT_EQ(joined.status, 200) << joined.body;
    EXPECT_EQ(text(*joined.json().find("team"), "name"), "ada's");
    EXPECT_EQ(call(bob, "GET", "").status, 200);
    EXPECT_EQ(role_of(bob), "member");
    EXPECT_EQ(with_token(bob, "accept", token).status, 404);
    EXPECT_EQ(with_token(Browser{}, "look", token).status, 404);
    EXPECT_EQ(events("invitation.accept").size(), 1u);
    EXPECT_EQ(
        call(ada, "POST", "/invitations", body({{"email", address("bob")}, {"role", "viewer"}}))
            .status,
        409);
}

TEST_F(Invitations, TwentyAcceptAtOnceAndOneIsIn) {
    const Browser bob = person("bob");
    const std::string token = token_of(invite(address("bob"), "viewer"));
    std::atomic<int> accepted = 0;
    twenty_at_once(
        [&](int) { accepted += with_token(bob, "accept", token).status == 200 ? 1 : 0; });
    EXPECT_EQ(accepted, 1);
    EXPECT_EQ(events("invitation.accept").size(), 1u);
}

TEST_F(Invitations, DeadTokensAllLookAlike) {
    const Answer unknown = with_token(Browser{}, "look", "no such token");
    EXPECT_EQ(unknown.status, 404);
    const Json first = invite(address("new"), "viewer");
    const std::string path = "/invitations/" + text(first, "id");
    EXPECT_EQ(
        call(ada, "POST", "/invitations", body({{"email", address("new")}, {"role", "admin"}}))
            .status,
        409);
    const Answer again = call(ada, "POST", path + "/resend");
    EXPECT_EQ(again.status, 200) << again.body;
    EXPECT_EQ(with_token(Browser{}, "look", token_of(first)).body_without_id(),
              unknown.body_without_id());
    const std::string token = token_of(again.json());
    EXPECT_EQ(*with_token(Browser{}, "look", token).json().find("has_account")->if_bool(), false);
    EXPECT_EQ(call(ada, "DELETE", path).status, 204);
    EXPECT_EQ(call(ada, "DELETE", path).status, 404);
    EXPECT_EQ(call(ada, "POST", path + "/resend").status, 409);
    EXPECT_EQ(with_token(Browser{}, "look", token).body_without_id(), unknown.body_without_id());

    const std::string late = token_of(invite(address("new"), "viewer"));
    house->clock().advance(std::chrono::hours(24 * 7 + 1));
    const TeamId kept = ada.team;
    ada = person("later"); // by now the first owner is signed out
    house->add_member(ada, kept, "owner");
    EXPECT_EQ(with_token(Browser{}, "look", late).body_without_id(), unknown.body_without_id());
    const Answer listed = call(ada, "GET", "/invitations?sort=state");
    EXPECT_NE(listed.body.find("expired"), std::string::npos) << listed.body;
    EXPECT_NE(listed.body.find("ada Example"), std::string::npos) << listed.body;
    // An expired one keeps no place.
    token_of(invite(address("new"), "viewer"));
}

TEST_F(Invitations, AnAccountIsMadeByAnInvitation) {
    const std::string token = token_of(invite(address("new"), "admin"));
    const auto sign_up = [&](const std::string& with, const std::string& password) {
        return house->call(
            Browser{}, "POST", "/api/v1/invitations/sign-up",
            body({{"token", with}, {"name", "New Example"}, {"password", password}}));
    };
    EXPECT_EQ(sign_up("no such token", "seven green bicycles").status, 404);
    EXPECT_EQ(sign_up(token, "short").status, 422);
    const Answer made_one = sign_up(token, "seven green bicycles");
    ASSERT_EQ(made_one.status, 201) << made_one.body;
    Browser guest;
    guest.cookie = made_one.headers.at("set-cookie");
    guest.cookie.resize(guest.cookie.find(';'));
    const Json me = house->call(guest, "GET", "/api/v1/me").json();
    EXPECT_EQ(text(*me.find("user"), "email"), address("new"));
    ASSERT_EQ(me.find("teams")->if_array()->size(), 1u);
    EXPECT_EQ(text(me.find("teams")->if_array()->front(), "role"), "admin");
    EXPECT_EQ(sign_up(token, "seven green bicycles").status, 404);
    EXPECT_EQ(events("invitation.accept").size(), 1u);
    // Who has an account signs in and accepts.
    person("old");
    EXPECT_EQ(sign_up(token_of(invite(address("old"), "viewer")), "seven green bicycles").code(),
              "email_taken");
}

TEST_F(Invitations, AnAdminNeverHoldsTheLinkOfAnOwner) {
    const Browser admin = member("ann", "admin");
    const std::string path = "/invitations/" + text(invite(address("new"), "owner"), "id");
    EXPECT_EQ(call(admin, "POST", path + "/resend").status, 403);
    EXPECT_EQ(call(admin, "DELETE", path).status, 403);
}

TEST_F(Invitations, ATeamKeepsAHundredPlacesAtMost) {
    const auto ask = [&](int number) {
        return call(
            ada, "POST", "/invitations",
            body({{"email", address("guest" + std::to_string(number) + "-")}, {"role", "viewer"}}));
    };
    Answer last;
    for (int i = 0; i < 100; ++i)
        last = ask(i);
    EXPECT_EQ(last.status, 201) << last.body;
    EXPECT_EQ(ask(100).status, 409);
    EXPECT_EQ(call(ada, "DELETE", "/invitations/" + text(last.json(), "id")).status, 204);
    EXPECT_EQ(ask(101).status, 201);
}

TEST_F(Invitations, OfATokenOnlyTheHashIsKept) {
    const std::string token = token_of(invite(address("new"), "viewer"));
    EXPECT_EQ(database().value("select count(*) from app.invitations i, ctl.invitation_directory d "
                               "where i::text like '%" +
                               token + "%' or d::text like '%" + token + "%'"),
              "0");
    const Answer record = call(ada, "GET", "/audit/events");
    EXPECT_EQ(record.body.find(token), std::string::npos);
    EXPECT_EQ(call(ada, "GET", "/invitations").body.find(token), std::string::npos);
}

} // namespace
} // namespace atalaya::apitest
