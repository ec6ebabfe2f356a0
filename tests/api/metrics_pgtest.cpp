// Samples in by remote write and out by the query API: what is taken, what is refused and how, and
// who sees what.
#include "api/key_test.hpp"
#include "base/text.hpp"
#include "wire/test_protobuf.hpp"

namespace atalaya::apitest {
namespace {

using wire::test::field;
using wire::test::series;

class Metrics : public KeyTest {
  protected:
    void SetUp() override {
        KeyTest::SetUp();
        writer = make(ada, {"metrics:write"}).key;
        reader = make(ada, {"metrics:read"}).key;
    }
    static std::int64_t ago_ms(std::int64_t seconds) {
        return SystemClock().now().us / 1'000'000 * 1'000 - seconds * 1'000;
    }
    static Answer send(const std::string& key, const std::string& block,
                       std::vector<net::Header> headers = {}) {
        std::vector<net::Header> all{{"content-type", "application/x-protobuf"},
                                     {"content-encoding", "snappy"},
                                     {"authorization", "Bearer " + key}};
        for (net::Header& header : headers) {
            std::erase_if(all, [&](const net::Header& known) { return known.name == header.name; });
            all.push_back(std::move(header));
        }
        return house->call(Browser{}, "POST", "/prometheus/api/v1/write", block, std::move(all));
    }
    static std::string packed(const std::string& message) {
        return std::string(as_text(wire::test::snappy_block(message)));
    }
    Answer push(const std::string& message) { return send(writer, packed(message)); }
    Answer ask(const std::string& path) { return with(reader, "GET", "/prometheus/api/v1" + path); }
    Answer post(const std::string& path, const std::string& form) {
        return with(reader, "POST", "/prometheus/api/v1" + path, form,
                    {{"content-type", "application/x-www-form-urlencoded"}});
    }
    static std::string error(const Answer& answer) {
        const Json json = answer.json();
        EXPECT_EQ(text(json, "status"), "error") << answer.body;
        return std::to_string(answer.status) + " " + text(json, "errorType") + ": " +
               text(json, "error");
    }

    std::string writer, reader;
};

TEST_F(Metrics, WhatIsWrittenIsFound) {
    const std::int64_t at = ago_ms(60);
    const Answer sent = push(series({{"__name__", "up"}, {"job", "api"}}, {{at, 1}}) +
                             series({{"__name__", "up"}, {"job", "db"}}, {{at, 0.5}}));
    EXPECT_EQ(sent.status, 204) << sent.body;
    const std::string seconds = std::to_string(at / 1000);
    EXPECT_EQ(ask("/query?query=up%7Bjob=%22api%22%7D&time=" + seconds).body,
              R"({"status":"success","data":{"resultType":"vector","result":[)"
              R"({"metric":{"__name__":"up","job":"api"},"value":[)" +
                  seconds + R"(,"1"]}]}})");
    EXPECT_EQ(
        post("/query_range", "query=sum(up)&step=15&start=" + seconds + "&end=" + seconds).body,
        R"({"status":"success","data":{"resultType":"matrix","result":[)"
        R"({"metric":{},"values":[[)" +
            seconds + R"(,"1.5"]]}]}})");
    EXPECT_EQ(post("/series", "match[]=up%7Bjob=~%22d.*%22%7D").body,
              R"({"status":"success","data":[{"__name__":"up","job":"db"}]})");
    EXPECT_EQ(ask("/labels").body, R"({"status":"success","data":["__name__","job"]})");
    EXPECT_EQ(ask("/label/job/values?match[]=up").body,
              R"({"status":"success","data":["api","db"]})");
    EXPECT_EQ(
        ask("/label/job/values?limit=1").body,
        R"({"status":"success","data":["api"],"warnings":["results truncated due to limit"]})");
    EXPECT_EQ(ask("/label/U__j_6f_b/values").body, ask("/label/job/values").body);
    const std::string cut = ask("/query?query=up&stats=all&limit=1").body;
    EXPECT_NE(cut.find("\"totalQueryableSamples\":"), std::string::npos) << cut;
    EXPECT_NE(cut.find("\"seriesFound\":2"), std::string::npos) << cut;
}

TEST_F(Metrics, ThePageAsksTheSameInItsTeam) {
    EXPECT_EQ(push(series({{"__name__", "up"}}, {{ago_ms(30), 1}})).status, 204);
    for (const std::string path :
         {"/query?query=up", "/series?match[]=up", "/labels/__name__/values"}) {
        const Answer page = house->call(ada, "GET", team(ada) + "/metrics" + path);
        EXPECT_EQ(page.status, 200) << page.body;
        EXPECT_NE(page.body.find("up"), std::string::npos) << path << page.body;
    }
    const Answer refused = house->call(ada, "GET", team(ada) + "/metrics/query?query=up(");
    EXPECT_EQ(refused.status, 400);
    EXPECT_EQ(refused.code(), "bad_request");
    EXPECT_EQ(refused.headers.at("content-type"), "application/problem+json");
}

TEST_F(Metrics, UsageSaysWhereTheSeriesComeFrom) {
    for (const char* user : {"a", "b", "c"})
        EXPECT_EQ(push(series({{"__name__", "logins"}, {"user", user}}, {{ago_ms(30), 1}})).status,
                  204);
    EXPECT_EQ(push(series({{"__name__", "up"}}, {{ago_ms(30), 1}, {ago_ms(-7'200), 1}})).status,
              400);
    const Answer answer = house->call(ada, "GET", team(ada) + "/metrics/usage?limit=1");
    EXPECT_EQ(answer.status, 200) << answer.body;
    for (const char* part :
         {R"("active_series":4,"series_max":200000,"series":4,)",
          R"("samples_in_memory":4,"samples_stored":0,)", R"("retention_days":30,)",
          R"("too_old":0,"too_new":1,"too_many_series":0})",
          R"("metrics":[{"name":"logins","series":3}],)",
          R"("labels":[{"name":"user","values":3}],)",
          R"("label_values":[{"name":"__name__","value":"logins","series":3}])"})
        EXPECT_NE(answer.body.find(part), std::string::npos) << part << answer.body;
    EXPECT_NE(ask("/status/tsdb?limit=2")
                  .body.find(R"("seriesCountByMetricName":[{"name":"logins","value":3},)"
                             R"({"name":"up","value":1}],"labelValueCountByLabelName":)"
                             R"([{"name":"user","value":3},{"name":"__name__","value":2}],)"),
              std::string::npos)
        << ask("/status/tsdb?limit=2").body;
    EXPECT_NE(ask("/status/tsdb").body.find(R"({"name":"user=c","value":1}])"), std::string::npos);
    EXPECT_EQ(ask("/status/tsdb?limit=1001").status, 400);
    EXPECT_NE(with(make(bob, {"metrics:read"}).key, "GET", "/prometheus/api/v1/status/tsdb")
                  .body.find(R"("numSeries":0,"numLabelPairs":0,"chunkCount":0,)"),
              std::string::npos);
}

TEST_F(Metrics, ExportsWhatASelectorFinds) {
    const std::int64_t at = ago_ms(3 * 86'400);
    std::string message;
    for (const char* instance : {"a", "b"}) {
        std::vector<Sample> samples;
        for (int i = 0; i < 4'000; ++i)
            samples.push_back({at + i * 60'000, i / 8.0});
        message += series({{"__name__", "load"}, {"instance", instance}}, samples);
    }
    EXPECT_EQ(push(message + series({{"__name__", "up"}}, {{at, stale_value()}}) +
                   series({{"job", "nameless"}}, {{at, 1}}))
                  .status,
              204);
    const auto get = [&](const std::string& query) {
        return house->call(ada, "GET", team(ada) + "/metrics/export?" + query);
    };
    const std::string named = "&match[]=load&match[]=%7Binstance=%22a%22%7D&match[]=up";
    const Answer csv = get("format=csv" + named);
    EXPECT_EQ(csv.status, 200) << csv.body;
    EXPECT_EQ(csv.headers.at("content-type"), "text/csv; charset=utf-8; header=present");
    EXPECT_EQ(csv.headers.at("content-disposition"), "attachment; filename=\"metrics.csv\"");
    EXPECT_EQ(std::ranges::count(csv.body, '\n'), 1 + 8'000 + 1);
    EXPECT_TRUE(csv.body.ends_with(",stale\r\n")) << "metrics come in the order of their names";
    // Word for word what a query for the same answers, but for white space.
    Answer json = get("format=json&match[]=load");
    const Answer asked = ask("/query?query=load%5B4d%5D");
    std::erase(json.body, '\n');
    EXPECT_EQ(json.body.size(), asked.body.size());
    EXPECT_EQ(json.json(), asked.json());
    const std::string seconds = std::to_string(at / 1000);
    EXPECT_EQ(get("format=openmetrics" + named + "&start=" + seconds + "&end=" + seconds).body,
              "load{instance=\"a\"} 0 " + seconds + "\nload{instance=\"b\"} 0 " + seconds +
                  "\n# EOF\n");
    const auto listed = house->call(ada, "GET", team(ada) + "/audit/events?action=metrics.export");
    EXPECT_EQ(listed.json().find("data")->if_array()->size(), 3u);
    EXPECT_NE(listed.body.find(R"({"field":"match[]","before":null,"after":"up"})"),
              std::string::npos)
        << listed.body;
    EXPECT_EQ(get("format=openmetrics&match[]=%7Bjob=~%22.%2B%22%7D").status, 400);
    EXPECT_EQ(get("format=json&match[]=load(").status, 400);
    EXPECT_EQ(get("format=json").status, 400);
    EXPECT_EQ(get("match[]=up").status, 422);
    EXPECT_EQ(get("format=json&match[]=nothing").json().find("status")->if_string()->size(), 7u);
}

TEST_F(Metrics, AnotherTeamSeesNothingOfIt) {
    EXPECT_EQ(push(series({{"__name__", "secret_of_ada"}}, {{ago_ms(30), 1}})).status, 204);
    const std::string theirs = make(bob, {"metrics:read"}).key;
    for (const std::string path :
         {"/query?query=secret_of_ada", "/query?query=%7B__name__=~%22.%2B%22%7D", "/labels",
          "/label/__name__/values", "/series?match[]=secret_of_ada"}) {
        const Answer answer = with(theirs, "GET", "/prometheus/api/v1" + path);
        EXPECT_EQ(answer.status, 200) << answer.body;
        EXPECT_EQ(answer.body.find("secret_of_ada"), std::string::npos) << path;
    }
    EXPECT_NE(ask("/label/__name__/values").body.find("secret_of_ada"), std::string::npos);
}

TEST_F(Metrics, EachScopeOpensItsOwnDoor) {
    EXPECT_EQ(send(reader, packed("")).status, 403);
    EXPECT_EQ(send(reader, packed("")).code(), "forbidden");
    EXPECT_EQ(with(writer, "GET", "/prometheus/api/v1/labels").status, 403);
    EXPECT_EQ(send("atl_live_nonsense", packed("")).status, 401);
    // As Grafana and Prometheus are set up the easiest: any user, and the key as the password.
    const net::Header basic{"authorization", "Basic " + to_base64(as_bytes("anybody:" + writer))};
    EXPECT_EQ(send("", packed(""), {basic}).status, 204);
    const Answer elsewhere = house->call(Browser{}, "GET", team(ada) + "/servers", "", {basic});
    EXPECT_EQ(elsewhere.status, 401) << "nowhere else";
}

TEST_F(Metrics, WritesHaveALimitOfTheirOwn) {
    const auto& limits = house->instance().services().config.limits;
    const Answer sent = send(writer, packed(""));
    EXPECT_EQ(sent.headers.at("ratelimit-limit"), std::to_string(limits.write_per_minute));
    EXPECT_EQ(ask("/labels").headers.at("ratelimit-limit"), std::to_string(limits.key_per_minute));
}

TEST_F(Metrics, BadWritesAreRefusedByName) {
    const std::int64_t at = ago_ms(60);
    const std::string good = series({{"__name__", "good"}}, {{at, 1}});
    EXPECT_EQ(send(writer, packed(good), {{"content-type", "application/json"}}).status, 415);
    EXPECT_EQ(send(writer, packed(good), {{"content-encoding", "gzip"}}).status, 415);
    const Answer second =
        send(writer, packed(good),
             {{"content-type", "application/x-protobuf;proto=io.prometheus.write.v2.Request"}});
    EXPECT_EQ(second.status, 415);
    EXPECT_NE(error(second).find("2.0 is not supported"), std::string::npos);
    EXPECT_EQ(error(send(writer, "no snappy")), "400 bad_data: The body is no block of Snappy.");
    EXPECT_EQ(error(send(writer, packed("no protobuf"))),
              "400 bad_data: What the body unpacks to is no WriteRequest of Protocol Buffers.");
    std::string bomb = wire::test::varint(std::uint64_t{64} * 300'000 + 1) + std::string("\0a", 2);
    for (int i = 0; i < 300'000; ++i)
        bomb += std::string("\xfe\x01\x00", 3);
    EXPECT_EQ(send(writer, bomb).status, 413);
    EXPECT_EQ(ask("/query?query=good").body,
              R"({"status":"success","data":{"resultType":"vector","result":[]}})");
}

TEST_F(Metrics, OfABadWriteTheGoodSamplesAreKept) {
    const std::int64_t at = ago_ms(60);
    const std::string good = series({{"__name__", "good"}}, {{at, 1}});
    for (const std::string& bad :
         {series({{"b", "1"}, {"a", "2"}}, {{at, 1}}), series({{"a", "1"}, {"a", "2"}}, {{at, 1}}),
          series({{"__name__", "late"}}, {{ago_ms(40 * 86'400), 1}}),
          series({{"__name__", "early"}}, {{ago_ms(-86'400), 1}}), series({}, {{at, 1}}),
          field(1, wire::test::label("__name__", "native") + field(4, ""))}) {
        const Answer answer = push(bad + good);
        EXPECT_EQ(answer.status, 400) << answer.body;
        EXPECT_EQ(text(answer.json(), "errorType"), "bad_data");
        EXPECT_NE(answer.body.find("1 were taken"), std::string::npos) << answer.body;
    }
    EXPECT_NE(ask("/query?query=good").body.find("\"1\""), std::string::npos);
    EXPECT_EQ(ask("/label/__name__/values").body, R"({"status":"success","data":["good"]})");
}

TEST_F(Metrics, QuestionsThatMakeNoSenseAreToldInThePrometheusWay) {
    EXPECT_EQ(error(ask("/query?query=up(")).substr(0, 42),
              "400 bad_data: invalid parameter \"query\": 1");
    EXPECT_EQ(
        error(ask("/query?query=1&time=noon")),
        "400 bad_data: invalid parameter \"time\": cannot parse \"noon\" to a valid timestamp");
    EXPECT_EQ(
        error(ask("/query_range?query=1&start=10&end=5&step=1")),
        "400 bad_data: invalid parameter \"end\": end timestamp must not be before start time");
    EXPECT_EQ(error(ask("/query_range?query=1&start=1&end=5&step=0")),
              "400 bad_data: invalid parameter \"step\": zero or negative query resolution step "
              "widths are not accepted. Try a positive integer");
    EXPECT_EQ(error(ask("/query_range?query=1&start=0&end=11001&step=1")),
              "400 bad_data: exceeded maximum resolution of 11,000 points per timeseries. Try "
              "decreasing the query resolution (?step=XX)");
    EXPECT_EQ(ask("/query_range?query=1&start=0&end=11000&step=1").status, 200);
    EXPECT_EQ(error(ask("/series")), "400 bad_data: no match[] parameter provided");
    EXPECT_EQ(ask("/series?match[]=%7B%7D").status, 400);
    EXPECT_EQ(ask("/labels?limit=-1").status, 400);
    EXPECT_EQ(post("/query", "{}").status, 400);
    EXPECT_EQ(with(reader, "POST", "/prometheus/api/v1/query", "{}").status, 415);
    EXPECT_EQ(error(ask("/query?query=up&timeout=0s")),
              "503 timeout: query timed out in expression evaluation");
}

TEST_F(Metrics, AQueryEndsWithItsClient) {
    net::Request request;
    request.method = "GET";
    request.path = "/prometheus/api/v1/query";
    request.query = "query=up";
    request.peer = "192.0.2.7";
    request.headers = {{"authorization", "Bearer " + reader}};
    auto hung_up = std::make_shared<std::atomic<bool>>(false);
    request.hung_up = hung_up;
    EXPECT_EQ(house->call(request).status, 200);
    *hung_up = true;
    EXPECT_EQ(error(house->call(request)),
              "503 timeout: query was canceled in expression evaluation");
}

TEST_F(Metrics, WhatGrafanaAsksOnItsWayIsAnswered) {
    EXPECT_EQ(ask("/query?query=1%2B1&time=4").body,
              R"({"status":"success","data":{"resultType":"scalar","result":[4,"2"]}})");
    EXPECT_EQ(ask("/rules").body, R"({"status":"success","data":{"groups":[]}})");
    EXPECT_EQ(ask("/alerts").body, R"({"status":"success","data":{"alerts":[]}})");
    EXPECT_EQ(ask("/metadata?limit=1").body, R"({"status":"success","data":{}})");
    EXPECT_EQ(ask("/query_exemplars?query=up").body, R"({"status":"success","data":[]})");
    EXPECT_NE(ask("/status/buildinfo").body.find("\"version\":\"3."), std::string::npos);
    EXPECT_EQ(post("/format_query", "query=sum(  up )").body,
              R"-({"status":"success","data":"sum(up)"})-");
}

TEST_F(Metrics, RetentionRulesSayWhatIsWrong) {
    const std::string rules = base(ada) + "/metrics/retention-rules";
    const auto add = [&](const char* prefix, int days) {
        return house->call(
            ada, "POST", rules,
            shape::write_json(shape::json_object({{"prefix", prefix}, {"days", days}})));
    };
    const Answer made = add("go_", 7);
    EXPECT_EQ(made.status, 201) << made.body;
    EXPECT_EQ(add("go_", 8).status, 409) << "there is one";
    EXPECT_EQ(add("Go_", 8).status, 201) << "names of metrics have a case";
    for (const int days : {0, -1, 31}) {
        const Answer refused = add("x", days);
        EXPECT_EQ(refused.status, 422) << days;
        EXPECT_NE(refused.body.find("From 1 to 30 days"), refused.body.npos) << refused.body;
    }
    const std::string one = rules + "/" + text(made.json(), "id");
    EXPECT_EQ(house->call(ada, "PATCH", one, shape::write_json(shape::json_object({{"days", 99}})))
                  .status,
              422);
    EXPECT_EQ(
        house->call(ada, "PATCH", one, shape::write_json(shape::json_object({{"prefix", "Go_"}})))
            .status,
        409);
    const Answer changed =
        house->call(ada, "PATCH", one, shape::write_json(shape::json_object({{"days", 5}})));
    EXPECT_EQ(changed.status, 200) << changed.body;
    EXPECT_EQ(house->call(ada, "DELETE", one, "", {{"if-match", "\"1\""}}).status, 412);
    EXPECT_EQ(house->call(ada, "DELETE", one).status, 204);
    EXPECT_EQ(house->call(ada, "GET", rules).json().find("data")->if_array()->size(), 1u);
}

} // namespace
} // namespace atalaya::apitest
