// Dashboards: versions, the trash, what the record says, and what lies on the disk.
#include "api/once_dashboard_test.hpp"
#include "base/text.hpp"
#include "db/script_session.hpp"

#include <gtest/gtest.h>

namespace atalaya::apitest {
namespace {

using shape::Array;
using shape::Json;

class Dashboards : public testing::Test {
  protected:
    static void SetUpTestSuite() {
        house = std::make_unique<House>();
        ada = house->sign_up("Ada Example", "ada@example.com", "Harbour");
        root = base(ada) + "/dashboards";
    }
    static void TearDownTestSuite() { house.reset(); }

    static Answer call(const std::string& method, const std::string& path,
                       const std::string& body = "", std::vector<net::Header> headers = {}) {
        return house->call(ada, method, path, body, std::move(headers));
    }
    /// The path of a new one.
    static std::string add(const std::string& name) {
        const Answer made = call("POST", root, dashboard_draft(name));
        EXPECT_EQ(made.status, 201) << made.body;
        return root + "/" + text(made.json(), "id");
    }
    static std::string rename(const std::string& name) { return write({{"name", name}}); }
    static std::vector<std::string> names(const std::string& query = "") {
        const Answer listed = call("GET", root + query);
        EXPECT_EQ(listed.status, 200) << listed.body;
        const Json page = listed.json();
        std::vector<std::string> out;
        for (const Json& row : *page.find("data")->if_array())
            out.push_back(text(row, "name"));
        return out;
    }
    static std::int64_t number(const Json& json, std::string_view name) {
        return *json.find(name)->if_integer();
    }
    /// The newest event of that action.
    static Json newest_event(const std::string& action) {
        const Json listed =
            call("GET", base(ada) + "/audit/events?limit=1&action=" + action).json();
        return listed.find("data")->if_array()->front();
    }
    static db::ScriptSession superuser() {
        return {pgtest::server_dsn(), house->database(), "atalaya_super"};
    }
    static std::string value(const std::string& sql) { return superuser().value(sql).value(); }
    /// Behind the back of the demand for events, and of foreign keys.
    static void run(const std::string& sql) {
        superuser().run("begin; set local session_replication_role = replica; "
                        "alter table app.dashboards disable trigger audited; " +
                        sql + "; alter table app.dashboards enable always trigger audited; commit");
    }

    static inline std::unique_ptr<House> house;
    static inline Browser ada;
    static inline std::string root;
};

TEST_F(Dashboards, AreMadeFoundAndChanged) {
    const std::string path = add("Alpha");
    const Answer got = call("GET", path);
    EXPECT_EQ(got.headers.at("etag"), "\"1\"");
    EXPECT_EQ(text(*got.json().find("updated_by"), "name"), "Ada Example");
    EXPECT_EQ(text(*got.json().find("body")->find("range"), "from"), "now-1h");
    add("Beta");
    EXPECT_EQ(names("?q=alph"), std::vector<std::string>{"Alpha"});

    const Answer changed = call("PATCH", path, rename("Aleph"), {{"if-match", "\"1\""}});
    EXPECT_EQ(changed.status, 200) << changed.body;
    EXPECT_EQ(changed.headers.at("etag"), "\"2\"");
    const Answer stale = call("PATCH", path, rename("Lost"), {{"if-match", "\"1\""}});
    EXPECT_EQ(stale.status, 412);
    EXPECT_EQ(names("?q=a&sort=-name"), (std::vector<std::string>{"Beta", "Aleph"}));
}

TEST_F(Dashboards, SayWhereABodyIsWrong) {
    const Answer refused = call("POST", root,
                                R"({"name":"","body":{"range":{"from":"now","to":"now"},)"
                                R"("refresh_s":0,"variables":[],"panels":[{}],"theme":1}})");
    EXPECT_EQ(refused.status, 422);
    for (const char* pointer : {"\"/name\"", "\"/body/theme\"", "\"/body/panels/0/id\""})
        EXPECT_NE(refused.body.find(pointer), std::string::npos) << pointer << refused.body;
    const std::string path = add("Whole");
    const Answer loose = call("PATCH", path,
                              R"({"body":{"range":{"from":"soon","to":"now"},"refresh_s":0,)"
                              R"("variables":[],"panels":[]}})");
    EXPECT_EQ(loose.status, 422);
    EXPECT_NE(loose.body.find("\"/body/range/from\""), std::string::npos) << loose.body;
    EXPECT_EQ(number(call("GET", path).json(), "revision"), 1);
}

TEST_F(Dashboards, EveryChangeIsAVersionThatComesBack) {
    const std::string path = add("First");
    call("PATCH", path, R"({"name":"Second","description":"x","note":"A better name"})");
    EXPECT_EQ(number(call("PATCH", path, rename("Second")).json(), "revision"), 2)
        << "nothing differed";
    const Json listed = call("GET", path + "/versions").json();
    const Array& versions = *listed.find("data")->if_array();
    ASSERT_EQ(versions.size(), 2u);
    EXPECT_EQ(number(versions[0], "version"), 2);
    EXPECT_EQ(text(versions[0], "note"), "A better name");
    EXPECT_EQ(text(*versions[1].find("by"), "name"), "Ada Example");
    EXPECT_EQ(text(versions[1], "name"), "First");

    const Answer back = call("POST", path + "/versions/1/restore", "", {{"if-match", "\"2\""}});
    EXPECT_EQ(back.headers.at("etag"), "\"3\"");
    EXPECT_EQ(text(back.json(), "name"), "First");
    EXPECT_EQ(text(call("GET", path + "/versions/2").json(), "description"), "x");
    EXPECT_EQ(text(call("GET", path + "/versions/3").json(), "note"), "Version 1 restored");
    for (const char* none : {"/versions/4", "/versions/0", "/versions/x"})
        EXPECT_EQ(call("GET", path + none).status, 404) << none;
}

TEST_F(Dashboards, VersionsAreListedPageByPage) {
    const std::string path = add("Page 1");
    for (int i = 2; i <= 5; ++i)
        call("PATCH", path, rename("Page " + std::to_string(i)));
    std::string seen, cursor;
    for (int page = 0; page < 3; ++page) {
        const Json listed = call("GET", path + "/versions?limit=2" + cursor).json();
        for (const Json& row : *listed.find("data")->if_array())
            seen += std::to_string(number(row, "version"));
        cursor = "&cursor=" + text(listed, "next");
    }
    EXPECT_EQ(seen, "54321");
}

TEST_F(Dashboards, TheRecordNamesThePanels) {
    const std::string path = add("Recorded");
    const std::string body = R"({"range":{"from":"now-1h","to":"now"},"refresh_s":0,)"
                             R"("variables":[],"panels":[{"id":1,"title":"Load of all",)"
                             R"("description":"","kind":"text","x":0,"y":0,"w":12,"h":2,"unit":"",)"
                             R"("stacked":false,"legend":"list","thresholds":[],"queries":[],)"
                             R"("text":"a text that is long"}]})";
    EXPECT_EQ(call("PATCH", path, R"({"note":"why","body":)" + body + "}").status, 200);
    const Json event = newest_event("dashboard.update");
    EXPECT_EQ(shape::write_json(*event.find("changes")),
              R"([{"field":"panels_added","before":null,"after":["Load of all"]},)"
              R"({"field":"note","before":null,"after":"why"}])");
    EXPECT_EQ(shape::write_json(event).find("a text that is long"), std::string::npos);
}

TEST_F(Dashboards, StayInTheTrashForAWeek) {
    const std::string path = add("Short-lived");
    EXPECT_EQ(call("DELETE", path).status, 204);
    EXPECT_EQ(names("?q=short"), std::vector<std::string>{});
    for (const char* below : {"", "/versions", "/versions/1"})
        EXPECT_EQ(call("GET", path + below).status, 404) << below;
    for (const char* method : {"PATCH", "DELETE"})
        EXPECT_EQ(call(method, path, rename("x")).status, 404) << method;
    EXPECT_EQ(names("?q=short&deleted=true"), std::vector<std::string>{"Short-lived"});
    EXPECT_EQ(call("GET", root + "?deleted=yes").status, 422);

    EXPECT_EQ(call("POST", path + "/restore").status, 200);
    EXPECT_EQ(call("POST", path + "/restore").status, 404) << "it is not in the trash";
    EXPECT_EQ(names("?q=short"), std::vector<std::string>{"Short-lived"});

    EXPECT_EQ(call("DELETE", path).status, 204);
    house->instance().run_jobs();
    EXPECT_EQ(names("?q=short&deleted=true"), std::vector<std::string>{"Short-lived"});
    run("update app.dashboards set deleted_at = deleted_at - interval '7 days' "
        "where deleted_at is not null");
    house->instance().run_jobs();
    EXPECT_EQ(names("?deleted=true"), std::vector<std::string>{});
    EXPECT_EQ(text(newest_event("dashboard.purge"), "resource_name"), "Short-lived");
    EXPECT_EQ(value("select count(*) from app.dashboard_versions v where not exists "
                    "(select from app.dashboards d where d.id = v.dashboard_id)"),
              "0");
}

TEST_F(Dashboards, NothingThatAPersonWroteLiesInPlainText) {
    const std::string path = add("Flamingo");
    call("PATCH", path, R"({"description":"Flamingo","note":"Flamingo"})");
    EXPECT_EQ(value("select count(*) from app.dashboard_versions v where "
                    "position('Flamingo'::bytea in summary) > 0 or "
                    "position('now-1h'::bytea in body) > 0"),
              "0");
    EXPECT_NE(value("select count(*) from app.dashboard_versions"), "0");
}

TEST_F(Dashboards, AVersionIsNeverChangedAndABodyOpensInItsPlaceAlone) {
    for (const char* verb : {"update", "delete", "truncate"}) {
        EXPECT_EQ(value("select has_table_privilege('atalaya_app', 'app.dashboard_versions', '" +
                        std::string(verb) + "')"),
                  "f")
            << verb;
    }
    const std::string path = add("Swapped");
    call("PATCH", path, rename("Swapped twice"));
    run("alter table app.dashboard_versions disable trigger audited; "
        "update app.dashboard_versions v set body = w.body from app.dashboard_versions w "
        "where w.dashboard_id = v.dashboard_id and w.version <> v.version and v.dashboard_id = '" +
        path.substr(path.rfind('/') + 1) +
        "'; alter table app.dashboard_versions enable always trigger audited");
    EXPECT_EQ(call("GET", path).status, 500);
}

TEST_F(Dashboards, ATeamHasABoundedNumber) {
    const Browser bob = house->sign_up("Bob Example", "bob@example.com", "Full");
    run("insert into app.dashboards (team_id, id) select '" + to_string(bob.team) +
        "', gen_random_uuid() from generate_series(1, 10000)");
    const Answer refused =
        house->call(bob, "POST", base(bob) + "/dashboards", dashboard_draft("one more"));
    EXPECT_EQ(refused.status, 409);
    EXPECT_EQ(refused.code(), "conflict");
}

} // namespace
} // namespace atalaya::apitest
