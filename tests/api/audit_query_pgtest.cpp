// The record as its readers ask for it: queries in words and single filters, what a slip in a query
// is told, and pages that end before they are full.
#include "api/team_test.hpp"
#include "base/text.hpp"

namespace atalaya::apitest {
namespace {

class AuditQuery : public TeamTest {
  protected:
    Json find(const std::string& query, const std::string& more = "", int limit = 500) {
        const Answer answer = call(ada, "GET",
                                   "/audit/events?limit=" + std::to_string(limit) +
                                       "&q=" + percent_encode(query) + more);
        EXPECT_EQ(answer.status, 200) << query << answer.body;
        return answer.json();
    }
    std::size_t count(const std::string& query) {
        return find(query).find("data")->if_array()->size();
    }
    void add_server(const std::string& name) {
        EXPECT_EQ(call(ada, "POST", "/servers", body({{"name", name}})).status, 201);
    }
    /// The pointer and the words of the one violation.
    std::pair<std::string, std::string> slip(const std::string& query) {
        const Answer answer = call(ada, "GET", "/audit/events?q=" + percent_encode(query));
        EXPECT_EQ(answer.status, 422) << answer.body;
        const Json problem = answer.json();
        const Json& first = problem.find("errors")->if_array()->at(0);
        return {text(first, "pointer"), text(first, "detail")};
    }
};

TEST_F(AuditQuery, FindsByEveryKey) {
    add_server("left door");
    add_server("right gate");
    const Browser bob = member("bob", "viewer");
    EXPECT_EQ(call(bob, "POST", "/servers", body({{"name", "mine"}})).status, 403);
    while (count("outcome:denied") == 0) // refusals are recorded behind the answer
        std::this_thread::yield();
    const std::size_t all = count("");
    EXPECT_EQ(count("door"), 1u);
    EXPECT_EQ(count("\"left door\""), 1u);
    EXPECT_EQ(count("\"door left\""), 0u);
    EXPECT_EQ(count("name:gate action:server.create"), 1u);
    EXPECT_EQ(count("action:server.*"), 2u);
    EXPECT_EQ(count("action:server.create -door"), 1u);
    EXPECT_EQ(count("resource:server"), count("action:server.*"));
    EXPECT_EQ(count("actor:me"), count("actor:" + to_string(ada.user)));
    EXPECT_EQ(count("actor:" + address("ada")), count("actor:me"));
    EXPECT_GE(count("actor:me"), 2u);
    EXPECT_EQ(count("actor:" + address("bob") + " outcome:denied"), 1u);
    EXPECT_EQ(count("actor:bob outcome:denied"), 1u);
    EXPECT_EQ(count("-outcome:ok"), 1u);
    EXPECT_EQ(count("actor:nobody@example.com"), 0u);
    EXPECT_EQ(count("-actor:nobody@example.com"), all);
    EXPECT_EQ(count("kind:user"), all - count("-kind:user"));
    EXPECT_EQ(count("since:1h"), all);
    EXPECT_EQ(count("to:2020-01-01"), 0u);
    EXPECT_EQ(count("from:2020-01-01 to:2100-01-01T00:00:00Z"), all);
    EXPECT_EQ(count("ip:192.0.2.*") + count("-ip:192.0.2.*"), all);
    const Json servers = find("name:\"left door\"");
    const Json& server = servers.find("data")->if_array()->at(0);
    const std::string id = text(server, "resource_id");
    EXPECT_EQ(count("resource:" + id), 1u);
    EXPECT_EQ(count("resource:server/" + id), 1u);
    EXPECT_EQ(count("resource:key/" + id), 0u);
    EXPECT_EQ(count(id), 1u);
    // Beside single filters.
    const Json both = find("door", "&action=server.*&actor=" + to_string(ada.user));
    EXPECT_EQ(both.find("data")->if_array()->size(), 1u);
    EXPECT_EQ(*both.find("looked_to")->if_integer(), 1);
    EXPECT_TRUE(both.find("next")->is_null());
}

TEST_F(AuditQuery, TellsASlipAtItsPlace) {
    using Slip = std::pair<std::string, std::string>;
    EXPECT_EQ(
        slip("door outcome:maybe"),
        (Slip{"?q#char=13,18", "There is no outcome of that name. Use ok, denied or failed."}));
    EXPECT_EQ(slip("since:soon").first, "?q#char=6,10");
    EXPECT_EQ(slip("-since:1h").first, "?q#char=0,9");
    EXPECT_EQ(slip("resource:server/x").first, "?q#char=0,17");
    EXPECT_EQ(slip("nope:1").first, "?q#char=0,4");
    EXPECT_EQ(call(ada, "GET", "/audit/events?outcome=maybe").status, 422);
    EXPECT_EQ(call(ada, "GET", "/audit/events?nope=1").status, 422);
}

TEST_F(AuditQuery, PagesFollowEachOther) {
    for (int i = 0; i < 5; ++i)
        add_server("door " + std::to_string(i));
    std::vector<std::int64_t> seqs;
    std::string cursor;
    do {
        const Json page = find("door", cursor, 2);
        for (const Json& event : *page.find("data")->if_array())
            seqs.push_back(*event.find("seq")->if_integer());
        cursor = page.find("next")->is_null() ? "" : "&cursor=" + text(page, "next");
    } while (!cursor.empty());
    EXPECT_EQ(seqs.size(), 5u);
    EXPECT_TRUE(std::ranges::is_sorted(seqs, std::greater<>()));
}

TEST_F(AuditQuery, ExportsAllThatAQueryFinds) {
    for (int i = 0; i < 3; ++i)
        add_server("door, \"" + std::to_string(i) + "\"");
    const auto get = [&](const std::string& query) {
        return call(ada, "GET", "/audit/export?" + query);
    };
    const Answer csv = get("format=csv&q=action:server.*");
    EXPECT_EQ(csv.status, 200) << csv.body;
    EXPECT_EQ(csv.headers.at("content-type"), "text/csv; charset=utf-8; header=present");
    EXPECT_EQ(std::ranges::count(csv.body, '\n'), 4) << csv.body;
    EXPECT_NE(csv.body.find(R"("door, ""2""")"), std::string::npos) << csv.body;
    // The export is an event, with what was asked for, and is among what it gives.
    const Answer lines = get("format=ndjson");
    EXPECT_EQ(lines.headers.at("content-disposition"), "attachment; filename=\"audit.ndjson\"");
    const auto all = call(ada, "GET", "/audit/events?limit=500").json();
    std::size_t at = 0;
    for (const std::string_view line : split(trim(lines.body), '\n')) {
        const auto event = shape::parse_json(line);
        ASSERT_TRUE(event);
        EXPECT_EQ(*event, all.find("data")->if_array()->at(at++));
    }
    EXPECT_EQ(at, all.find("data")->if_array()->size());
    const auto exports = events("audit.export");
    ASSERT_EQ(exports.size(), 2u);
    EXPECT_EQ(shape::write_json(*exports[1].find("changes")),
              R"([{"field":"format","before":null,"after":"csv"},)"
              R"({"field":"q","before":null,"after":"action:server.*"}])");
    EXPECT_EQ(get("format=xml").status, 422);
    EXPECT_EQ(get("format=csv&q=nope:1").status, 422);
    EXPECT_EQ(events("audit.export").size(), 2u);
}

TEST_F(AuditQuery, PeopleConfirmThemselvesBeforeAnExport) {
    house->clock().advance(std::chrono::minutes(11));
    const Answer refused = call(ada, "GET", "/audit/export?format=csv");
    EXPECT_EQ(refused.status, 403);
    EXPECT_EQ(refused.code(), "step_up_required");
    EXPECT_EQ(call(member("bob", "member"), "GET", "/audit/export?format=csv").status, 403);
    EXPECT_TRUE(events("audit.export").empty());
}

} // namespace
} // namespace atalaya::apitest
