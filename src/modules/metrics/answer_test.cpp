#include "modules/metrics/answer.hpp"

#include "base/problems.hpp"

#include <gtest/gtest.h>

#include <limits>

namespace atalaya::metrics {
namespace {

std::string number(double value) {
    std::string out;
    append_number(out, value);
    return out;
}
std::string time(std::int64_t time_ms) {
    std::string out;
    append_time(out, time_ms);
    return out;
}
std::string json(const promql::Value& value, std::int64_t time_ms = 0) {
    std::string out;
    append_value(out, value, time_ms);
    return out;
}
promql::ResultSeries series(Labels labels, std::vector<Sample> samples) {
    return {std::make_shared<const Labels>(std::move(labels)), std::move(samples)};
}

TEST(Answer, NumbersAreTheShortestThatMeanThem) {
    for (const auto& [value, text] : std::vector<std::pair<double, std::string>>{
             {0, "0"},
             {-0.0, "-0"},
             {1, "1"},
             {0.1, "0.1"},
             {-2.5, "-2.5"},
             {0.1 + 0.2, "0.30000000000000004"},
             {1e-6, "0.000001"},
             {9.5e-7, "9.5e-07"},
             {-1e-7, "-1e-07"},
             {1763800000000, "1763800000000"},
             {123456789.125, "123456789.125"},
             {9007199254740993.0, "9007199254740992"},
             {1e20, "100000000000000000000"},
             {-1.5e20, "-150000000000000000000"},
             {123456789012345678901.0, "123456789012345680000"},
             {1e21, "1e+21"},
             {1.7976931348623157e308, "1.7976931348623157e+308"},
             {5e-324, "5e-324"},
             {std::numeric_limits<double>::quiet_NaN(), "NaN"},
             {std::numeric_limits<double>::infinity(), "+Inf"},
             {-std::numeric_limits<double>::infinity(), "-Inf"}})
        EXPECT_EQ(number(value), text);
}

TEST(Answer, TimesAreSeconds) {
    EXPECT_EQ(time(0), "0");
    EXPECT_EQ(time(1435781451781), "1435781451.781");
    EXPECT_EQ(time(1435781451080), "1435781451.080");
    EXPECT_EQ(time(1435781451007), "1435781451.007");
    EXPECT_EQ(time(-1500), "-1.500");
}

TEST(Answer, EachTypeHasItsForm) {
    promql::Value value;
    EXPECT_EQ(json(value), R"({"resultType":"vector","result":[])");
    value.series.push_back(series({{"__name__", "up"}, {"job", "a\"b"}}, {{1'500, 1}}));
    value.series.push_back(series({}, {{1'500, 0.5}}));
    EXPECT_EQ(json(value), R"({"resultType":"vector","result":[)"
                           R"({"metric":{"__name__":"up","job":"a\"b"},"value":[1.500,"1"]},)"
                           R"({"metric":{},"value":[1.500,"0.5"]}])");
    value.type = promql::ValueType::matrix;
    value.series = {series({{"a", "b"}}, {{0, 1}, {15'000, stale_value()}})};
    EXPECT_EQ(json(value), R"({"resultType":"matrix","result":[)"
                           R"({"metric":{"a":"b"},"values":[[0,"1"],[15,"NaN"]]}])");
    value.type = promql::ValueType::scalar;
    value.series = {series({}, {{2'000, 2}})};
    EXPECT_EQ(json(value), R"({"resultType":"scalar","result":[2,"2"])");
    value.type = promql::ValueType::string;
    value.text = "x";
    EXPECT_EQ(json(value, 2'000), R"({"resultType":"string","result":[2,"x"])");
}

TEST(Answer, WarningsAndInfosStandBesideTheData) {
    EXPECT_EQ(make_answer("[]").body, R"({"status":"success","data":[]})");
    EXPECT_EQ(make_answer("[]", {"w"}, {"i", "j"}).body,
              R"({"status":"success","data":[],"warnings":["w"],"infos":["i","j"]})");
}

TEST(Answer, OneThatIsTooLargeIsRefused) {
    promql::Value value;
    value.series = {series({{"a", std::string(100, 'x')}}, {{0, 1}})};
    std::string out;
    EXPECT_NO_THROW(append_value(out, value, 0, 1'000));
    EXPECT_THROW(append_value(out, value, 0, 200), Problem);
}

} // namespace
} // namespace atalaya::metrics
