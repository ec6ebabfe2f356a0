#include "promql/parse.hpp"

#include "base/random.hpp"

#include <gtest/gtest.h>
#include <random>

namespace atalaya::promql {
namespace {

std::string rewritten(std::string_view text) {
    const auto expr = parse_expression(text);
    return expr ? write_expression(**expr) : expr.error().reason;
}

constexpr std::string_view good[] = {"up",
                                     "up{job=\"api\"}",
                                     "{__name__=~\"a.*\"}",
                                     "{\"metric.name\",\"label-x\"=\"y\"}",
                                     "rate(http_requests_total{code!~\"5..\"}[5m] offset 1h)",
                                     "sum by (host) (rate(x[5m])) / on (host) group_left (os) info",
                                     "max_over_time(rate(x[1m])[1h:5m] @ end())",
                                     "-a ^ 2 or b unless c and d",
                                     "quantile(0.9, x) > bool 1e3",
                                     "label_replace(up, 'a', \"$1\", `b`, '(.*)')",
                                     "0x1F + 1_000 + Inf",
                                     "topk(3, x) # the worst"};

TEST(Parse, WhatIsWrittenDownParsesToTheSame) {
    for (const std::string_view text : good) {
        const std::string once = rewritten(text);
        EXPECT_EQ(rewritten(once), once) << text;
        EXPECT_EQ(once.find("parse error"), std::string::npos) << once;
    }
}

TEST(Parse, ErrorsNameTheirPlace) {
    for (const std::string_view text : {"",          "up{",
                                        "up[5m",     "sum by host (x)",
                                        "rate(up)",  "up[5m] + 1",
                                        "a b",       "up{a=\"b\"",
                                        "1 +",       "nothing_such(x)",
                                        "topk(x)",   "\"open",
                                        "up offset", "up @",
                                        "a and 1",   "{}",
                                        "{a=\"\"}",  "up{a=~\"(\"}",
                                        "5m[5m:]",   "sum(x) by (a) by (b)"}) {
        const auto expr = parse_expression(text);
        ASSERT_FALSE(expr) << text;
        EXPECT_NE(expr.error().reason.find("parse error"), std::string::npos)
            << expr.error().reason;
        EXPECT_TRUE(expr.error().reason.starts_with("1:")) << expr.error().reason;
    }
}

TEST(Parse, DepthAndLengthAreBounded) {
    for (const std::string piece : {"(", "-", "sum(", "a + (", "x[5m:1m]", "{", "rate("}) {
        std::string text;
        for (int k = 0; k < 10'000; ++k)
            text += piece;
        EXPECT_FALSE(parse_expression(text)) << piece;
    }
    EXPECT_FALSE(parse_expression(std::string(expression_bytes_max + 1, ' ') + "up"));
}

TEST(Parse, MutatedQueriesNeverDoHarm) {
    std::mt19937_64 random(1);
    const auto below = [&](std::size_t bound) {
        return static_cast<std::size_t>(random() % bound);
    };
    int read = 0;
    for (int round = 0; round < 20'000; ++round) {
        std::string text(good[below(std::size(good))]);
        for (std::size_t edits = 1 + below(4); edits > 0 && !text.empty(); --edits) {
            const std::size_t at = below(text.size());
            if (const std::size_t kind = below(3); kind == 0)
                text[at] = static_cast<char>(random());
            else if (kind == 1)
                text.erase(at, 1 + below(3));
            else
                text.insert(at, good[below(std::size(good))].substr(below(3), below(8)));
        }
        if (const auto expr = parse_expression(text)) {
            ++read;
            const std::string once = write_expression(**expr);
            ASSERT_EQ(rewritten(once), once) << text;
        }
    }
    EXPECT_GT(read, 100);
}

TEST(Parse, SelectorsForMatchParameters) {
    const auto matchers = parse_selector("up{job=\"api\",path!~\"/x.*\"}");
    ASSERT_TRUE(matchers);
    EXPECT_EQ(matchers->size(), 3u);
    EXPECT_FALSE(parse_selector("{job=~\".*\"}"));
    EXPECT_FALSE(parse_selector("up + 1"));
    EXPECT_FALSE(parse_selector("up[5m]"));
}

TEST(Parse, Durations) {
    EXPECT_EQ(*parse_duration_ms("1h30m"), 5'400'000);
    EXPECT_EQ(*parse_duration_ms("15"), 15'000);
    EXPECT_EQ(*parse_duration_ms("0.5"), 500);
    for (const std::string_view text :
         {"", "5", "1x", "m5", "1m1h", "99999999999999999999y", "NaN"})
        EXPECT_EQ(bool(parse_duration_ms(text)), text == "5") << text;
}

} // namespace
} // namespace atalaya::promql
