// API keys from the making to the end, and what is seen of them anywhere.
#include "api/key_test.hpp"
#include "base/text.hpp"
#include "crypto/api_key.hpp"
#include "db/script_session.hpp"

#include <fstream>
#include <thread>

namespace atalaya::apitest {
namespace {

class ApiKeys : public KeyTest {};

/// Gives the characters of one id first: for a key that has another's id and a secret of its own.
class IdRandom final : public Random {
  public:
    explicit IdRandom(std::string_view id) : id_(id) {}
    void fill(std::span<std::uint8_t> out) override {
        if (!std::exchange(given_, true)) {
            for (std::size_t i = 0; i < out.size(); ++i)
                out[i] = static_cast<std::uint8_t>(alphabet.find(id_[i]));
            return;
        }
        SystemRandom().fill(out);
    }

  private:
    static constexpr std::string_view alphabet =
        "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";
    const std::string id_;
    bool given_ = false;
};

constexpr std::array<std::string_view, 3> member_params{"team_id", "user_id", "role"};
constexpr db::Statement set_role{
    "test.set_role", "update idn.members set role = $3 where team_id = $1 and user_id = $2",
    member_params, true, true};
constexpr std::array<std::string_view, 2> leaver_params{"team_id", "user_id"};
constexpr db::Statement remove_member{"test.remove_member",
                                      "delete from idn.members where team_id = $1 and user_id = $2",
                                      leaver_params, true, true};
constexpr std::array<std::string_view, 2> policy_params{"team_id", "demanded"};
constexpr db::Statement demand_2fa{"test.demand_2fa",
                                   "update app.teams set require_2fa = $2 where team_id = $1",
                                   policy_params, true, true};

TEST_F(ApiKeys, AKeyIsShownOnceAndDeadUntilAcknowledged) {
    const Answer made = ask_for(ada, {"servers:read"});
    ASSERT_EQ(made.status, 201) << made.body;
    EXPECT_EQ(made.headers.at("cache-control"), "no-store");
    const std::string key = text(made.json(), "key");
    const std::string path = team(ada) + "/api-keys/" + text(made.json(), "id");
    EXPECT_EQ(text(made.json(), "state"), "pending");
    EXPECT_TRUE(key.starts_with(text(made.json(), "prefix") + "_"));
    EXPECT_EQ(text(made.json(), "fingerprint").size(), 16u);
    EXPECT_EQ(servers(key), 401);
    EXPECT_EQ(house->call(ada, "GET", path).body.find(key.substr(26, 43)), std::string::npos);

    const Answer acknowledged = house->call(ada, "POST", path + "/ack");
    EXPECT_EQ(acknowledged.status, 200) << acknowledged.body;
    EXPECT_EQ(text(acknowledged.json(), "state"), "active");
    EXPECT_EQ(servers(key), 200);
    EXPECT_EQ(house->call(ada, "POST", path + "/ack").status, 409);
}

TEST_F(ApiKeys, OnlyWhoMadeItAcknowledges) {
    const Browser eve = house->sign_up("Eve Example", "eve@example.com", "Eve's");
    house->add_member(eve, ada.team, "admin");
    const std::string id = text(ask_for(ada, {"servers:read"}).json(), "id");
    EXPECT_EQ(house->call(eve, "POST", team(ada) + "/api-keys/" + id + "/ack").status, 403);
    EXPECT_EQ(house->call(eve, "DELETE", team(ada) + "/api-keys/" + id).status, 204);
    EXPECT_EQ(house->call(ada, "POST", team(ada) + "/api-keys/" + id + "/ack").status, 409);
}

TEST_F(ApiKeys, MakingOneTakesStepUp) {
    const Browser late = house->sign_up("Lea Example", "lea@example.com", "Lea's");
    EXPECT_EQ(ask_for(late, {"servers:read"}).status, 201);
    house->clock().advance(std::chrono::minutes(11));
    EXPECT_EQ(ask_for(late, {"servers:read"}).code(), "step_up_required");
}

TEST_F(ApiKeys, WrongSecretsCostNoVerifier) {
    const Made made = make(ada, {"servers:read"});
    const auto id = crypto::parse_api_key(made.key)->id;
    const std::uint64_t before = memory().verifications();
    for (int i = 0; i < 1000; ++i) {
        IdRandom random(id);
        const crypto::ApiKey wrong = crypto::make_api_key(random, "live");
        ASSERT_EQ(wrong.id, id);
        ASSERT_EQ(servers(std::string(wrong.text.reveal_text())), 401);
    }
    EXPECT_EQ(memory().verifications(), before);
    for (int i = 0; i < 100; ++i)
        EXPECT_EQ(servers(made.key), 200);
    EXPECT_EQ(memory().verifications(), before + 1);
}

TEST_F(ApiKeys, WhatIsNoKeyIsNobody) {
    const Made made = make(ada, {"servers:read"});
    SystemRandom random;
    const std::string stranger(crypto::make_api_key(random, "live").text.reveal_text());
    const Answer nobody = house->call(Browser{}, "GET", team(ada) + "/servers");
    for (const std::string& wrong :
         {std::string("atl_live_"), made.key + "0", made.key.substr(0, 75), stranger,
          "sha_" + made.key.substr(4), std::string("null"), std::string("' or 1=1 --")}) {
        const Answer answer = with(wrong, "GET", team(ada) + "/servers");
        EXPECT_EQ(answer.status, 401) << wrong;
        EXPECT_EQ(answer.body_without_id(), nobody.body_without_id()) << wrong;
    }
    for (const std::string& header : {"Basic " + made.key, made.key, std::string("Bearer")})
        EXPECT_EQ(
            house->call(Browser{}, "GET", team(ada) + "/servers", "", {{"authorization", header}})
                .status,
            401);
}

TEST_F(ApiKeys, ARevokedKeyStopsAtOnce) {
    const Made made = make(ada, {"servers:read"});
    EXPECT_EQ(servers(made.key), 200);
    EXPECT_EQ(house->call(ada, "DELETE", made.path).status, 204);
    EXPECT_EQ(servers(made.key), 401);
    EXPECT_EQ(state(made), "revoked");
    EXPECT_EQ(house->call(ada, "DELETE", made.path).status, 409);
    EXPECT_EQ(house->call(ada, "PATCH", made.path, R"({"name":"again"})").status, 409);
    db::ScriptSession session(pgtest::server_dsn(), house->database(), "atalaya_super");
    EXPECT_EQ(session.value("select count(*) from app.api_keys where state = 'revoked' "
                            "and verifier is not null"),
              "0");
}

TEST_F(ApiKeys, AnExpiredKeyStopsByItself) {
    const Time soon = house->clock().now() + std::chrono::minutes(5);
    const Made made = make(ada, {"servers:read"}, {{}, {}, to_rfc3339(soon)});
    EXPECT_EQ(servers(made.key), 200);
    house->clock().advance(std::chrono::minutes(6));
    EXPECT_EQ(servers(made.key), 401);
    EXPECT_EQ(state(made), "expired");
    const Wish past{{}, {}, to_rfc3339(soon)};
    EXPECT_EQ(ask_for(ada, {"servers:read"}, past).status, 422);
}

TEST_F(ApiKeys, AKeyIsNeverStrongerThanItsMakerIsNow) {
    const Browser max = house->sign_up("Max Example", "max@example.com", "Max's");
    house->add_member(max, ada.team, "admin");
    Browser there = max;
    there.team = ada.team;
    const Made made = make(there, {"servers:read", "servers:write"});
    const std::string add = team(ada) + "/servers";
    EXPECT_EQ(with(made.key, "POST", add, R"({"name":"by key"})").status, 201);

    const db::Args member{{"team_id", ada.team}, {"user_id", max.user}, {"role", "viewer"}};
    change(set_role, member, max.user);
    EXPECT_EQ(with(made.key, "POST", add, R"({"name":"by key too"})").status, 403);
    EXPECT_EQ(servers(made.key), 200);

    change(remove_member, {{"team_id", ada.team}, {"user_id", max.user}}, max.user);
    EXPECT_EQ(servers(made.key), 401);
    EXPECT_EQ(state(made), "suspended");
    house->add_member(max, ada.team, "viewer");
    EXPECT_EQ(servers(made.key), 200);
}

TEST_F(ApiKeys, AnAccountThatIsShutTakesItsKeysAlong) {
    const Made made = make(ada, {"servers:read"});
    EXPECT_EQ(servers(made.key), 200);
    const auto set_disabled = [](const std::string& value) {
        db::ScriptSession(pgtest::server_dsn(), house->database(), "atalaya_super")
            .run("begin; alter table idn.users disable trigger audited; update idn.users set "
                 "disabled_at = " +
                 value + " where id = '" + to_string(ada.user) +
                 "'; alter table idn.users enable always trigger audited; commit");
        house->instance().services().identities.forget_user(ada.user);
    };
    set_disabled("now()");
    EXPECT_EQ(servers(made.key), 401);
    set_disabled("null");
    EXPECT_EQ(servers(made.key), 200);
}

TEST_F(ApiKeys, ATeamThatDemandsASecondFactorDemandsItOfTheMaker) {
    const Made made = make(ada, {"servers:read"});
    change(demand_2fa, {{"team_id", ada.team}, {"demanded", true}}, ada.user);
    EXPECT_EQ(with(made.key, "GET", team(ada) + "/servers").code(), "mfa_enrolment_required");
    db::ScriptSession(pgtest::server_dsn(), house->database(), "atalaya_super")
        .run("begin; alter table idn.totp disable trigger audited; insert into idn.totp "
             "(user_id, seed, confirmed_at) values ('" +
             to_string(ada.user) +
             "', '\\x00', now()); alter table idn.totp enable always trigger audited; commit");
    house->instance().services().identities.forget_user(ada.user);
    EXPECT_EQ(servers(made.key), 200);
    change(demand_2fa, {{"team_id", ada.team}, {"demanded", false}}, ada.user);
    EXPECT_EQ(servers(made.key), 200);
}

TEST_F(ApiKeys, ScopesOnlyGetFewer) {
    const Made made = make(ada, {"servers:read", "metrics:read"});
    EXPECT_EQ(
        house->call(ada, "PATCH", made.path, R"({"scopes":["servers:read","audit:read"]})").status,
        422);
    EXPECT_EQ(house->call(ada, "PATCH", made.path, R"({"scopes":["metrics:read"]})").status, 200);
    EXPECT_EQ(servers(made.key), 403);
    EXPECT_EQ(house->call(ada, "PATCH", made.path, R"({"ip_allow":["198.51.100.1"]})").status, 200);
    EXPECT_EQ(text(house->call(ada, "GET", made.path).json(), "name"), "a key");
}

TEST_F(ApiKeys, WhatAKeyDoesIsOnTheRecordUnderItsName) {
    const Made made = make(ada, {"servers:write", "servers:read"});
    EXPECT_EQ(with(made.key, "POST", team(ada) + "/servers", R"({"name":"recorded"})").status, 201);
    const Json newest =
        house->call(ada, "GET", team(ada) + "/audit/events?action=server.create").json();
    const Json& event = newest.find("data")->if_array()->front();
    EXPECT_EQ(text(*event.find("actor"), "kind"), "key");
    EXPECT_EQ(text(*event.find("actor"), "id"), made.id);
    EXPECT_EQ(text(*event.find("actor"), "name"), "a key");
}

TEST_F(ApiKeys, TheLastUseIsNoted) {
    const Made made = make(ada, {"servers:read"});
    EXPECT_EQ(from("198.51.100.77", made.key).status, 200);
    Json seen;
    for (int i = 0; i < 500; ++i) {
        seen = house->call(ada, "GET", made.path).json();
        if (!text(seen, "last_used_at").empty())
            break;
        std::this_thread::sleep_for(std::chrono::milliseconds(20));
    }
    EXPECT_EQ(text(seen, "last_used_ip"), "198.51.100.77");
}

bool file_holds(const std::filesystem::path& path, std::string_view needle) {
    std::ifstream in(path, std::ios::binary);
    const std::string content(std::istreambuf_iterator<char>(in), {});
    return content.find(needle) != std::string::npos;
}

TEST_F(ApiKeys, TheKeyItselfIsNowhere) {
    testing::internal::CaptureStderr();
    const Made made = make(ada, {"servers:read", "servers:write", "audit:read"});
    const std::string secret = made.key.substr(26, 43);
    with(made.key, "POST", team(ada) + "/servers", R"({"name":"seen"})",
         {{"idempotency-key", "once"}});
    with(made.key, "GET", team(bob) + "/servers");
    std::string shown;
    for (const char* path :
         {"/api-keys", "/api-keys?format=csv", "/audit/events", "/audit/events?format=csv"})
        shown += house->call(ada, "GET", team(ada) + path).body;
    shown += house->call(ada, "DELETE", made.path).body;
    with(made.key, "GET", team(ada) + "/servers");
    EXPECT_NE(shown.find(made.key.substr(0, 25)), std::string::npos);
    EXPECT_EQ(shown.find(secret), std::string::npos);
    EXPECT_EQ(testing::internal::GetCapturedStderr().find(secret), std::string::npos);

    db::ScriptSession session(pgtest::server_dsn(), house->database(), "atalaya_super");
    session.run("checkpoint");
    bool found_id = false;
    for (const auto& entry :
         std::filesystem::recursive_directory_iterator(pgtest::data_directory())) {
        if (!entry.is_regular_file())
            continue;
        EXPECT_FALSE(file_holds(entry.path(), secret)) << entry.path();
        found_id = found_id || file_holds(entry.path(), made.key.substr(9, 16));
    }
    EXPECT_TRUE(found_id) << "the search would not find anything";
}

} // namespace
} // namespace atalaya::apitest
