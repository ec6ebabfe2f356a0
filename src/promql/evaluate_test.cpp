#include "promql/evaluate.hpp"

#include "promql/test_source.hpp"

#include <gtest/gtest.h>
#include <map>

namespace atalaya::promql {
namespace {

struct Case {
    const char* query;
    std::int64_t minute;
    const char* answer;
};

void expect(TestSource& source, std::initializer_list<Case> cases) {
    for (const auto& [query, minute, answer] : cases)
        EXPECT_EQ(ask(source, query, minute), answer) << query << " at " << minute;
}

TEST(Evaluate, ASampleSpeaksForFiveMinutesAndAnEndAtOnce) {
    TestSource source{R"(up{job="a"} 1)", R"(up{job="b"} 2 stale)"};
    expect(source, {{"up", 0, "up{job=a} 1 up{job=b} 2"},
                    {"up", 1, "up{job=a} 1"},
                    {"up", 4, "up{job=a} 1"},
                    {"up", 5, ""}, // the left edge is outside
                    {"up offset 4m", 8, "up{job=a} 1"},
                    {"up offset -1m", 0, "up{job=a} 1"},
                    {"up @ 0", 90, "up{job=a} 1 up{job=b} 2"},
                    {"up{job!~'a|c'}", 0, "up{job=b} 2"}});
}

TEST(Evaluate, WindowsAreOpenOnTheLeft) {
    TestSource source{"requests 0+10x10", "odd 1 NaN 3 stale 5"};
    expect(source, {{"count_over_time(requests[2m])", 5, "{} 2"},
                    {"sum_over_time(requests[2m])", 5, "{} 90"},
                    {"last_over_time(requests[2m])", 5, "requests{} 50"},
                    {"count_over_time(odd[5m])", 4, "{} 4"},
                    {"rate(requests[2m])", 5, "{} 0.16666666666666666"},
                    {"increase(requests[4m])", 5, "{} 40"},
                    {"delta(requests[4m])", 5, "{} 40"},
                    {"irate(requests[4m])", 5, "{} 0.16666666666666666"},
                    {"idelta(requests[4m])", 5, "{} 10"},
                    {"deriv(requests[4m])", 5, "{} 0.16666666666666666"},
                    {"predict_linear(requests[4m], 60)", 5, "{} 60"},
                    {"rate(requests[1m])", 5, ""}}); // one sample tells no rate
}

/// Compares what a range gives with what each of its steps gives on its own; says how many do.
std::size_t expect_same_in_range(TestSource& source, const std::string& query,
                                 std::int64_t minutes) {
    const auto expr = parse_expression(query);
    std::map<std::int64_t, std::string> each, together;
    for (std::int64_t at_ms = 0; at_ms <= minutes * 60'000; at_ms += 60'000) {
        const Value value = evaluate_instant(**expr, query, source, at_ms, {});
        for (const ResultSeries& series : value.series)
            each[at_ms] += to_text(series.samples.front().value) + ' ';
    }
    const Value value = evaluate_range(**expr, query, source, 0, minutes * 60'000, 60'000, {});
    for (const ResultSeries& series : value.series) {
        for (const Sample& sample : series.samples)
            together[sample.time_ms] += to_text(sample.value) + ' ';
    }
    EXPECT_EQ(together, each) << query;
    return each.size();
}

TEST(Evaluate, WindowsThatOverlapGiveWhatEachOfThemDoes) {
    TestSource source{"odd 3 1 -1 NaN 4 4 5 stale -0 0 -0 _ NaN NaN NaN 7 2 2 1 9 0 3",
                      "zero 0 -0 0 -0 -0 0 0 -0 0 -0 0 NaN 0 -0", "up 0+1x20"};
    std::size_t compared = 0;
    for (const char* function : {"min_over_time", "max_over_time", "sum_over_time", "rate",
                                 "changes", "resets", "count_over_time"}) {
        for (const char* selector : {"odd", "zero", "up"})
            for (const char* range : {"[1m]", "[2m]", "[3m]", "[30m]", "[4m] offset 2m"})
                compared += expect_same_in_range(
                    source, std::string(function) + "(" + selector + range + ")", 25);
    }
    EXPECT_GT(compared, 2'000u);
}

TEST(Evaluate, AQuantileLiesBetweenTwoOfTheValues) {
    TestSource source{"odd 3 1 NaN 4 1 5"};
    // In order: NaN 1 1 3 4 5.
    expect(source, {{"quantile_over_time(1, odd[10m])", 9, "{} 5"},
                    {"quantile_over_time(0.9, odd[10m])", 9, "{} 4.5"},
                    {"quantile_over_time(0.5, odd[10m])", 9, "{} 2"},
                    {"quantile_over_time(0.4, odd[10m])", 9, "{} 1"},
                    {"quantile_over_time(0.1, odd[10m])", 9, "{} nan"}});
}

TEST(Evaluate, ACounterThatStartsAgainHasLostNothing) {
    TestSource source{"requests 10 20 5 15"};
    // 10 seen, 5 after the start and 10 more, over three minutes; the first sample is so near the
    // window's edge that the series is taken to have begun before it.
    expect(source, {{"resets(requests[10m])", 3, "{} 1"},
                    {"changes(requests[10m])", 3, "{} 3"},
                    {"increase(requests[4m])", 3, "{} 33.33333333333333"}});
}

TEST(Evaluate, AggregationsKeepWhatTheyAreToldTo) {
    TestSource source{R"(cpu{host="a",mode="idle"} 1)", R"(cpu{host="a",mode="user"} 3)",
                      R"(cpu{host="b",mode="idle"} 5)"};
    expect(source, {{"sum by (host) (cpu)", 0, "{host=a} 4 {host=b} 5"},
                    {"sum without (host) (cpu)", 0, "{mode=idle} 6 {mode=user} 3"},
                    {"count(cpu)", 0, "{} 3"},
                    {"avg(cpu)", 0, "{} 3"},
                    {"min(cpu)", 0, "{} 1"},
                    {"max(cpu)", 0, "{} 5"},
                    {"group by (mode) (cpu)", 0, "{mode=idle} 1 {mode=user} 1"},
                    {"quantile(0.5, cpu)", 0, "{} 3"},
                    {"stdvar(cpu)", 0, "{} 2.6666666666666665"},
                    {"topk(1, cpu)", 0, "cpu{host=b,mode=idle} 5"},
                    {"bottomk(1, cpu)", 0, "cpu{host=a,mode=idle} 1"},
                    {"count_values('v', cpu)", 0, "{v=1} 1 {v=3} 1 {v=5} 1"},
                    {"sum(absent_metric)", 0, ""},
                    {"absent(absent_metric{job='x'})", 0, "{job=x} 1"}});
}

TEST(Evaluate, OperatorsMatchTheirSides) {
    TestSource source{R"(used{host="a"} 30)", R"(used{host="b"} 10)", R"(size{host="a"} 60)",
                      R"(size{host="c"} 5)", R"(info{host="a",os="linux"} 1)"};
    expect(source, {{"used / size", 0, "{host=a} 0.5"},
                    {"used > 20", 0, "used{host=a} 30"},
                    {"used > bool 20", 0, "{host=a} 1 {host=b} 0"},
                    {"used and size", 0, "used{host=a} 30"},
                    {"used unless size", 0, "used{host=b} 10"},
                    {"used or size", 0, "size{host=c} 5 used{host=a} 30 used{host=b} 10"},
                    {"used * on (host) group_left (os) info", 0, "{host=a,os=linux} 30"},
                    {"-used", 0, "{host=a} -30 {host=b} -10"},
                    {"2 ^ 3 ^ 2", 0, "512"},
                    {"-2 ^ 2", 0, "-4"},
                    {"7 % 4 + 1 == bool 4", 0, "1"},
                    {"1 / 0", 0, "inf"}});
    EXPECT_NE(ask(source, "info * on (job) used", 0).find("many-to-many"), std::string::npos);
}

TEST(Evaluate, SubqueriesFallOnMultiplesOfTheirStep) {
    TestSource source{"requests 0+10x20"};
    expect(source, {{"count_over_time(requests[10m:2m])", 11, "{} 5"},
                    {"max_over_time(rate(requests[2m])[5m:1m])", 10, "{} 0.16666666666666666"},
                    {"sum_over_time(requests[3m:])", 5, "{} 120"}});
}

TEST(Evaluate, LabelsAreRewritten) {
    TestSource source{R"(up{host="web-1.example"} 1)"};
    expect(source, {{R"(label_replace(up, "short", "$1", "host", "([^.]+)\\..*"))", 0,
                     "up{host=web-1.example,short=web-1} 1"},
                    {R"(label_join(up, "both", "/", "host", "host"))", 0,
                     "up{both=web-1.example/web-1.example,host=web-1.example} 1"}});
}

TEST(Evaluate, ClassicHistogramsGiveQuantiles) {
    TestSource source{R"(h_bucket{le="1"} 10)", R"(h_bucket{le="2"} 20)",
                      R"(h_bucket{le="+Inf"} 20)"};
    expect(source, {{"histogram_quantile(0.5, h_bucket)", 0, "{} 1"},
                    {"histogram_quantile(0.75, h_bucket)", 0, "{} 1.5"},
                    {"histogram_quantile(1, h_bucket)", 0, "{} 2"},
                    {"histogram_fraction(0, 1.5, h_bucket)", 0, "{} 0.75"}});
}

TEST(Evaluate, ABucketWithoutAnEndLiesAtItsOther) {
    TestSource source{R"(h_bucket{le="-3"} 10)", R"(h_bucket{le="-2"} 12)",
                      R"(h_bucket{le="+Inf"} 100)"};
    expect(source, {{"histogram_fraction(-4, -2, h_bucket)", 0, "{} 0.02"},
                    {"histogram_fraction(-Inf, -2, h_bucket)", 0, "{} 0.12"},
                    {"histogram_fraction(-2, 7, h_bucket)", 0, "{} 0"}});
}

TEST(Evaluate, HistogramsOfTwoMetricsAreNotOne) {
    TestSource source{R"(a_bucket{le="1"} 1)", R"(a_bucket{le="+Inf"} 1)", R"(b_bucket{le="1"} 1)",
                      R"(b_bucket{le="+Inf"} 1)"};
    EXPECT_EQ(ask(source, "histogram_quantile(0.5, {__name__=~'._bucket'})", 0),
              "vector cannot contain metrics with the same labelset");
}

TEST(Evaluate, ANameThatIsTakenAwayMakesNoSeriesTwice) {
    TestSource source{"a 1 _", "b _ 2", "c 3"};
    const std::string_view query = "-{__name__=~'a|b'}";
    EvaluationLimits limits;
    limits.lookback_ms = 60'000;
    const auto expr = parse_expression(query);
    EXPECT_EQ(to_text(evaluate_range(**expr, query, source, 0, 60'000, 60'000, limits)),
              "{} -1 -2");
    EXPECT_EQ(ask(source, "-{__name__=~'a|c'}", 0),
              "vector cannot contain metrics with the same labelset");
}

TEST(Evaluate, TimesAndNumbers) {
    TestSource source{"up 1 1", "load -1.5"};
    expect(source, {{"time()", 1, "60"},
                    {"timestamp(up)", 3, "{} 60"},
                    {"hour(vector(7200))", 0, "{} 2"},
                    {"abs(load)", 0, "{} 1.5"},
                    {"clamp(load, -1, 1)", 0, "{} -1"},
                    {"round(load, 0.5)", 0, "{} -1.5"},
                    {"scalar(load) + 1", 0, "-0.5"},
                    {"'a string'", 0, "a string"}});
}

TEST(Evaluate, ARangeHasAValueAtEachStepThatHasOne) {
    TestSource source{"requests 0+10x3", R"(short{host="a"} 1 stale)"};
    const std::string_view query = "requests or short";
    const Value value =
        evaluate_range(**parse_expression(query), query, source, 0, 240'000, 60'000, {});
    EXPECT_EQ(to_text(value), "requests{} 0 10 20 30 30 short{host=a} 1");
    EXPECT_EQ(value.stats.series_read, 2u);
}

TEST(Evaluate, LimitsEndAQuery) {
    TestSource source{"requests 0+1x100"};
    EvaluationLimits limits;
    limits.samples_max = 10;
    EXPECT_NE(ask(source, "sum_over_time(requests[90m])", 100).find("{} "), std::string::npos);
    const std::string_view query = "requests";
    const auto expr = parse_expression(query);
    try {
        evaluate_range(**expr, query, source, 0, 6'000'000, 60'000, limits);
        FAIL() << "no limit";
    } catch (const QueryError& error) {
        EXPECT_EQ(error.kind(), QueryErrorKind::too_many_samples);
    }
    limits = {};
    limits.check = [] { throw QueryError(QueryErrorKind::timeout, "too long"); };
    EXPECT_EQ(ask(source, "requests", 0, limits), "too long");
    limits = {};
    EXPECT_THROW(evaluate_range(**expr, query, source, 0, 12'000'000, 1'000, limits), QueryError);
}

} // namespace
} // namespace atalaya::promql
