#include "base/problem.hpp"
#include "modules/dashboard/body.hpp"
#include "shape/engine.hpp"

#include <gtest/gtest.h>

namespace atalaya::dashboard {
namespace {

using shape::Json;

using Faults = std::vector<std::string>;

/// `pointer code` of everything that is refused.
template <class Act>
Faults faults_of(Act act) {
    try {
        act();
    } catch (const Problem& problem) {
        Faults out;
        for (const Violation& violation : problem.violations())
            out.push_back(violation.pointer + " " + violation.code);
        return out;
    }
    return {};
}

Faults check(const Body& body) {
    return faults_of([&] { check_body(body); });
}

Panel panel(std::int64_t id, std::string title = "") {
    Panel out;
    out.id = id;
    out.title = std::move(title);
    return out;
}

Body body_of(std::vector<Panel> panels) {
    Body body;
    body.panels = std::move(panels);
    return body;
}

TEST(DashboardBody, IsReadBackAsItWasWritten) {
    Body body = body_of({panel(3, "Load")});
    body.range = {"now-6h", "2026-11-22T12:00:00Z"};
    body.refresh_s = 30;
    body.variables = {{"host",
                       "Host",
                       VariableKind::label_values,
                       "up{job=\"x\"}",
                       "instance",
                       {},
                       true,
                       true,
                       {"a", "b"}}};
    Panel& load = body.panels[0];
    load.unit = Unit::bytes_per_s;
    load.decimals = 2;
    load.min = -0.5;
    load.thresholds = {{0.1, Tone::warn}, {95, Tone::bad}};
    load.queries = {{"A", "rate(x[$__rate_interval])", "{{host}}", false, true}};
    EXPECT_EQ(check(body), Faults{});
    const std::string text = shape::write_json(shape::to_json(body));
    EXPECT_EQ(shape::decode<Body>(shape::parse_json(text).value()), body);
}

TEST(DashboardBody, NamesEveryFaultOfAField) {
    Body body = body_of({panel(1)});
    body.panels[0].queries = {{"A", "", "", false, false}};
    Json json = shape::to_json(body);
    json.set("color", "red").set("refresh_s", 86'401);
    Json wrong = json.find("panels")->if_array()->front();
    wrong.set("kind", "pie").set("w", 13).set("decimals", 7).set("unit", "parsec");
    Json query = wrong.find("queries")->if_array()->front();
    query.set("instant", "yes");
    wrong.set("queries", shape::Array{query});
    json.set("panels", shape::Array{wrong});
    EXPECT_EQ(faults_of([&] { shape::decode<Body>(json); }),
              (Faults{"/color unknown", "/refresh_s range", "/panels/0/kind choice",
                      "/panels/0/w range", "/panels/0/unit choice", "/panels/0/decimals range",
                      "/panels/0/queries/0/instant type"}));
}

TEST(DashboardBody, HasACountOfEverything) {
    Body body = body_of(std::vector<Panel>(panels_max + 1));
    EXPECT_EQ(faults_of([&] { shape::decode<Body>(shape::to_json(body)); }),
              Faults{"/panels count"});
    body.panels.resize(panels_max);
    for (std::size_t i = 0; i < body.panels.size(); ++i)
        body.panels[i].id = static_cast<std::int64_t>(i) + 1;
    EXPECT_EQ(shape::decode<Body>(shape::to_json(body)), body);
    body.variables.resize(variables_max + 1);
    body.panels[7].queries.resize(queries_max + 1);
    EXPECT_EQ(faults_of([&] { shape::decode<Body>(shape::to_json(body)); }),
              (Faults{"/variables count", "/panels/7/queries count"}));
}

TEST(DashboardBody, RefusesWhatDoesNotFitTogether) {
    Body body = body_of({panel(1), panel(1), panel(2)});
    body.range = {"yesterday", "now-"};
    body.refresh_s = 4;
    body.panels[1].x = 6;
    body.panels[1].w = 7;
    body.panels[2].min = 1;
    body.panels[2].max = 1;
    body.panels[2].queries = {
        {"A", "", "", false, false}, {"A", "", "", false, false}, {"a b", "", "", false, false}};
    body.variables = {{"host", "", VariableKind::list, "", "", {}, false, false, {"a", "b"}},
                      {"host", "", VariableKind::label_values, "", "", {}, true, false, {}},
                      {"9x", "", VariableKind::text, "", "", {}, false, false, {}}};
    EXPECT_EQ(
        check(body),
        (Faults{"/body/range/from time", "/body/range/to time", "/body/refresh_s range",
                "/body/variables/0/chosen count", "/body/variables/1/name taken",
                "/body/variables/1/values_of empty", "/body/variables/2/name name",
                "/body/panels/1/id taken", "/body/panels/1/w range", "/body/panels/2/max range",
                "/body/panels/2/queries/1/ref taken", "/body/panels/2/queries/2/ref name"}));
}

TEST(DashboardBody, HasABoundInSum) {
    Body body = body_of({panel(1)});
    for (int i = 0; i < 14; ++i) {
        body.panels.push_back(panel(i + 2));
        body.panels.back().text = std::string(18'000, 'x');
    }
    EXPECT_EQ(check(body), Faults{});
    body.panels[0].text = std::string(18'000, 'x');
    EXPECT_EQ(check(body), Faults{"/body size"});
}

TEST(DashboardMoment, IsRelativeOrATime) {
    for (const char* good : {"now", "now-1h", "now-15m", "now-1d/d", "now/w", "now+1h-5m",
                             "2026-11-22T12:00:00Z", "2026-11-22T12:00:00.5+01:00"})
        EXPECT_TRUE(is_moment(good)) << good;
    for (const char* bad : {"", "no", "now-", "now-h", "now-1", "now1h", "now-1h ", "now/2d",
                            "now-1q", "now-1234567s", "2026-11-22", "1764000000"})
        EXPECT_FALSE(is_moment(bad)) << bad;
}

TEST(DashboardChanges, NamePanelsRatherThanTheWholeBody) {
    const Content before{"Web", std::nullopt,
                         body_of({panel(1, "Load"), panel(2, "Disk"), panel(3), panel(4, "Same")})};
    Content after = before;
    after.name = "Web servers";
    after.body.range.from = "now-3h";
    after.body.panels = {panel(4, "Same"), panel(1, "Load"), panel(3), panel(5, "Errors")};
    after.body.panels[1].title = "CPU";
    after.body.panels[2].stacked = true;
    after.body.variables = {{"host", "", VariableKind::text, "", "", {}, false, false, {}}};
    EXPECT_EQ(shape::write_json(changes(&before, after)),
              R"([{"field":"name","before":"Web","after":"Web servers"},)"
              R"({"field":"range","before":"now-1h to now","after":"now-3h to now"},)"
              R"({"field":"variables_added","before":null,"after":["host"]},)"
              R"({"field":"panels_added","before":null,"after":["Errors"]},)"
              R"({"field":"panels_removed","before":["Disk"],"after":null},)"
              R"({"field":"panels_changed","before":null,"after":["CPU","panel 3"]}])");
    EXPECT_EQ(shape::write_json(changes(&after, after)), "[]");
    EXPECT_EQ(shape::write_json(changes(nullptr, before)),
              R"([{"field":"name","before":null,"after":"Web"},)"
              R"({"field":"range","before":null,"after":"now-1h to now"},)"
              R"({"field":"refresh_s","before":null,"after":0},)"
              R"({"field":"panels_added","before":null,)"
              R"("after":["Load","Disk","panel 3","Same"]}])");
}

} // namespace
} // namespace atalaya::dashboard
