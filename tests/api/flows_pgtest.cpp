// What a person does, from the set-up link to the last log-out, and what stands on the record
// afterwards.
#include "api/house.hpp"
#include "base/text.hpp"
#include "crypto/hash.hpp"
#include "db/script_session.hpp"
#include "server/modules.hpp"
#include "wire/frame.hpp"

#include <fstream>
#include <gtest/gtest.h>
#include <thread>

namespace atalaya::apitest {
namespace {

using shape::Json;

class Flows : public testing::Test {
  protected:
    static void SetUpTestSuite() {
        house = std::make_unique<House>();
        ada = house->sign_up("Ada Example", "ada@example.com", "Harbour");
    }
    static void TearDownTestSuite() { house.reset(); }
    static Answer log_in(const std::string& email, const std::string& password,
                         const std::string& address) {
        net::Request request;
        request.method = "POST";
        request.path = "/api/v1/login";
        request.headers = {{"content-type", "application/json"}};
        request.body =
            shape::write_json(shape::json_object({{"email", email}, {"password", password}}));
        request.peer = address;
        return house->call(std::move(request));
    }
    static std::unique_ptr<House> house;
    static Browser ada;
};
std::unique_ptr<House> Flows::house;
Browser Flows::ada;

TEST_F(Flows, TheSetUpLinkWorksOnce) {
    EXPECT_EQ(house->instance().set_up_link(), "");
    const Json instance = house->call(Browser{}, "GET", "/api/v1/meta/instance").json();
    EXPECT_EQ(*instance.find("needs_setup")->if_bool(), false);
}

TEST_F(Flows, LoggingInGivesTheSameAnswerForUnknownAndWrong) {
    const Answer wrong = log_in("ada@example.com", "not the password", "192.0.2.20");
    const Answer unknown = log_in("nobody@example.com", "not the password", "192.0.2.21");
    EXPECT_EQ(wrong.status, 401);
    EXPECT_EQ(wrong.body_without_id(), unknown.body_without_id());
    EXPECT_FALSE(wrong.headers.contains("set-cookie"));
    const Answer right = log_in(" ADA@example.com ", "seven green bicycles", "192.0.2.22");
    EXPECT_EQ(right.status, 200);
    const std::string& cookie = right.headers.at("set-cookie");
    EXPECT_TRUE(cookie.starts_with("__Host-atalaya_session="));
    EXPECT_TRUE(cookie.ends_with("; Path=/; Secure; HttpOnly; SameSite=Lax")) << cookie;
}

TEST_F(Flows, GuessingIsSlowedDown) {
    int refused = 0;
    for (int i = 0; i < 8; ++i) {
        const Answer answer =
            log_in("guessed@example.com", "guess " + std::to_string(i), "192.0.2.30");
        if (answer.status == 429) {
            ++refused;
            EXPECT_FALSE(answer.headers.at("retry-after").empty());
        }
    }
    EXPECT_GE(refused, 1);
}

TEST_F(Flows, WhoHoldsANetworkOfAddressesIsOneGuesser) {
    const auto refused = [](const std::string& network, const std::string& account) {
        int count = 0;
        for (int i = 0; i < 8; ++i) {
            const std::string number = std::to_string(i);
            const Answer answer =
                log_in(account + number + "@example.com", "a wrong guess", network + "::" + number);
            count += answer.status == 429 ? 1 : 0;
        }
        return count;
    };
    EXPECT_GE(refused("2001:db8:0:1", "one"), 1);
    EXPECT_EQ(log_in("two@example.com", "a wrong guess", "2001:db8:0:2::1").status, 401);
}

TEST_F(Flows, SessionsEndWhenToldTo) {
    const Answer answer = log_in("ada@example.com", "seven green bicycles", "192.0.2.40");
    Browser second;
    second.cookie = answer.headers.at("set-cookie");
    second.cookie.resize(second.cookie.find(';'));
    second.csrf = text(house->call(second, "GET", "/api/v1/me").json(), "csrf_token");
    EXPECT_NE(second.csrf, ada.csrf);
    const Json listed = house->call(second, "GET", "/api/v1/sessions?sort=-created_at").json();
    std::string own;
    for (const Json& session : *listed.find("data")->if_array()) {
        if (*session.find("current")->if_bool()) {
            own = text(session, "id");
            EXPECT_EQ(text(session, "ip"), "192.0.2.40");
        }
    }
    EXPECT_EQ(house->call(ada, "DELETE", "/api/v1/sessions/" + own).status, 204);
    EXPECT_EQ(house->call(second, "GET", "/api/v1/me").status, 401);
    EXPECT_EQ(house->call(ada, "GET", "/api/v1/me").status, 200);

    const Answer third = log_in("ada@example.com", "seven green bicycles", "192.0.2.40");
    second.adopt(third);
    second.csrf = text(house->call(second, "GET", "/api/v1/me").json(), "csrf_token");
    EXPECT_EQ(house->call(second, "POST", "/api/v1/logout").status, 204);
    EXPECT_EQ(house->call(second, "GET", "/api/v1/me").status, 401) << "who kept the cookie";
}

TEST_F(Flows, PasswordsFollowTheRules) {
    const Browser eve = house->sign_up("Eve Example", "eve@example.com", "Eve's");
    const auto change = [&](const std::string& current, const std::string& fresh) {
        return house->call(
            eve, "POST", "/api/v1/me/password",
            shape::write_json(shape::json_object({{"current", current}, {"new", fresh}})));
    };
    EXPECT_EQ(change("wrong", "another long phrase").status, 422);
    for (const char* bad :
         {"short", "123456789012", "eve@example.com", "Eve Example!!", "password1234"}) {
        const Answer answer = change("seven green bicycles", bad);
        EXPECT_EQ(answer.status, 422) << bad;
        EXPECT_NE(answer.body.find("\"/new\""), std::string::npos) << answer.body;
    }
    EXPECT_EQ(change("seven green bicycles", "another long phrase").status, 204);
    EXPECT_EQ(log_in("eve@example.com", "seven green bicycles", "192.0.2.50").status, 401);
    EXPECT_EQ(log_in("eve@example.com", "another long phrase", "192.0.2.51").status, 200);
}

TEST_F(Flows, AShorterPasswordWillDoBesideASecondFactor) {
    const Browser uma = house->sign_up("Uma Example", "uma@example.com", "Uma's");
    const auto change = [&] {
        return house
            ->call(uma, "POST", "/api/v1/me/password",
                   R"({"current":"seven green bicycles","new":"tQ7-vm2-xKpz"})")
            .status;
    };
    EXPECT_EQ(change(), 422) << "fifteen characters alone";
    db::ScriptSession(pgtest::server_dsn(), house->database(), "atalaya_super")
        .run("begin; alter table idn.totp disable trigger audited; "
             "insert into idn.totp (user_id, seed, confirmed_at) values ('" +
             to_string(uma.user) +
             "', 'x', now()); alter table idn.totp enable always trigger audited; "
             "alter table idn.sessions disable trigger audited; "
             "update idn.sessions set second_factor = true where user_id = '" +
             to_string(uma.user) +
             "'; alter table idn.sessions enable always trigger audited; commit");
    house->instance().services().identities.forget_user(uma.user);
    EXPECT_EQ(change(), 204) << "twelve with a second factor";
}

TEST_F(Flows, NeitherTeamNorSiteIsAPassword) {
    const Browser vic = house->sign_up("Vic Example", "vic@example.com", "Northern Harbour");
    for (const char* fresh : {"northern-harbour-1", "house.example/house"}) {
        const Answer answer =
            house->call(vic, "POST", "/api/v1/me/password",
                        shape::write_json(shape::json_object(
                            {{"current", "seven green bicycles"}, {"new", fresh}})));
        EXPECT_NE(answer.body.find("too_similar"), std::string::npos) << fresh << answer.body;
    }
}

TEST_F(Flows, AServerLivesAndEveryStepIsOnTheRecord) {
    const std::string servers = base(ada) + "/servers";
    const Answer created = house->call(ada, "POST", servers, R"({"name":"web-01","note":"front"})");
    ASSERT_EQ(created.status, 201) << created.body;
    EXPECT_TRUE(text(created.json(), "agent_token").starts_with("sha_"));
    EXPECT_TRUE(created.headers.contains("audit-receipt"));
    EXPECT_EQ(created.headers.at("etag"), "\"1\"");
    const std::string one = servers + "/" + text(created.json(), "id");

    EXPECT_EQ(house->call(ada, "POST", servers, R"({"name":"WEB-01"})").code(), "name_taken");
    EXPECT_EQ(
        house->call(ada, "PATCH", one, R"({"name":"web-02"})", {{"if-match", "\"7\""}}).status,
        412);
    const Answer renamed =
        house->call(ada, "PATCH", one, R"({"name":"web-02"})", {{"if-match", "\"1\""}});
    EXPECT_EQ(renamed.status, 200) << renamed.body;
    EXPECT_EQ(text(renamed.json(), "name"), "web-02");
    EXPECT_EQ(text(renamed.json(), "note"), "front");
    EXPECT_EQ(renamed.headers.at("etag"), "\"2\"");

    const Answer events = house->call(ada, "GET", base(ada) + "/audit/events?action=server.*");
    const Json newest = events.json().find("data")->if_array()->front();
    EXPECT_EQ(text(newest, "action"), "server.update");
    EXPECT_EQ(text(newest, "resource_name"), "web-02");
    EXPECT_EQ(shape::write_json(*newest.find("changes")),
              R"([{"field":"name","before":"web-01","after":"web-02"}])");
    EXPECT_EQ(text(*newest.find("actor"), "name"), "Ada Example");
    EXPECT_EQ(text(newest, "ip"), "192.0.2.7");
    const std::string receipt = renamed.headers.at("audit-receipt");
    EXPECT_TRUE(receipt.ends_with(text(newest, "row_hash"))) << receipt;

    EXPECT_EQ(house->call(ada, "POST", one + "/token").status, 200);
    EXPECT_EQ(house->call(ada, "DELETE", one + "/token").status, 204);
    EXPECT_EQ(house->call(ada, "DELETE", one + "/token").status, 404);
    EXPECT_EQ(house->call(ada, "DELETE", one).status, 204);
    EXPECT_EQ(house->call(ada, "GET", one).status, 404);

    const Json verified = house->call(ada, "POST", base(ada) + "/audit/verify").json();
    EXPECT_TRUE(*verified.find("ok")->if_bool()) << shape::write_json(verified);
    const Json head = house->call(ada, "GET", base(ada) + "/audit/head").json();
    EXPECT_EQ(*head.find("last_verified")->find("ok")->if_bool(), true);
}

TEST_F(Flows, ARequestSentTwiceActsOnce) {
    const std::string servers = base(ada) + "/servers";
    const net::Header key{"idempotency-key", "a-key"};
    const Answer first = house->call(ada, "POST", servers, R"({"name":"once"})", {key});
    EXPECT_EQ(first.status, 201);
    const Answer again = house->call(ada, "POST", servers, R"({"name":"once"})", {key});
    EXPECT_EQ(again.status, 409);
    EXPECT_EQ(again.body.find("sha_"), std::string::npos);
    EXPECT_EQ(house->call(ada, "POST", servers, R"({"name":"other"})", {key}).code(),
              "idempotency_mismatch");

    const std::string one = servers + "/" + text(first.json(), "id");
    const net::Header rename{"idempotency-key", "rename"};
    const Answer renamed = house->call(ada, "PATCH", one, R"({"name":"twice"})", {rename});
    const Answer replayed = house->call(ada, "PATCH", one, R"({"name":"twice"})", {rename});
    EXPECT_EQ(renamed.body, replayed.body);
    EXPECT_EQ(replayed.headers.at("idempotency-replayed"), "true");
    EXPECT_FALSE(replayed.headers.contains("audit-receipt"));
}

TEST_F(Flows, ListsPageSortFilterAndExport) {
    const Browser lister = house->sign_up("Lin Example", "lin@example.com", "Lists");
    const std::string servers = base(lister) + "/servers";
    for (const char* name : {"delta", "Alpha", "charlie", "=bravo"})
        house->call(lister, "POST", servers,
                    shape::write_json(shape::json_object({{"name", name}})));
    std::string seen;
    std::string cursor;
    do {
        const Json page = house->call(lister, "GET", servers + "?limit=1" + cursor).json();
        for (const Json& server : *page.find("data")->if_array())
            seen += text(server, "name") + " ";
        cursor = text(page, "next").empty() ? "" : "&cursor=" + text(page, "next");
    } while (!cursor.empty());
    EXPECT_EQ(seen, "=bravo Alpha charlie delta ");
    const auto names = [&](const std::string& query) {
        std::string out;
        const Json page = house->call(lister, "GET", servers + query).json();
        for (const Json& server : *page.find("data")->if_array())
            out += text(server, "name") + " ";
        return out;
    };
    EXPECT_EQ(names("?sort=-name&limit=2"), "delta charlie ");
    EXPECT_EQ(names("?q=LPH"), "Alpha ");
    EXPECT_EQ(names("?status=up"), "");
    EXPECT_EQ(house->call(lister, "GET", servers + "?nonsense=1").status, 422);
    EXPECT_EQ(house->call(lister, "GET", servers + "?cursor=xyz").status, 422);
    EXPECT_EQ(house->call(lister, "GET", servers + "?limit=501").status, 422);
    const Answer csv = house->call(lister, "GET", servers + "?format=csv");
    EXPECT_TRUE(csv.headers.at("content-type").starts_with("text/csv"));
    EXPECT_NE(csv.body.find("\"'=bravo\""), std::string::npos) << csv.body;
}

TEST_F(Flows, AnAgentReportsAndItsMetricsAreReadBack) {
    const std::string servers = base(ada) + "/servers";
    const Json created = house->call(ada, "POST", servers, R"({"name":"reporting"})").json();
    const std::string one = servers + "/" + text(created, "id");
    const net::Header token{"authorization", "Bearer " + text(created, "agent_token")};
    const auto push = [&](std::uint64_t seq, bool with_table) {
        wire::Push frame;
        frame.stream = 7;
        frame.seq = seq;
        const wire::SeriesTable table{{"cpu_percent", {{"mode", "idle"}}, wire::Unit::percent}};
        frame.table = wire::table_id(crypto::sha256(wire::encode_table(table)));
        frame.series_count = 1;
        const auto now = SystemClock().now().us / 1000;
        frame.times_ms = {now - 1000 + static_cast<std::int64_t>(seq)};
        frame.values = {75.0};
        if (with_table) {
            frame.series = table;
            frame.facts = wire::HostFacts{};
            frame.facts->hostname = "reporting-host";
        }
        net::Request request;
        request.method = "POST";
        request.path = "/agent/v1/push";
        request.headers = {{"content-type", std::string(wire::push_content_type)}, token};
        request.body = as_text(wire::encode_push(frame));
        request.peer = "192.0.2.60";
        return house->call(std::move(request));
    };
    EXPECT_EQ(push(1, false).code(), "series_unknown");
    EXPECT_EQ(push(1, true).status, 200);
    EXPECT_EQ(push(1, true).status, 200);
    EXPECT_EQ(push(2, false).status, 200);
    const Json server = house->call(ada, "GET", one).json();
    EXPECT_EQ(text(server, "status"), "up");
    EXPECT_EQ(text(*server.find("facts"), "hostname"), "reporting-host");
    EXPECT_EQ(*server.find("usage")->find("cpu_percent")->if_integer(), 25);
    const Answer series = house->call(ada, "GET", one + "/series?name=cpu_percent");
    EXPECT_NE(series.body.find(R"("labels":{"mode":"idle"})"), std::string::npos) << series.body;
    EXPECT_NE(series.body.find("75"), std::string::npos) << series.body;
    const Answer record =
        house->call(ada, "GET", base(ada) + "/audit/events?action=server.first_report");
    EXPECT_NE(record.body.find(text(created, "id")), std::string::npos);
    EXPECT_EQ(house->call(ada, "DELETE", one + "/token").status, 204);
    EXPECT_EQ(push(3, false).status, 401);
}

TEST_F(Flows, TheTimeOfLastUseIsNotedOnceAMinute) {
    const auto last_used = [&] {
        const Json sessions = house->call(ada, "GET", "/api/v1/sessions?limit=1").json();
        return text(sessions.find("data")->if_array()->front(), "last_used_at");
    };
    const std::string before = last_used();
    EXPECT_EQ(last_used(), before);
    house->clock().advance(std::chrono::minutes(2));
    EXPECT_GT(last_used(), before);
}

TEST_F(Flows, JobsForgetWhatHasEnded) {
    db::ScriptSession database(pgtest::server_dsn(), house->database(), "atalaya_super");
    database.run(
        "begin; set session_replication_role = replica; "
        "alter table idn.sessions disable trigger audited; "
        "insert into idn.sessions (id, user_id, token_hash, created_at, expires_at, assured_at, "
        "remembered, second_factor, body) "
        "select gen_random_uuid(), id, sha256(id::text::bytea), now() - interval '2 days', "
        "now() - interval '1 day', now(), false, false, '' from idn.users limit 1; "
        "alter table idn.sessions enable always trigger audited; commit");
    house->instance().run_jobs();
    EXPECT_EQ(database.value("select count(*) from idn.sessions where expires_at < now()"), "0");
    EXPECT_EQ(database.value("select count(*) from aud.events where action = 'session.expire'"),
              "1");
}

TEST_F(Flows, TheOwnProfileIsCorrected) {
    const Answer renamed = house->call(ada, "PATCH", "/api/v1/me", R"({"name":"Ada B. Example"})");
    EXPECT_EQ(text(renamed.json(), "name"), "Ada B. Example");
    EXPECT_EQ(house->call(ada, "PATCH", base(ada), R"({"name":"Harbour two"})").status, 200);
    const Answer me = house->call(ada, "GET", "/api/v1/me");
    EXPECT_NE(me.body.find("Harbour two"), std::string::npos);
    const Answer members = house->call(ada, "GET", base(ada) + "/members");
    EXPECT_NE(members.body.find("Ada B. Example"), std::string::npos) << members.body;
    EXPECT_EQ(house->call(Browser{}, "GET", "/api/v1/openapi.json").json().find("openapi") !=
                  nullptr,
              true);
}

TEST_F(Flows, WhatIdentifiesPeopleIsNowhereInPlainText) {
    const std::string planted = "zqxplanted";
    const Browser person =
        house->sign_up(planted + " person", planted + "@example.com", planted + " team");
    house->call(person, "POST", base(person) + "/servers",
                R"({"name":"zqxplanted-host","note":"zqxplanted note"})");
    pgtest::TestDatabase flush;
    flush.as_superuser("checkpoint");
    int files = 0;
    // With the database's own log beside its data.
    const std::filesystem::path data = pgtest::data_directory().parent_path();
    for (const auto& entry : std::filesystem::recursive_directory_iterator(data)) {
        if (!entry.is_regular_file())
            continue;
        ++files;
        std::ifstream in(entry.path(), std::ios::binary);
        const std::string content(std::istreambuf_iterator<char>(in), {});
        EXPECT_EQ(content.find(planted), std::string::npos) << entry.path();
        EXPECT_EQ(content.find("192.0.2.7"), std::string::npos) << entry.path();
    }
    EXPECT_GT(files, 100);
}

} // namespace
} // namespace atalaya::apitest
