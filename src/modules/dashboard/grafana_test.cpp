#include "modules/dashboard/grafana.hpp"
#include "shape/engine.hpp"

#include <gtest/gtest.h>

namespace atalaya::dashboard {
namespace {

using shape::Json;

Json parse(std::string_view text) { return shape::parse_json(text).value(); }

Conversion convert(std::string_view text) {
    Conversion out = convert_grafana(parse(text)).value();
    check_body(out.content.body); // whatever comes out is taken by the API
    EXPECT_EQ(shape::decode<Content>(shape::to_json(out.content)), out.content);
    return out;
}

/// A dashboard of these panels.
Conversion convert_panels(const std::string& panels) {
    return convert(R"({"title":"Made up","panels":[)" + panels + "]}");
}
Panel only_panel(const Conversion& made) {
    EXPECT_EQ(made.content.body.panels.size(), 1u);
    return made.content.body.panels.empty() ? Panel{} : made.content.body.panels.front();
}
Panel convert_one(const std::string& panel) { return only_panel(convert_panels(panel)); }

std::vector<std::string> left_out(const Conversion& made) {
    std::vector<std::string> out;
    for (const LeftOut& entry : made.left_out)
        out.push_back(entry.panel + ": " + entry.what);
    return out;
}

using Texts = std::vector<std::string>;

TEST(GrafanaImport, TakesAWholeDashboard) {
    const Conversion made = convert(R"json({"dashboard":{
        "title":"Kiosk machines","description":"Those in the hall","tags":[],
        "time":{"from":"now-6h","to":"now"},"refresh":"1m","schemaVersion":39,
        "panels":[{"id":7,"type":"timeseries","title":"Busy","description":"All cores",
            "datasource":{"type":"prometheus","uid":"p1"},
            "gridPos":{"x":12,"y":0,"w":12,"h":9},
            "fieldConfig":{"defaults":{"unit":"percentunit","decimals":1,"min":0,"max":1,
                "custom":{"stacking":{"mode":"normal"},"thresholdsStyle":{"mode":"line"}},
                "thresholds":{"mode":"absolute","steps":[{"color":"green","value":null},
                    {"color":"#EAB839","value":0.7},{"color":"red","value":0.9}]}},"overrides":[]},
            "options":{"legend":{"displayMode":"table","showLegend":true}},
            "targets":[{"refId":"A","expr":"rate(busy_total{host=~\"$host\"}[$__rate_interval])",
                "legendFormat":"{{host}}","range":true},
                {"refId":"B","expr":"quota","legendFormat":"__auto","instant":true,"hide":true}]}]},
        "meta":{"slug":"x"}})json");
    EXPECT_EQ(made.content.name, "Kiosk machines");
    EXPECT_EQ(made.content.description, "Those in the hall");
    EXPECT_EQ(made.content.body.range, (Range{"now-6h", "now"}));
    EXPECT_EQ(made.content.body.refresh_s, 60);
    EXPECT_EQ(left_out(made), Texts{});
    Panel wanted;
    wanted.id = 1;
    wanted.title = "Busy";
    wanted.description = "All cores";
    wanted.x = 6;
    wanted.w = 6;
    wanted.h = 9;
    wanted.unit = Unit::ratio;
    wanted.decimals = 1;
    wanted.min = 0;
    wanted.max = 1;
    wanted.stacked = true;
    wanted.legend = Legend::table;
    wanted.thresholds = {{0.7, Tone::warn}, {0.9, Tone::bad}};
    wanted.queries = {
        {"A", "rate(busy_total{host=~\"$host\"}[$__rate_interval])", "{{host}}", false, false},
        {"B", "quota", "", true, true}};
    EXPECT_EQ(only_panel(made), wanted);
}

TEST(GrafanaImport, KnowsTheKindsOfPanels) {
    for (const auto& [theirs, ours] :
         std::vector<std::pair<std::string, PanelKind>>{{"timeseries", PanelKind::graph},
                                                        {"graph", PanelKind::graph},
                                                        {"stat", PanelKind::stat},
                                                        {"singlestat", PanelKind::stat},
                                                        {"gauge", PanelKind::gauge},
                                                        {"bargauge", PanelKind::bar},
                                                        {"table", PanelKind::table}}) {
        EXPECT_EQ(convert_one(R"({"title":"x","type":")" + theirs + R"("})").kind, ours) << theirs;
    }
    const Conversion made = convert_panels(R"({"title":"Warm","type":"heatmap"},
        {"id":4,"type":"row","libraryPanel":{"uid":"x"}},{"type":5},17)");
    EXPECT_EQ(made.content.body.panels.size(), 0u);
    EXPECT_EQ(left_out(made), (Texts{"Warm: panel of the kind heatmap", "panel 4: library panel",
                                     "panel 0: panel of the kind that it has",
                                     "panel 0: panel of the kind that it has"}));
}

TEST(GrafanaImport, ReadsTextsOfBothForms) {
    EXPECT_EQ(
        convert_one(R"({"type":"text","options":{"mode":"markdown","content":"# One"}})").text,
        "# One");
    const Conversion old =
        convert_panels(R"({"type":"text","title":"Two","mode":"html","content":"<b>"})");
    EXPECT_EQ(only_panel(old).text, "<b>");
    EXPECT_EQ(left_out(old), Texts{"Two: HTML"});
}

TEST(GrafanaImport, ReadsOldGraphsAndSingleValues) {
    const Panel graph = convert_one(R"({"type":"graph","stack":true,"legend":{"show":false},
        "yaxes":[{"format":"Bps","min":"0","max":"1e3","decimals":2},{"format":"short"}],
        "targets":[{"refId":"A","expr":"x"}]})");
    EXPECT_EQ(graph.unit, Unit::bytes_per_s);
    EXPECT_TRUE(graph.stacked);
    EXPECT_EQ(graph.legend, Legend::hidden);
    EXPECT_EQ(graph.min, 0);
    EXPECT_EQ(graph.max, 1000);
    EXPECT_EQ(graph.decimals, 2);
    const Panel value = convert_one(R"json({"type":"singlestat","format":"percent",
        "gauge":{"show":true,"minValue":0,"maxValue":100},"thresholds":"70, 90",
        "colors":["rgba(50, 172, 45, 0.97)","rgba(237, 129, 40, 0.89)","#d44a3a"]})json");
    EXPECT_EQ(value.kind, PanelKind::gauge);
    EXPECT_EQ(value.max, 100);
    EXPECT_EQ(value.thresholds, (std::vector<Threshold>{{70, Tone::warn}, {90, Tone::bad}}));
}

TEST(GrafanaImport, MapsUnitsAndNamesThoseThatDoNot) {
    for (const auto& [theirs, ours] :
         std::vector<std::pair<std::string, Unit>>{{"", Unit::none},
                                                   {"short", Unit::none},
                                                   {"percent", Unit::percent},
                                                   {"decbytes", Unit::bytes},
                                                   {"bps", Unit::bits_per_s},
                                                   {"reqps", Unit::per_s},
                                                   {"s", Unit::seconds},
                                                   {"ms", Unit::ms},
                                                   {"bits", Unit::bits}})
        EXPECT_EQ(convert_one(R"({"type":"stat","fieldConfig":{"defaults":{"unit":")" + theirs +
                              R"("}}})")
                      .unit,
                  ours)
            << theirs;
    const Conversion made = convert_panels(
        R"({"type":"stat","title":"Far","fieldConfig":{"defaults":{"unit":"lengthkm"}}})");
    EXPECT_EQ(left_out(made), Texts{"Far: unit lengthkm"});
}

TEST(GrafanaImport, TakesThresholdsThatMeanSomething) {
    const auto thresholds = [](const std::string& type, const std::string& defaults) {
        return convert_one(R"({"type":")" + type + R"(","fieldConfig":{"defaults":{)" + defaults +
                           "}}}")
            .thresholds;
    };
    const std::string usual = R"("thresholds":{"mode":"absolute","steps":[
        {"color":"green","value":null},{"color":"red","value":80}]})";
    EXPECT_EQ(thresholds("stat", usual), (std::vector<Threshold>{{80, Tone::bad}}));
    EXPECT_TRUE(thresholds("timeseries", usual).empty()) << "Grafana does not draw them";
    // Where little is bad, the least value says so.
    const std::string reversed = R"("min":5,"thresholds":{"mode":"absolute","steps":[
        {"color":"dark-red","value":null},{"color":"semi-dark-green","value":99}]})";
    EXPECT_EQ(thresholds("stat", reversed),
              (std::vector<Threshold>{{5, Tone::bad}, {99, Tone::good}}));
    const std::string percent = R"("thresholds":{"mode":"percentage","steps":[
        {"color":"green","value":null},{"color":"orange","value":50}]})";
    EXPECT_EQ(thresholds("gauge", R"("min":10,"max":30,)" + percent),
              (std::vector<Threshold>{{20, Tone::warn}}));
    EXPECT_TRUE(thresholds("gauge", percent).empty());
}

TEST(GrafanaImport, LeavesOutWhatOtherDataSourcesAnswer) {
    const Conversion made = convert(R"({"title":"Mixed","panels":[
        {"title":"Both","type":"table","datasource":{"uid":"-- Mixed --"},"targets":[
            {"refId":"A","expr":"up","datasource":{"type":"prometheus","uid":"x"}},
            {"refId":"B","expr":"{job=\"x\"}","datasource":{"type":"loki","uid":"y"}},
            {"refId":"C","expression":"$A * 2","type":"math","datasource":{"type":"__expr__"}}]},
        {"title":"Logs","type":"table","datasource":"${DS_LOGS}",
         "targets":[{"refId":"A","expr":"x"}]},
        {"title":"Ours","type":"table","datasource":"$source",
         "targets":[{"refId":"A","expr":"x"}]}],
        "__inputs":[{"name":"DS_LOGS","pluginId":"loki"}],
        "templating":{"list":[{"type":"datasource","name":"source","query":"prometheus"}]}})");
    EXPECT_EQ(left_out(made),
              (Texts{"Both: query B", "Both: query C", "Logs: query A", "Logs: panel"}));
    EXPECT_EQ(made.left_out[0].why, "It asks a data source of the kind loki.");
    EXPECT_EQ(made.content.body.panels.size(), 2u);
    EXPECT_TRUE(made.content.body.variables.empty()) << "there is one data source";
}

TEST(GrafanaImport, NamesEachQueryOnce) {
    const Panel panel = convert_one(R"({"type":"stat","targets":[{"refId":"A","expr":"a"},
        {"refId":"A","expr":"b"},{"refId":"a b","expr":"c"},{"expr":"d"},
        {"refId":"far_too_long_for_a_ref","expr":"e"}]})");
    Texts refs;
    for (const PanelQuery& query : panel.queries)
        refs.push_back(query.ref);
    EXPECT_EQ(refs, (Texts{"A", "Q1", "Q2", "Q3", "Q4"}));
}

TEST(GrafanaImport, ListsWhatPanelsHaveBeside) {
    const Conversion made = convert_panels(R"({"type":"timeseries","title":"Rich","repeat":"host",
        "transformations":[{"id":"merge"}],"links":[{}],"interval":"1m","timeShift":"1d","alert":{},
        "fieldConfig":{"defaults":{"mappings":[{}],"links":[{}],
            "custom":{"stacking":{"mode":"percent"}}},"overrides":[{}]}})");
    EXPECT_TRUE(only_panel(made).stacked);
    EXPECT_EQ(left_out(made), (Texts{"Rich: stacking in percent", "Rich: value mappings",
                                     "Rich: links", "Rich: overrides", "Rich: repetition by $host",
                                     "Rich: transformations", "Rich: links", "Rich: alert",
                                     "Rich: a step of its own", "Rich: a time of its own"}));
    EXPECT_EQ(left_out(convert(
                  R"({"panels":[],"links":[{}],"tags":["x"],"timezone":"utc","annotations":{"list":[
        {"builtIn":1,"name":"Alerts"},{"name":"Deploys"}]}})")),
              (Texts{": annotations Deploys", ": time zone utc", ": links", ": tags"}));
}

TEST(GrafanaImport, SaysWhereAnotherValueThanTheLastWasShown) {
    EXPECT_EQ(left_out(convert_panels(
                  R"({"type":"stat","title":"A","options":{"reduceOptions":{"calcs":["mean"]}}},
        {"type":"gauge","title":"B","options":{"reduceOptions":{"calcs":["lastNotNull"]}}},
        {"type":"singlestat","title":"C","valueName":"avg"},
        {"type":"singlestat","title":"D","valueName":"current"},{"type":"bargauge","title":"E"})")),
              (Texts{"A: calculation mean", "C: calculation avg"}));
}

TEST(GrafanaImport, UnfoldsCollapsedRows) {
    const Conversion made = convert_panels(R"(
        {"type":"row","title":"Last","gridPos":{"x":0,"y":2,"w":24,"h":1},"panels":[]},
        {"type":"stat","title":"End","gridPos":{"x":20,"y":3,"w":4,"h":4}},
        {"type":"stat","title":"Top","gridPos":{"x":0,"y":0,"w":5,"h":1}},
        {"type":"row","title":"Folded","collapsed":true,"gridPos":{"x":0,"y":1,"w":24,"h":1},
         "panels":[{"type":"stat","title":"In left","gridPos":{"x":0,"y":9,"w":5,"h":3}},
                   {"type":"stat","title":"In right","gridPos":{"x":5,"y":9,"w":5,"h":3}}]})");
    std::string seen;
    for (const Panel& panel : made.content.body.panels)
        seen += panel.title + " " + std::to_string(panel.x) + "," + std::to_string(panel.y) + " " +
                std::to_string(panel.w) + "x" + std::to_string(panel.h) + "; ";
    EXPECT_EQ(seen, "Top 0,0 2x1; Folded 0,1 12x1; In left 0,2 2x3; In right 2,2 3x3; "
                    "Last 0,5 12x1; End 10,6 2x4; ");
}

TEST(GrafanaImport, ReadsRowsOfOldDocuments) {
    const Conversion made = convert(R"({"title":"Old","rows":[
        {"title":"First","showTitle":true,"panels":[{"type":"graph","title":"A","span":8},
            {"type":"graph","title":"B","span":4},{"type":"graph","title":"C","span":6}]},
        {"title":"Second","panels":[{"type":"graph","title":"D"}]}]})");
    std::string seen;
    for (const Panel& panel : made.content.body.panels)
        seen += panel.title + " " + std::to_string(panel.x) + "," + std::to_string(panel.y) + " " +
                std::to_string(panel.w) + "; ";
    EXPECT_EQ(seen, "First 0,0 12; A 0,1 8; B 8,1 4; C 0,9 6; D 0,17 12; ");
}

TEST(GrafanaImport, TakesVariables) {
    const Conversion made = convert(R"json({"panels":[],"templating":{"list":[
        {"type":"query","name":"job","label":"Job","query":"label_values(job)",
         "current":{"value":"$__all"},"includeAll":true,"multi":true},
        {"type":"query","name":"host","current":{"value":["a","b"]},"multi":true,"query":
         {"query":"label_values(up{job=~\"$job\", a=\"b,c\"}, instance)","refId":"x"}},
        {"type":"custom","name":"mode","query":"idle, user : us,a\\,b","current":{"value":"us"}},
        {"type":"interval","name":"step","query":"1m,5m",
         "current":{"value":"$__auto_interval_step"}},
        {"type":"constant","name":"site","query":"north"},
        {"type":"textbox","name":"find","query":"abc","current":{"value":""}}]}})json");
    EXPECT_EQ(left_out(made), Texts{});
    const auto list = VariableKind::list;
    const auto values = VariableKind::label_values;
    const std::string match = "up{job=~\"$job\", a=\"b,c\"}";
    const std::vector<Variable> wanted{
        {"job", "Job", values, "", "job", {}, true, true, {}},
        {"host", "", values, match, "instance", {}, true, false, {"a", "b"}},
        {"mode", "", list, "", "", {"idle", "us", "a,b"}, false, false, {"us"}},
        {"step", "", list, "", "", {"1m", "5m"}, false, false, {}},
        {"site", "", list, "", "", {"north"}, false, false, {"north"}},
        {"find", "", VariableKind::text, "", "", {}, false, false, {"abc"}}};
    EXPECT_EQ(made.content.body.variables, wanted);
}

TEST(GrafanaImport, SaysWhichVariablesItCannotTake) {
    const Conversion made = convert(R"json({"panels":[],"templating":{"list":[
        {"type":"query","name":"a","query":"query_result(up)"},
        {"type":"query","name":"b","query":"label_values(x)","datasource":{"type":"loki"}},
        {"type":"adhoc","name":"c"},
        {"type":"custom","name":"d e","query":"x"},
        {"type":"custom","name":"f","query":"x"},{"type":"custom","name":"f","query":"y"},
        {"type":"query","name":"g","query":"label_values(x)","regex":"/x/","allValue":".+"},
        {"type":"query","name":"h","query":"label_values(up{a=\"b,c\"})"}]}})json");
    EXPECT_EQ(left_out(made), (Texts{": variable a", ": variable b", ": variable c",
                                     ": variable d e", ": variable f", ": variable g: regex",
                                     ": variable g: custom all value", ": variable h"}));
    EXPECT_EQ(made.content.body.variables.size(), 2u);
}

TEST(GrafanaImport, KeepsItsBoundsWhateverComes) {
    std::string panels, variables;
    for (int i = 0; i < 1000; ++i) {
        panels += std::string(i ? "," : "") +
                  R"({"type":"stat","title":"x","gridPos":{"x":1e9,"y":-5,"w":1e300,"h":0}})";
        variables +=
            std::string(i ? "," : "") + R"({"type":"custom","name":"v)" + std::to_string(i) + "\"}";
    }
    const Conversion made =
        convert(R"({"panels":[)" + panels + R"(],"templating":{"list":[)" + variables + "]}}");
    EXPECT_EQ(made.content.body.panels.size(), static_cast<std::size_t>(panels_max));
    EXPECT_EQ(made.content.body.variables.size(), static_cast<std::size_t>(variables_max));
    EXPECT_EQ(made.left_out.size(), 501u);
    EXPECT_EQ(made.left_out.back().what, "1280 more");
    EXPECT_EQ(made.content.name, "Imported dashboard");

    const Panel wrong = convert_one(R"({"type":"stat","title":7,"description":["x"],
        "gridPos":[1],"targets":{"a":1},"options":"x","fieldConfig":{"defaults":{"unit":4,
        "decimals":99,"min":5,"max":1,"thresholds":{"steps":[5,{"value":"x"}]}}}})");
    EXPECT_EQ(wrong.decimals, 6);
    EXPECT_FALSE(wrong.max.has_value());
    EXPECT_EQ(wrong.w, columns);
}

TEST(GrafanaImport, CutsTextsBetweenCharacters) {
    std::string title;
    for (int i = 0; i < 300; ++i)
        title += "\xc3\xab";
    EXPECT_EQ(convert_one(R"({"type":"stat","title":")" + title + "\"}").title,
              title.substr(0, 400));
}

TEST(GrafanaImport, SaysWhyADocumentIsNone) {
    const auto refusal = [](std::string_view text) {
        const auto made = convert_grafana(parse(text));
        return made ? std::string() : made.error().reason;
    };
    EXPECT_EQ(refusal("[]"), "not an object");
    EXPECT_EQ(refusal("{}"), "without a list of panels");
    EXPECT_EQ(refusal(R"({"panels":{}})"), "without a list of panels");
    EXPECT_EQ(refusal(R"({"apiVersion":"x","spec":{"elements":{}}})"),
              "in Grafana's newer form (v2); export it in the classic form");
    std::string large;
    for (int i = 0; i < 30; ++i)
        large += std::string(i ? "," : "") + R"({"type":"text","content":")" +
                 std::string(15'000, 'x') + "\"}";
    EXPECT_EQ(refusal(R"({"panels":[)" + large + "]}"),
              "too large: what it shows has more than 256 KiB");
}

} // namespace
} // namespace atalaya::dashboard
