// Operators: invisible to everybody else, shutting accounts, and breaking glass on the record of
// the team. And what belongs to all teams and to none.
#include "api/team_test.hpp"
#include "base/problems.hpp"
#include "base/text.hpp"
#include "db/error.hpp"
#include "modules/operator_desk/operator_desk.hpp"
#include "operator_desk_sql.hpp"

namespace atalaya::apitest {
namespace {

constexpr const char* reason = "Asked for by its owner";

class Operators : public TeamTest {
  protected:
    void SetUp() override {
        TeamTest::SetUp();
        op = person("op");
        house->make_operator(op);
    }
    static Answer admin(const Browser& browser, const std::string& method, const std::string& path,
                        const std::string& sent = "", std::vector<net::Header> headers = {}) {
        return house->call(browser, method, "/api/v1/admin" + path, sent, std::move(headers));
    }
    Answer break_glass(std::int64_t minutes = 30, const std::string& why = reason) {
        return admin(op, "POST", "/break-glass",
                     body({{"team", to_string(ada.team)}, {"reason", why}, {"minutes", minutes}}));
    }
    static Answer log_in(const std::string& email) {
        net::Request request;
        request.method = "POST";
        request.path = request.target = "/api/v1/login";
        request.headers = {{"content-type", "application/json"}};
        request.body = body({{"email", email}, {"password", "seven green bicycles"}});
        request.peer = "2001:db8:1:" + std::to_string(++logins) + "::1";
        return house->call(std::move(request));
    }

    Browser op;
    static inline int logins = 0;
};

std::map<std::string, std::string> headers_without_id(const Answer& answer) {
    auto headers = answer.headers;
    headers.erase("x-request-id");
    return headers;
}

TEST_F(Operators, ForEverybodyElseTheirPathsDoNotExist) {
    const Browser plain = person("plain");
    house->make_operator(plain, false);
    const Browser guessed{
        "__Host-atalaya_session=AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA", "x", {}, {}};
    Browser forged = ada;
    forged.csrf = "wrong";
    const std::vector<std::vector<net::Header>> manners{
        {},
        {{"sec-fetch-site", "cross-site"}},
        {{"authorization", "Bearer atl_live_0000000000000000_x_y"}},
        {{"idempotency-key", "a-key"}}};
    int seen = 0;
    for (const api::Router::Route& route : house->instance().router().routes()) {
        if (route.endpoint->audience != api::Audience::operator_only)
            continue;
        ++seen;
        std::string path;
        for (const std::string_view segment : split(std::string_view(route.path).substr(1), '/'))
            path += "/" + (segment.starts_with('{') ? to_string(op.user) : std::string(segment));
        for (const char* method : {"GET", "POST", "PATCH", "PUT", "DELETE", "OPTIONS"}) {
            for (const Browser& browser : {Browser{}, guessed, ada, forged, plain}) {
                for (const auto& manner : manners) {
                    const Answer answer = house->call(browser, method, path, "{}", manner);
                    const Answer unknown =
                        house->call(browser, method, "/api/v1/no/such/path", "{}", manner);
                    EXPECT_EQ(answer.status, 404) << method << " " << path;
                    EXPECT_EQ(answer.body_without_id(), unknown.body_without_id())
                        << method << " " << path;
                    EXPECT_EQ(headers_without_id(answer), headers_without_id(unknown))
                        << method << " " << path;
                }
            }
        }
        EXPECT_EQ(house->call(op, "PATCH", path, "{}").status, 404) << path;
    }
    EXPECT_EQ(seen, 13);
    EXPECT_EQ(admin(op, "GET", "/teams").status, 200);
    forged = op;
    forged.csrf = "wrong";
    EXPECT_EQ(admin(forged, "POST", "/users/" + to_string(ada.user) + "/disable").code(),
              "csrf_failed");
    EXPECT_EQ(admin(op, "POST", "/users/" + to_string(ada.user) + "/disable", "",
                    {{"sec-fetch-site", "cross-site"}})
                  .code(),
              "csrf_failed");
}

TEST_F(Operators, SeeTeamsAsNumbersAndAccountsByName) {
    call(ada, "POST", "/servers", R"({"name":"web-01"})");
    const Answer teams = admin(op, "GET", "/teams?limit=500");
    bool found = false;
    const Json listed = teams.json();
    for (const Json& one : *listed.find("data")->if_array()) {
        if (text(one, "id") != to_string(ada.team))
            continue;
        found = true;
        EXPECT_EQ(*one.find("members")->if_integer(), 1);
        EXPECT_EQ(*one.find("servers")->if_integer(), 1);
    }
    EXPECT_TRUE(found) << teams.body;
    EXPECT_EQ(teams.body.find("Ada"), std::string::npos) << teams.body;
    for (const Browser& browser : {op, ada}) {
        const Json me = house->call(browser, "GET", "/api/v1/me").json();
        EXPECT_EQ(*me.find("user")->find("is_operator")->if_bool(), browser.user == op.user);
    }
    const Answer users = admin(op, "GET", "/users?is_operator=true&q=" + address("op"));
    EXPECT_EQ(users.json().find("data")->if_array()->size(), 1u) << users.body;
    // The database asks again: another actor gets no list of teams.
    api::Incoming incoming;
    api::SlowCall slow(house->instance().services(), incoming);
    const auto count = [&](UserId actor) {
        return slow.transact({platform_team, actor}, {}, [](api::Call& inner) {
            return inner.tx.query(sql::operator_desk::list_teams).size();
        });
    };
    EXPECT_EQ(count(ada.user), 0u);
    EXPECT_GT(count(op.user), 1u);
}

TEST_F(Operators, ADisabledAccountIsShutAtOnce) {
    const std::string one = "/users/" + to_string(ada.user);
    EXPECT_EQ(log_in(address("ada")).status, 200);
    EXPECT_EQ(admin(op, "POST", one + "/disable").status, 204);
    EXPECT_EQ(house->call(ada, "GET", "/api/v1/me").status, 401);
    const Answer refused = log_in(address("ada"));
    EXPECT_EQ(refused.status, 401);
    EXPECT_EQ(refused.body_without_id(), log_in("nobody@example.com").body_without_id());
    EXPECT_EQ(admin(op, "POST", one + "/disable").status, 404);
    EXPECT_EQ(database().value("select count(*) from idn.sessions where user_id = '" +
                               to_string(ada.user) + "'"),
              "0");
    // Whatever would open a session all the same is refused by the database.
    try {
        database().run("insert into idn.sessions (id, user_id, token_hash, expires_at, "
                       "assured_at, remembered, second_factor, body) select gen_random_uuid(), '" +
                       to_string(ada.user) +
                       "', sha256('x'), now() + interval '1 h', now(), false, true, ''");
        ADD_FAILURE() << "a session of a disabled account";
    } catch (const db::Error& error) {
        EXPECT_EQ(error.sqlstate(), "42501") << error.what();
    }
    EXPECT_EQ(admin(op, "POST", one + "/enable").status, 204);
    EXPECT_EQ(admin(op, "POST", one + "/enable").status, 404);
    EXPECT_EQ(log_in(address("ada")).status, 200);
    EXPECT_EQ(admin(op, "POST", "/users/" + to_string(op.user) + "/disable").status, 409);
}

TEST_F(Operators, ProveToBePresentForWhatCuts) {
    house->clock().advance(std::chrono::minutes(11));
    const std::string one = "/users/" + to_string(ada.user);
    EXPECT_EQ(admin(op, "POST", one + "/disable").code(), "step_up_required");
    EXPECT_EQ(admin(op, "POST", one + "/enable").code(), "step_up_required");
    EXPECT_EQ(break_glass().code(), "step_up_required");
}

TEST_F(Operators, BreakGlassAsViewerOnTheTeamsOwnRecord) {
    EXPECT_EQ(call(op, "GET", "/servers").status, 404);
    EXPECT_EQ(break_glass(61).status, 422);
    EXPECT_EQ(break_glass(30, "because").status, 422);
    EXPECT_EQ(call(op, "GET", "/servers").status, 404);
    const Answer opened = break_glass();
    ASSERT_EQ(opened.status, 201) << opened.body;

    EXPECT_EQ(call(op, "GET", "/servers").status, 200);
    EXPECT_EQ(text(call(op, "GET", "").json(), "name"), "ada's");
    EXPECT_EQ(call(op, "POST", "/servers", R"({"name":"x"})").status, 403);
    EXPECT_EQ(call(op, "GET", "/audit/events").status, 403);
    EXPECT_EQ(call(op, "POST", "/leave").status, 404);
    const Browser other = person("other");
    EXPECT_EQ(house->call(op, "GET", "/api/v1/teams/" + to_string(other.team)).status, 404);

    const Json shown = call(ada, "GET", "/break-glass").json().find("data")->if_array()->front();
    EXPECT_EQ(text(shown, "operator"), "op Example");
    EXPECT_EQ(text(shown, "reason"), reason);
    EXPECT_TRUE(*shown.find("active")->if_bool());
    const auto recorded = events("operator.break_glass");
    ASSERT_EQ(recorded.size(), 1u);
    EXPECT_EQ(text(*recorded[0].find("actor"), "name"), "op Example");
    EXPECT_NE(shape::write_json(recorded[0]).find(reason), std::string::npos);
    const std::string id = text(opened.json(), "id");
    EXPECT_EQ(database().value("select count(distinct team_id) from aud.events where action = "
                               "'operator.break_glass' and resource_id = '" +
                               id + "'"),
              "2");

    EXPECT_EQ(admin(op, "DELETE", "/break-glass/" + id).status, 204);
    EXPECT_EQ(call(op, "GET", "/servers").status, 404);
    EXPECT_EQ(admin(op, "DELETE", "/break-glass/" + id).status, 404);
    EXPECT_EQ(events("operator.break_glass_end").size(), 1u);
    const Answer own = admin(op, "GET", "/break-glass");
    EXPECT_NE(own.body.find(id), std::string::npos) << own.body;
    EXPECT_NE(own.body.find("\"ada's\""), std::string::npos) << own.body;
}

TEST_F(Operators, BrokenGlassMendsByItself) {
    ASSERT_EQ(break_glass(1).status, 201);
    EXPECT_EQ(call(op, "GET", "/servers").status, 200);
    database().run("begin; alter table idn.break_glass disable trigger audited; "
                   "update idn.break_glass set expires_at = now() - interval '1 s'; "
                   "alter table idn.break_glass enable always trigger audited; commit");
    house->instance().services().identities.forget_user(op.user);
    EXPECT_EQ(call(op, "GET", "/servers").status, 404);
}

TEST_F(Operators, WhoIsNoOperatorAnyMoreSeesThroughNoBrokenGlass) {
    ASSERT_EQ(break_glass().status, 201);
    database().run("begin; alter table idn.operators disable trigger audited; "
                   "delete from idn.operators where user_id = '" +
                   to_string(op.user) +
                   "'; alter table idn.operators enable always trigger audited; commit");
    house->instance().services().identities.forget_user(op.user);
    EXPECT_EQ(call(op, "GET", "/servers").status, 404);
    EXPECT_EQ(admin(op, "GET", "/teams").status, 404);
}

TEST_F(Operators, ASecondFactorIsResetOnRecord) {
    database().run("begin; alter table idn.totp disable trigger audited; insert into idn.totp "
                   "(user_id, seed, confirmed_at) values ('" +
                   to_string(ada.user) +
                   "', 'x', now()); alter table idn.totp enable always trigger audited; commit");
    api::Incoming incoming;
    incoming.caller.kind = access::CallerKind::system;
    api::SlowCall slow(house->instance().services(), incoming);
    const auto reset = [&] {
        slow.transact({}, {platform_team}, [&](api::Call& inner) {
            const auto user =
                operator_desk::find_account(inner.tx, inner.services.keyring, address("ada"));
            operator_desk::reset_second_factor(inner.tx, inner.recorder, user.value());
        });
    };
    reset();
    EXPECT_THROW(reset(), Problem);
    EXPECT_EQ(database().value("select count(*) from idn.sessions where user_id = '" +
                               to_string(ada.user) + "'"),
              "0");
}

TEST_F(Operators, TemplatesAreReadByAllAndWrittenByNone) {
    const Answer mine = house->call(ada, "GET", "/api/v1/notification-templates");
    EXPECT_EQ(mine.status, 200);
    EXPECT_NE(mine.body.find("invitation.mail"), std::string::npos) << mine.body;
    EXPECT_EQ(house->call(op, "GET", "/api/v1/notification-templates").body, mine.body);
    EXPECT_EQ(house->call(Browser{}, "GET", "/api/v1/notification-templates").status, 401);
    for (const char* role : {"atalaya_app", "atalaya_auth", "atalaya_sched"}) {
        db::ScriptSession session(pgtest::server_dsn(), house->database(), role);
        for (const char* act :
             {"update glob.notification_templates set subject = 'x'",
              "delete from glob.notification_templates", "truncate glob.notification_templates",
              "insert into glob.notification_templates values "
              "('a.mail', 'a', 'mail', 's', 'b')"})
            EXPECT_THROW(session.run(act), db::Error) << role << " " << act;
    }
}

} // namespace
} // namespace atalaya::apitest
