// The checks of the Trust page: each holds on a sound installation, and turns when what it looks at
// is broken on purpose.
#include "access/canary.hpp"
#include "api/call.hpp"
#include "api/house.hpp"
#include "api/verifications.hpp"
#include "audit/note.hpp"
#include "audit/reader.hpp"
#include "db/script_session.hpp"

#include <gtest/gtest.h>

namespace atalaya::apitest {
namespace {

using trust::Check;
using trust::Standing;

class Trust : public testing::Test {
  protected:
    static void SetUpTestSuite() {
        house = std::make_unique<House>();
        ada = house->sign_up("Ada Example", "ada@example.com", "Harbour");
        ASSERT_EQ(house
                      ->call(ada, "POST", "/api/v1/teams/" + to_string(ada.team) + "/servers",
                             R"({"name":"lamp.example.com"})")
                      .status,
                  201);
    }
    static void TearDownTestSuite() { house.reset(); }

    static void as_superuser(const std::string& script) {
        db::ScriptSession(pgtest::server_dsn(), house->database(), "atalaya_super").run(script);
    }
    /// Runs everything once more.
    static trust::Standings look_again() {
        house->clock().advance(std::chrono::hours(1));
        house->instance().watch().run_due();
        return house->instance().watch().standings();
    }
    static Answer get_from(House& from, const std::string& path) {
        return from.call(Browser{}, "GET", path);
    }
    static Answer get(const std::string& path) { return get_from(*house, path); }
    static std::int64_t turns(const std::string& action) {
        return std::stoll(
            db::ScriptSession(pgtest::server_dsn(), house->database(), "atalaya_super")
                .value("select count(*) from aud.events where action = '" + action + "'")
                .value());
    }

    static inline std::unique_ptr<House> house;
    static inline Browser ada;
};

TEST_F(Trust, EveryCheckThatNeedsNoSocketHolds) {
    const auto standings = look_again();
    for (const Check& check : trust::store_checks()) {
        ASSERT_TRUE(standings.contains(check.name)) << check.name;
        EXPECT_TRUE(standings.find(check.name)->second.holds)
            << check.name << ": " << standings.find(check.name)->second.detail;
    }
    for (const Check& check : trust::service_checks()) {
        // Nobody is named in this house.
        EXPECT_EQ(standings.find(check.name)->second.holds, check.name != "security-txt")
            << check.name << ": " << standings.find(check.name)->second.detail;
    }
}

struct Fault {
    const char* check;
    const char* break_it;
    const char* mend_it;
};

TEST_F(Trust, WhatIsBrokenOnPurposeIsSeenAndIsAnEvent) {
    look_again();
    const std::vector<Fault> faults{
        {"walls", "drop policy guard on app.servers",
         "create policy guard on app.servers as restrictive for all to public using (team_id = "
         "(select ctx.team())) with check (team_id = (select ctx.team()))"},
        {"audit-triggers", "alter table app.servers disable trigger audited",
         "alter table app.servers enable always trigger audited"},
        {"global-templates", "grant update on glob.notification_templates to atalaya_app",
         "revoke update on glob.notification_templates from atalaya_app"},
        {"password-hashes",
         "alter table idn.passwords disable trigger audited; update idn.passwords set hash = "
         "'plain ' || hash; alter table idn.passwords enable always trigger audited",
         "alter table idn.passwords disable trigger audited; update idn.passwords set hash = "
         "substr(hash, 7); alter table idn.passwords enable always trigger audited"},
        {"sessions",
         "alter table idn.sessions disable trigger audited; update idn.sessions set expires_at = "
         "expires_at + interval '1 year'; alter table idn.sessions enable always trigger audited",
         "alter table idn.sessions disable trigger audited; update idn.sessions set expires_at = "
         "expires_at - interval '1 year'; alter table idn.sessions enable always trigger audited"},
        {"sealed-bodies",
         "alter table app.servers disable trigger audited; update app.servers set body = "
         "'lamp' || body; alter table app.servers enable always trigger audited",
         "alter table app.servers disable trigger audited; update app.servers set body = "
         "substr(body, 5); alter table app.servers enable always trigger audited"},
    };
    for (const Fault& fault : faults) {
        SCOPED_TRACE(fault.check);
        const std::int64_t broken = turns("control.broken");
        const std::int64_t restored = turns("control.restored");
        as_superuser(fault.break_it);
        const Standing seen = look_again().find(fault.check)->second;
        EXPECT_FALSE(seen.holds) << seen.detail;
        EXPECT_TRUE(seen.last_held_at.has_value());
        EXPECT_GT(turns("control.broken"), broken);
        as_superuser(fault.mend_it);
        const Standing mended = look_again().find(fault.check)->second;
        EXPECT_TRUE(mended.holds) << mended.detail;
        EXPECT_GT(turns("control.restored"), restored);
    }
}

TEST_F(Trust, CanariesThatReachEachOtherAreSeen) {
    const Standing sound = look_again().find("canary")->second;
    EXPECT_TRUE(sound.holds) << sound.detail;
    const auto& [one, other] = access::canaries();
    // A way through the API: the one's member belongs to the other team too.
    as_superuser("alter table idn.members disable trigger audited; insert into idn.members "
                 "(team_id, user_id, role) values ('" +
                 to_string(other.team) + "', '" + to_string(one.user) +
                 "', 'viewer'); alter table idn.members enable always trigger audited");
    const Standing through_api = look_again().find("canary")->second;
    EXPECT_FALSE(through_api.holds) << through_api.detail;
    as_superuser("alter table idn.members disable trigger audited; delete from idn.members where "
                 "team_id = '" +
                 to_string(other.team) + "' and user_id = '" + to_string(one.user) +
                 "'; alter table idn.members enable always trigger audited");
    EXPECT_TRUE(look_again().find("canary")->second.holds);
    // One below it.
    as_superuser("drop policy guard on app.servers");
    const Standing below = look_again().find("canary")->second;
    EXPECT_FALSE(below.holds);
    EXPECT_NE(below.detail.find("rows were read"), std::string::npos) << below.detail;
    EXPECT_NE(get("/trust/report").body.find("rows were read"), std::string::npos);
    as_superuser("create policy guard on app.servers as restrictive for all to public using "
                 "(team_id = (select ctx.team())) with check (team_id = (select ctx.team()))");
    EXPECT_TRUE(look_again().find("canary")->second.holds);
}

TEST_F(Trust, CanariesAreInNobodysList) {
    House other;
    other.instance().watch().run_due();
    ASSERT_TRUE(other.instance().watch().standings().find("canary")->second.holds)
        << other.instance().watch().standings().find("canary")->second.detail;
    EXPECT_FALSE(other.instance().set_up_link().empty());
    const Browser eve = other.sign_up("Eve Example", "eve@example.com", "Pier");
    other.make_operator(eve);
    const shape::Json teams = other.call(eve, "GET", "/api/v1/admin/teams").json();
    EXPECT_EQ(teams.find("data")->if_array()->size(), 1U);
    const shape::Json users = other.call(eve, "GET", "/api/v1/admin/users").json();
    EXPECT_EQ(users.find("data")->if_array()->size(), 1U);
    EXPECT_EQ(other
                  .call(eve, "POST", "/api/v1/admin/break-glass",
                        R"({"team":")" + to_string(access::canaries()[0].team) +
                            R"(","reason":"to look at it","minutes":5})")
                  .status,
              422);
}

TEST_F(Trust, ASilentSignerAndABrokenChainAreSeen) {
    const TeamId team = ada.team;
    api::Verifications& seen = house->instance().services().verifications;
    EXPECT_TRUE(look_again().find("chains")->second.holds);
    seen.set(team, {house->clock().now() + std::chrono::hours(1), false, 3, 1});
    EXPECT_FALSE(look_again().find("chains")->second.holds);
    seen.set(team, {house->clock().now() + std::chrono::hours(1), true, 3, 1});
    EXPECT_TRUE(look_again().find("chains")->second.holds);
    look_again();
    // Nobody follows the chains of this house any more, and nobody ever signed for them.
    EXPECT_FALSE(look_again().find("chains")->second.holds);
    EXPECT_FALSE(look_again().find("checkpoints")->second.holds);
}

TEST_F(Trust, AFindingAndItsEventAreKeptTogetherOrNotAtAll) {
    look_again();
    const std::int64_t broken = turns("control.broken");
    const auto runs_kept = [] {
        return db::ScriptSession(pgtest::server_dsn(), house->database(), "atalaya_super")
            .value("select runs from idn.control_checks where name = 'walls'")
            .value();
    };
    const std::string runs = runs_kept();
    as_superuser("drop policy guard on app.servers; alter table aud.events add constraint "
                 "nothing_more check (false) not valid");
    house->clock().advance(std::chrono::hours(1));
    EXPECT_ANY_THROW(house->instance().watch().run_due());
    EXPECT_EQ(runs_kept(), runs);
    EXPECT_TRUE(house->instance().watch().standings().find("walls")->second.holds);
    as_superuser("alter table aud.events drop constraint nothing_more");
    EXPECT_FALSE(look_again().find("walls")->second.holds);
    EXPECT_EQ(turns("control.broken"), broken + 2); // the canaries see it too
    as_superuser("create policy guard on app.servers as restrictive for all to public using "
                 "(team_id = (select ctx.team())) with check (team_id = (select ctx.team()))");
    EXPECT_TRUE(look_again().find("walls")->second.holds);
}

/// What the newest event of the action says, on the platform's chain.
shape::Json changes_of_newest(House& house, const std::string& action) {
    api::Incoming incoming;
    incoming.caller.kind = access::CallerKind::system;
    api::SlowCall call(house.instance().services(), incoming);
    return call.transact({}, {}, [&](api::Call& inner) {
        for (const auto& event :
             audit::list_events(inner.tx, inner.services.payload_sealer, audit::newest, 1000)) {
            if (event.header.action == action)
                return event.changes();
        }
        return shape::Json();
    });
}

TEST_F(Trust, WhatWasNeverSeenBeforeIsSaidToHaveBeenNothing) {
    // Nobody is named in a new house, and nothing was seen of it before.
    House other;
    other.instance().watch().run_due();
    EXPECT_EQ(shape::write_json(changes_of_newest(other, "control.broken")),
              R"([{"field":"holds","before":null,"after":false}])");
}

TEST_F(Trust, KeysThatOthersCanReadAreSeen) {
    const auto file = house->directory() / "keyring" / "kek";
    const auto before = std::filesystem::status(file).permissions();
    std::filesystem::permissions(file, std::filesystem::perms::others_read,
                                 std::filesystem::perm_options::add);
    EXPECT_FALSE(look_again().find("keyring")->second.holds);
    std::filesystem::permissions(file, before);
    EXPECT_TRUE(look_again().find("keyring")->second.holds);
}

TEST_F(Trust, APromiseIsNoBetterThanItsWorstCheck) {
    as_superuser("drop policy guard on app.servers");
    look_again();
    const shape::Json report = get("/api/v1/trust").json();
    as_superuser("create policy guard on app.servers as restrictive for all to public using "
                 "(team_id = (select ctx.team())) with check (team_id = (select ctx.team()))");
    std::map<std::string, std::string> states;
    for (const shape::Json& control : *report.find("controls")->if_array())
        states[*control.find("id")->if_string()] = *control.find("state")->if_string();
    EXPECT_EQ(states.at("H19"), "broken");
    EXPECT_EQ(states.at("H33"), "not_yet");
    EXPECT_NE(states.at("H15"), "broken");
}

TEST_F(Trust, ThePageNeedsNoScriptAndTellsEachPromise) {
    look_again();
    const Answer page = get("/trust");
    EXPECT_EQ(page.status, 200);
    EXPECT_EQ(page.body.find("<script"), std::string::npos);
    EXPECT_EQ(page.body.find("style=\""), std::string::npos);
    for (const char* id :
         {"id=\"H1\"", "id=\"A20\"", "id=\"T15\"", "id=\"M17\"", "id=\"L14\"", "id=\"B10\""})
        EXPECT_NE(page.body.find(id), std::string::npos) << id;
    EXPECT_EQ(get("/trust/style.css").status, 200);
}

TEST_F(Trust, WhatDidNotChangeIsNotSentAgain) {
    look_again();
    std::vector<net::Request> again;
    for (const char* path : {"/trust", "/trust/report", "/api/v1/trust"}) {
        const Answer first = get(path);
        ASSERT_EQ(first.status, 200) << path;
        net::Request request;
        request.method = "GET";
        request.target = request.path = path;
        request.headers = {{"host", "house.example"}, {"if-none-match", first.headers.at("etag")}};
        request.peer = "127.0.0.1";
        request.secure = true;
        again.push_back(std::move(request));
    }
    for (const net::Request& request : again) {
        const Answer same = house->call(request);
        EXPECT_EQ(same.status, 304) << request.path;
        EXPECT_EQ(same.body, "") << request.path;
    }
    look_again();
    for (const net::Request& request : again)
        EXPECT_EQ(house->call(request).status, 200) << request.path;
}

TEST_F(Trust, TheReportIsThereBeforeAnyCheckRan) {
    House other;
    const Answer early = get_from(other, "/api/v1/trust");
    EXPECT_EQ(early.status, 200);
    EXPECT_TRUE(early.json().find("checks")->if_array()->front().find("holds")->is_null());
    other.instance().watch().run_due();
    const Answer later = get_from(other, "/api/v1/trust");
    EXPECT_FALSE(later.json().find("checks")->if_array()->front().find("holds")->is_null());
}

TEST_F(Trust, TheReportIsSignedAndAnAlteredOneIsNot) {
    look_again();
    const std::string text = get("/trust/report").body;
    const auto note = audit::parse_note(text, text.size());
    ASSERT_TRUE(note) << text;
    const Secret seed = house->instance().services().keyring.system_key("trust");
    const auto key = audit::parse_vkey(trust::report_vkey(seed, "https://house.example"));
    ASSERT_TRUE(key);
    EXPECT_TRUE(audit::is_signed_by(*key, *note));
    audit::Note altered = *note;
    altered.text.replace(altered.text.find("\"holds\":"), 8, "\"helds\":");
    EXPECT_FALSE(audit::is_signed_by(*key, altered));
}

TEST_F(Trust, WithoutAContactThereIsNoSecurityTxt) {
    EXPECT_EQ(get("/.well-known/security.txt").status, 404);
}

} // namespace
} // namespace atalaya::apitest
