// Runs the fuzz target over mutations of good documents: the same ones each time, a bounded number
// of them.
#include "fuzz/mutate.hpp"

#include <gtest/gtest.h>

namespace {

using namespace atalaya;

TEST(GrafanaFuzz, NoMutationBreaksTheImport) {
    const std::vector<Bytes> corpus{
        to_bytes(R"json({"dashboard":{"title":"a","time":{"from":"now-6h","to":"now"},
            "refresh":"1m","panels":[{"id":7,"type":"timeseries","title":"b",
            "gridPos":{"x":12,"y":0,"w":12,"h":9},"fieldConfig":{"defaults":{
            "unit":"percentunit","decimals":1,"min":0,"max":1,"custom":{"thresholdsStyle":
            {"mode":"line"}},"thresholds":{"mode":"percentage","steps":[{"color":"green",
            "value":null},{"color":"#EAB839","value":0.7}]}},"overrides":[{}]},"targets":[
            {"refId":"A","expr":"rate(x{h=~\"$h\"}[5m])","legendFormat":"{{h}}"}]}]}})json"),
        to_bytes(R"json({"panels":[{"type":"row","collapsed":true,"gridPos":{"y":3},"panels":[
            {"type":"text","options":{"content":"x","mode":"html"}},{"type":"singlestat",
            "format":"s","thresholds":"1,2","colors":["#299c46","rgba(237, 129, 40, 0.89)",
            "#d44a3a"],"gauge":{"show":true,"minValue":0,"maxValue":9}}]}],"templating":
            {"list":[{"type":"query","name":"h","query":"label_values(up{a=\"b\"}, h)",
            "current":{"value":["$__all"]},"multi":true},{"type":"custom","name":"m",
            "query":"a : b,c\\,d"}]}})json"),
        to_bytes(R"json({"rows":[{"title":"r","showTitle":true,"panels":[{"type":"graph",
            "span":6,"stack":true,"yaxes":[{"format":"Bps","min":"1e3","decimals":2}],
            "legend":{"show":false},"targets":[{"expr":"x","datasource":"$d"}]}]}],
            "annotations":{"list":[{"name":"n"}]},"links":[1]})json")};
    fuzz::run_mutations(corpus, 30'000, 4);
}

} // namespace
