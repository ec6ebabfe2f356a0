#include "modules/metrics/export_form.hpp"

#include <gtest/gtest.h>

#include <limits>

namespace atalaya::metrics {
namespace {

std::string write(std::string_view form_name,
                  const std::vector<std::pair<Labels, std::vector<Sample>>>& all) {
    const auto form = find_export_form(form_name);
    std::string out;
    form->begin(out);
    for (const auto& [labels, samples] : all) {
        form->begin_series(out, labels);
        for (const Sample& sample : samples) {
            form->add(out, sample);
        }
    }
    form->end(out);
    return out;
}

const std::vector<std::pair<Labels, std::vector<Sample>>> some{
    {{{"__name__", "up"}, {"job", "a,\"b\"\\\n"}}, {{1'500, 0.1}, {2'000, stale_value()}}},
    {{{"__name__", "http.size"}, {"host.name", "é"}},
     {{-1, std::numeric_limits<double>::infinity()},
      {0, std::numeric_limits<double>::quiet_NaN()},
      {1, -0.0}}},
    {{{"__name__", "bare"}}, {{0, 1e300}}}};

TEST(ExportForm, JsonIsTheAnswerToARangeSelector) {
    EXPECT_EQ(write("json", some),
              R"({"status":"success","data":{"resultType":"matrix","result":[)"
              "\n"
              R"({"metric":{"__name__":"up","job":"a,\"b\"\\\n"},"values":[)"
              R"([1.500,"0.1"],[2,"stale"]]},)"
              "\n"
              R"({"metric":{"__name__":"http.size","host.name":"é"},"values":[)"
              R"([-0.001,"+Inf"],[0,"NaN"],[0.001,"-0"]]},)"
              "\n"
              R"({"metric":{"__name__":"bare"},"values":[[0,"1e+300"]]})"
              "\n]}}\n");
    EXPECT_EQ(write("json", {}),
              "{\"status\":\"success\",\"data\":{\"resultType\":\"matrix\",\"result\":[]}}\n");
}

TEST(ExportForm, CsvHasOneLineForEachSample) {
    EXPECT_EQ(
        write("csv", some),
        "metric,labels,time,value\r\n"
        "up,\"{\"\"job\"\":\"\"a,\\\"\"b\\\"\"\\\\\\n\"\"}\",1970-01-01T00:00:01.500000Z,0.1\r\n"
        "up,\"{\"\"job\"\":\"\"a,\\\"\"b\\\"\"\\\\\\n\"\"}\",1970-01-01T00:00:02.000000Z,stale"
        "\r\n"
        "http.size,\"{\"\"host.name\"\":\"\"é\"\"}\",1969-12-31T23:59:59.999000Z,+Inf\r\n"
        "http.size,\"{\"\"host.name\"\":\"\"é\"\"}\",1970-01-01T00:00:00.000000Z,NaN\r\n"
        "http.size,\"{\"\"host.name\"\":\"\"é\"\"}\",1970-01-01T00:00:00.001000Z,-0\r\n"
        "bare,{},1970-01-01T00:00:00.000000Z,1e+300\r\n");
    EXPECT_EQ(write("csv", {}), "metric,labels,time,value\r\n");
    EXPECT_EQ(write("csv", {{{{"__name__", "=x"}}, {{0, 1}}}}).substr(26, 6), "\"'=x\",")
        << "no spreadsheet takes it for a formula";
}

TEST(ExportForm, OpenMetricsLeavesOutThatASeriesEnded) {
    EXPECT_EQ(write("openmetrics", some), "up{job=\"a,\\\"b\\\"\\\\\\n\"} 0.1 1.500\n"
                                          "{\"http.size\",\"host.name\"=\"é\"} +Inf -0.001\n"
                                          "{\"http.size\",\"host.name\"=\"é\"} NaN 0\n"
                                          "{\"http.size\",\"host.name\"=\"é\"} -0 0.001\n"
                                          "bare{} 1e+300 0\n"
                                          "# EOF\n");
    EXPECT_EQ(write("openmetrics", {}), "# EOF\n");
    const auto form = find_export_form("openmetrics");
    EXPECT_EQ(form->find_fault({{"__name__", "up"}}), "");
    EXPECT_NE(form->find_fault({{"job", "a"}}), "");
}

TEST(ExportForm, OthersAreUnknown) {
    EXPECT_EQ(find_export_form("xml"), nullptr);
    EXPECT_EQ(find_export_form(""), nullptr);
}

} // namespace
} // namespace atalaya::metrics
