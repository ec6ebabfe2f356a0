// What an event says is erased by an owner; people are erased by themselves and by operators. The
// record goes on verifying, and nothing else of them is left.
#include "api/team_test.hpp"
#include "base/text.hpp"
#include "modules/outbox/body.hpp"

namespace atalaya::apitest {
namespace {

class Erasures : public TeamTest {
  protected:
    std::string seq_of(const std::string& action) {
        const auto found = events(action);
        return found.empty() ? "0" : std::to_string(*found.front().find("seq")->if_integer());
    }
    Json event(const std::string& seq) { return call(ada, "GET", "/audit/events/" + seq).json(); }
    Answer erase(const Browser& browser, const std::string& seq, const std::string& what) {
        return call(browser, "POST", "/audit/events/" + seq + "/erasure",
                    body({{"body", what}, {"basis", "objection"}, {"note", "by a letter"}}));
    }
    std::size_t count(const std::string& query) {
        const Json page =
            call(ada, "GET", "/audit/events?limit=500&q=" + percent_encode(query)).json();
        return page.find("data")->if_array()->size();
    }
    Json verified() {
        const Json report = call(ada, "POST", "/audit/verify").json();
        EXPECT_TRUE(*report.find("ok")->if_bool()) << shape::write_json(report);
        return report;
    }
    /// Belongs to ada's team, and owns no team alone.
    Browser free_member(const std::string& name, const std::string& role) {
        const Browser browser = member(name, role);
        house->add_member(ada, browser.team, "owner");
        return browser;
    }
    static Json await_receipt(const std::string& id) {
        const auto deadline = std::chrono::steady_clock::now() + std::chrono::minutes(5);
        for (;;) {
            const Answer answer = house->call(Browser{}, "GET", "/api/v1/erasures/" + id);
            EXPECT_EQ(answer.status, 200) << answer.body;
            if (answer.status != 200 || text(answer.json(), "state") == "done")
                return answer.json();
            if (std::chrono::steady_clock::now() > deadline) {
                ADD_FAILURE() << answer.body;
                return answer.json();
            }
            std::this_thread::sleep_for(std::chrono::milliseconds(20));
        }
    }
    static std::string rows(const std::string& table, const std::string& where) {
        return database().value("select count(*) from " + table + " where " + where).value();
    }
    static std::string quoted(const Browser& browser) {
        return "'" + to_string(browser.user) + "'";
    }
    /// Bodies in any chain that are closed with the person's key.
    static std::string bodies_of(const Browser& browser) {
        return rows("aud.payloads",
                    "substr(sealed, 1, 17) = '\\x03'::bytea || uuid_send(" + quoted(browser) + ")");
    }
};

TEST_F(Erasures, AnEventKeepsItsHeaderAndLosesWhatItSaid) {
    ASSERT_EQ(call(ada, "POST", "/servers", body({{"name", "marked-door"}})).status, 201);
    const std::string seq = seq_of("server.create");
    const Browser bob = member("bob", "admin");
    EXPECT_EQ(erase(bob, seq, "both").status, 403);
    const Json before = event(seq);
    EXPECT_EQ(count("marked"), 1u);

    ASSERT_EQ(erase(ada, seq, "what").status, 204);
    const std::string tombstone = seq_of("audit.tombstone");
    Json after = event(seq);
    EXPECT_EQ(count("marked"), 0u);
    EXPECT_EQ(*after.find("event")->find("erased")->if_bool(), true);
    EXPECT_EQ(std::to_string(*after.find("event")->find("what_erased_by")->if_integer()),
              tombstone);
    EXPECT_TRUE(after.find("event")->find("who_erased_by")->is_null());
    EXPECT_EQ(text(*after.find("event")->find("actor"), "name"), "ada Example");
    EXPECT_EQ(text(*after.find("proof"), "row_hash"), text(*before.find("proof"), "row_hash"));
    EXPECT_EQ(text(*after.find("proof"), "header"), text(*before.find("proof"), "header"));
    EXPECT_TRUE(after.find("proof")->find("body")->if_array()->at(1).is_null());
    const std::string said = shape::write_json(event(tombstone));
    for (const std::string& word :
         {std::string("objection"), std::string("by a letter"), "\"" + seq + "\""})
        EXPECT_NE(said.find(word), std::string::npos) << said;

    // The other body too; then there is nothing left to erase, and a tombstone stays.
    ASSERT_EQ(erase(ada, seq, "both").status, 204);
    EXPECT_EQ(text(*event(seq).find("event")->find("actor"), "name"), "");
    EXPECT_EQ(erase(ada, seq, "who").code(), "conflict");
    EXPECT_EQ(erase(ada, tombstone, "what").code(), "conflict");
    EXPECT_EQ(erase(ada, "999999", "both").status, 404);
    EXPECT_EQ(*verified().find("erased")->if_integer(), 2);
    const Answer exported = call(ada, "GET", "/audit/events?format=csv");
    EXPECT_EQ(exported.body.find("marked-door"), std::string::npos);
}

TEST_F(Erasures, AsksWhoeverErasesToBePresent) {
    house->clock().advance(std::chrono::minutes(11));
    EXPECT_EQ(erase(ada, "1", "both").code(), "step_up_required");
    EXPECT_EQ(house->call(ada, "DELETE", "/api/v1/me").code(), "step_up_required");
}

TEST_F(Erasures, TheLastOwnerOfATeamStays) {
    const Browser bob = person("bob");
    const Answer refused = house->call(bob, "DELETE", "/api/v1/me");
    EXPECT_EQ(refused.code(), "conflict");
    EXPECT_NE(refused.body.find("last owner of 1 team"), std::string::npos) << refused.body;
    EXPECT_EQ(house->call(bob, "GET", "/api/v1/me").status, 200);
    EXPECT_EQ(rows("idn.erasures", "person = " + quoted(bob)), "0");
    EXPECT_EQ(rows("idn.members", "user_id = " + quoted(bob)), "1");
}

TEST_F(Erasures, APersonGoesAndTheRecordHolds) {
    const std::string address_of_bob = address("bob");
    invite(address_of_bob, "viewer"); // under the team's key: the address of somebody invited
    const Browser bob = free_member("bob", "admin");
    ASSERT_EQ(call(bob, "POST", "/servers", body({{"name", "made by bob Example"}})).status, 201);
    ASSERT_EQ(call(bob, "POST", "/servers", body({{"name", "left alone"}})).status, 201);
    ASSERT_EQ(
        call(bob, "POST", "/api-keys", R"({"name":"k","env":"live","scopes":["servers:read"]})")
            .status,
        201);
    EXPECT_NE(bodies_of(bob), "0");
    EXPECT_GE(count(address_of_bob), 1u);
    keyring::Keyring& keys = house->instance().services().keyring;
    EXPECT_TRUE(keys.has_key(bob.user));

    const Answer begun = house->call(bob, "DELETE", "/api/v1/me");
    ASSERT_EQ(begun.status, 200) << begun.body;
    EXPECT_EQ(house->call(bob, "GET", "/api/v1/me").status, 401);
    const Json receipt = await_receipt(text(begun.json(), "id"));
    EXPECT_GE(*receipt.find("bodies")->if_integer(), 4);
    EXPECT_EQ(shape::write_json(receipt).find(to_string(bob.user)), std::string::npos);

    EXPECT_FALSE(keys.has_key(bob.user));
    EXPECT_EQ(bodies_of(bob), "0");
    for (const char* table :
         {"idn.passwords", "idn.sessions", "idn.members", "app.sso_identities", "idn.break_glass"})
        EXPECT_EQ(rows(table, "user_id = " + quoted(bob)), "0") << table;
    EXPECT_EQ(rows("idn.users", "id = " + quoted(bob)), "0");
    EXPECT_EQ(rows("app.invitations", "team_id = '" + to_string(ada.team) + "'"), "0");
    EXPECT_EQ(count(address_of_bob), 0u);
    EXPECT_EQ(count("\"bob example\""), 0u);
    EXPECT_EQ(count("\"left alone\""), 1u) << "what names nobody stays";
    EXPECT_GT(*verified().find("erased")->if_integer(), 0);
    const Json members = call(ada, "GET", "/members").json();
    EXPECT_EQ(members.find("data")->if_array()->size(), 1u);
    EXPECT_EQ(person("bob").user == bob.user, false) << "the address is free again";
}

TEST_F(Erasures, WhatElseNamesAPersonGoesToo) {
    const Browser bob = free_member("bob", "member");
    const Browser eve = person("eve"); // has a team that bob does not belong to (any more)
    std::string sql = "begin; alter table app.sso_identities disable trigger audited; "
                      "alter table idn.break_glass disable trigger audited;";
    for (const TeamId& place : {ada.team, eve.team, platform_team})
        sql += "insert into app.sso_identities values ('" + to_string(place) +
               "', sha256(uuid_send('" + to_string(bob.user) + "')), " + quoted(bob) + ");";
    sql += "insert into idn.break_glass select '" + to_string(eve.team) + "', gen_random_uuid(), " +
           quoted(bob) +
           ", now(), now(), null, body from app.teams "
           "where team_id = '" +
           to_string(eve.team) +
           "';"
           "alter table app.sso_identities enable always trigger audited; "
           "alter table idn.break_glass enable always trigger audited; commit";
    database().run(sql);
    api::Incoming incoming;
    api::SlowCall slow(house->instance().services(), incoming);
    slow.transact({}, {}, [&](api::Call& inner) {
        for (const std::string& to : {address("bob"), address("eve")}) {
            mail::Message message;
            message.to = to;
            message.subject = "A subject";
            message.text = "A text";
            message.html = "<p>A text</p>";
            outbox::insert_message(inner.tx, inner.services.keyring,
                                   {inner.services.random.uuid(), inner.services.clock.now()},
                                   message);
        }
    });
    EXPECT_EQ(rows("app.sso_identities", "user_id = " + quoted(bob)), "3");
    EXPECT_EQ(rows("idn.break_glass", "user_id = " + quoted(bob)), "1");
    const std::string mails = rows("idn.outbox", "state = 'queued'");

    await_receipt(text(house->call(bob, "DELETE", "/api/v1/me").json(), "id"));
    EXPECT_EQ(rows("app.sso_identities", "user_id = " + quoted(bob)), "0");
    EXPECT_EQ(rows("idn.break_glass", "user_id = " + quoted(bob)), "0");
    EXPECT_EQ(rows("aud.events", "action = 'person.forget' and team_id in ('" +
                                     to_string(ada.team) + "', '" + to_string(eve.team) + "')"),
              "2");
    EXPECT_EQ(rows("idn.outbox", "state = 'queued'"),
              std::to_string(parse_integer(mails).value() - 1));
}

TEST_F(Erasures, AnOperatorErasesAndNobodyTurnsBack) {
    const Browser op = person("op");
    house->make_operator(op);
    const Browser bob = free_member("bob", "member");
    const std::string users = "/api/v1/admin/users/";
    const std::string grounds = body({{"basis", "unlawful"}, {"note", "case 7"}});
    EXPECT_EQ(house->call(op, "POST", users + to_string(op.user) + "/erasure", grounds).code(),
              "conflict");
    db::ScriptSession other = database();
    other.run("begin; lock table idn.erasure_chains in exclusive mode");
    const Answer begun = house->call(op, "POST", users + to_string(bob.user) + "/erasure", grounds);
    ASSERT_EQ(begun.status, 201) << begun.body;
    EXPECT_EQ(house->call(op, "POST", users + to_string(bob.user) + "/enable").status, 404);
    EXPECT_EQ(house->call(op, "POST", users + to_string(bob.user) + "/erasure", grounds).code(),
              "conflict");
    other.run("commit");
    await_receipt(text(begun.json(), "id"));
    EXPECT_EQ(house->call(op, "POST", users + to_string(bob.user) + "/erasure", grounds).status,
              404);
    EXPECT_EQ(house->call(Browser{}, "GET", "/api/v1/erasures/" + to_string(bob.user)).status, 404);
}

/// As if the person had done so much in ada's team.
void act_often(House& house, const Browser& person, TeamId team, int count) {
    api::Incoming incoming;
    incoming.caller.kind = access::CallerKind::user;
    incoming.caller.user = person.user;
    incoming.caller.name = "bob Example";
    incoming.caller.address = "203.0.113.45";
    api::SlowCall call(house.instance().services(), incoming);
    for (int done = 0; done < count; done += 100) {
        call.transact({team, person.user}, {team}, [&](api::Call& inner) {
            for (int i = 0; i < 100; ++i)
                inner.record("gadget.look", "gadget", {}, {});
        });
    }
}

TEST_F(Erasures, ManyEventsGoInBatchesWithOneTombstoneEach) {
    constexpr int count = 4200;
    const Browser bob = free_member("bob", "member");
    act_often(*house, bob, ada.team, count);
    const auto start = std::chrono::steady_clock::now();
    const Answer begun = house->call(bob, "DELETE", "/api/v1/me");
    ASSERT_EQ(begun.status, 200) << begun.body;
    const Json receipt = await_receipt(text(begun.json(), "id"));
    const auto took = std::chrono::duration_cast<std::chrono::milliseconds>(
        std::chrono::steady_clock::now() - start);
    RecordProperty("milliseconds", std::to_string(took.count()));
    std::size_t tombstones = 0;
    for (const Json& chain : *receipt.find("chains")->if_array()) {
        if (text(chain, "chain") == to_string(ada.team))
            tombstones = chain.find("tombstones")->if_array()->size();
    }
    EXPECT_GE(tombstones, 2u);
    EXPECT_LE(tombstones, 4u);
    EXPECT_EQ(bodies_of(bob), "0");
    EXPECT_GE(*verified().find("erased")->if_integer(), count);
}

} // namespace
} // namespace atalaya::apitest
