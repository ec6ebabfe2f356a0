// Streams of the record as their owners see them: made, tested, failing, paused; and what the
// collectors of two ways would get. What really arrives over the network is for the tests of the
// real programs.
#include "api/team_test.hpp"

namespace atalaya::apitest {
namespace {

class AuditStreams : public TeamTest {
  protected:
    Json create(const std::string& kind, const std::string& url, bool from_start = true) {
        const Answer answer = call(
            ada, "POST", "/audit/streams",
            body({{"name", "siem"}, {"kind", kind}, {"url", url}, {"from_start", from_start}}));
        EXPECT_EQ(answer.status, 201) << answer.body;
        return answer.json();
    }
    static std::string path_of(const Json& created) {
        return "/audit/streams/" + text(*created.find("stream"), "id");
    }
    Json get(const std::string& path) { return call(ada, "GET", path).json(); }
};

TEST_F(AuditStreams, AreMadeChangedAndDeletedOnTheRecord) {
    const Json stream_made = create("webhook", "https://siem.example.com/in");
    EXPECT_TRUE(text(stream_made, "secret").starts_with("whsec_"));
    const std::string path = path_of(stream_made);
    const Json stream = get(path);
    EXPECT_EQ(stream.find("secret"), nullptr);
    EXPECT_EQ(text(stream, "url"), "https://siem.example.com/in");
    EXPECT_TRUE(create("syslog", "syslog+tls://siem.example.com").find("secret")->is_null());
    EXPECT_EQ(call(ada, "PATCH", path, body({{"paused", true}})).status, 200);
    EXPECT_EQ(text(get(path), "state"), "paused");
    const auto changed = events("audit_stream.update");
    ASSERT_EQ(changed.size(), 1u);
    EXPECT_EQ(shape::write_json(*changed[0].find("changes")),
              R"([{"field":"paused","before":false,"after":true}])");
    EXPECT_EQ(call(ada, "DELETE", path).status, 204);
    EXPECT_EQ(call(ada, "GET", path).status, 404);
    EXPECT_EQ(events("audit_stream.create").size(), 2u);
    EXPECT_EQ(events("audit_stream.delete").size(), 1u);
}

TEST_F(AuditStreams, RefuseAddressesThatFitNeitherWay) {
    const std::pair<const char*, const char*> bad[] = {{"webhook", "http://siem.example.com/"},
                                                       {"webhook", "https://a:b@siem.example.com/"},
                                                       {"syslog", "https://siem.example.com/"},
                                                       {"syslog", "syslog+tls://"},
                                                       {"pigeon", "https://siem.example.com/"}};
    for (const auto& [kind, url] : bad) {
        EXPECT_EQ(call(ada, "POST", "/audit/streams",
                       body({{"name", "x"}, {"kind", kind}, {"url", url}, {"from_start", false}}))
                      .status,
                  422)
            << url;
    }
}

TEST_F(AuditStreams, AreForThoseWhoMayExportAndProveToBePresent) {
    const std::string path = path_of(create("syslog", "syslog+tls://siem.example.com"));
    const Browser bob = member("bob", "member");
    EXPECT_EQ(call(bob, "GET", "/audit/streams").status, 403);
    EXPECT_EQ(call(bob, "DELETE", path).status, 403);
    const Browser eve = person("eve");
    EXPECT_EQ(call(eve, "GET", path).status, 404);
    house->clock().advance(std::chrono::minutes(11));
    const Answer refused = call(ada, "DELETE", path);
    EXPECT_EQ(refused.code(), "step_up_required");
}

TEST_F(AuditStreams, ComeToTheEndOfTheRecordAndSaySo) {
    const std::string path = path_of(create("syslog", "syslog+tls://collector.example"));
    const Json done =
        await(path, [](const Json& one) { return *one.find("lag")->if_integer() == 0; });
    EXPECT_EQ(text(done, "state"), "active");
    EXPECT_GT(*done.find("delivered_seq")->if_integer(), 0);
    EXPECT_FALSE(done.find("delivered_at")->is_null());
    EXPECT_TRUE(done.find("failure")->is_null());
}

TEST_F(AuditStreams, SayWhyTheyFailAndArePausedOnTheRecordAfterThreeDays) {
    const std::string path = path_of(create("syslog", "syslog+tls://127.0.0.1:6514"));
    const Json failing =
        await(path, [](const Json& one) { return text(one, "state") == "failing"; });
    EXPECT_NE(text(failing, "failure").find("egress.allow"), std::string::npos);
    EXPECT_EQ(*failing.find("delivered_seq")->if_integer(), 0);
    EXPECT_GT(*failing.find("lag")->if_integer(), 0);
    EXPECT_EQ(call(ada, "POST", path + "/test").status, 200);
    const Json tested =
        await(path, [](const Json& one) { return !one.find("tested_at")->is_null(); });
    EXPECT_FALSE(text(tested, "test_failure").empty());
    house->clock().advance(std::chrono::hours(73));
    const TeamId kept = ada.team;
    ada = person("later"); // by now the first owner is signed out
    house->add_member(ada, kept, "owner");
    database().run("update app.audit_stream_progress set next_try_at = now()");
    const Json paused = await(path, [](const Json& one) { return text(one, "state") == "paused"; });
    EXPECT_FALSE(text(paused, "failure").empty());
}

} // namespace
} // namespace atalaya::apitest
