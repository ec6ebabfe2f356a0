#include "telemetry/head.hpp"

#include "telemetry/test_push.hpp"

#include <gtest/gtest.h>

namespace atalaya::telemetry {
namespace {

using std::chrono::hours;

constexpr std::int64_t start_ms = 1'800'000'000'000;
constexpr Time start{start_ms * 1000};

struct HeadTest : testing::Test {
    static TablePtr make_table(const wire::SeriesTable& series) {
        return std::make_shared<const Table>(Table{test::id_of(series), series});
    }
    Tick tick(std::int64_t offset_ms, double value) const {
        return {start_ms + offset_ms, table, {value, value}};
    }
    static Source make_source(std::uint8_t team, std::uint8_t server) {
        Source made;
        made.team.bytes[0] = team;
        made.server.bytes[1] = server;
        return made;
    }
    /// "time=value" of all ticks, offsets in seconds; "-" when the head cannot tell.
    static std::string show(const Head& head, const Source& of, std::int64_t from_ms = start_ms) {
        std::string out;
        const bool told = head.read(of, from_ms, [&](const std::deque<Tick>& ticks) {
            for (const Tick& each : ticks) {
                out += std::to_string((each.time_ms - start_ms) / 1000) + "=" +
                       std::to_string(std::lround(each.values[0])) + " ";
            }
        });
        return told ? out : "-";
    }

    TablePtr table = make_table(test::small_table());
    TablePtr wide = [] {
        wire::SeriesTable grown = test::small_table();
        grown.push_back({"uptime_s", {}, wire::Unit::seconds});
        return make_table(grown);
    }();
    Head head{hours(2), 1 << 20};
    Source source = make_source(1, 1);
};

TEST_F(HeadTest, TellsNothingBeforeItIsFilled) {
    head.add(source, {tick(0, 1)}, start);
    EXPECT_EQ(show(head, source), "-");
    const auto ticket = head.begin_fill(source);
    head.fill(source, ticket, {}, start_ms);
    EXPECT_EQ(show(head, source), "0=1 ");
    EXPECT_EQ(show(head, source, start_ms - 1), "-");
    EXPECT_EQ(show(head, make_source(2, 1)), "-") << "another team's server with the same id";
}

TEST_F(HeadTest, OrdersByTimeAndLetsTheLastWriteWin) {
    Ticks stored;
    stored.insert(tick(0, 1));
    stored.insert(tick(20'000, 3));
    const auto ticket = head.begin_fill(source);
    head.add(source, {tick(20'000, 4), tick(30'000, 5)}, start + std::chrono::seconds(30));
    head.fill(source, ticket, std::move(stored), start_ms);
    EXPECT_EQ(head.add(source, {tick(10'000, 2)}, start + std::chrono::seconds(30)),
              start_ms + 30'000);
    EXPECT_EQ(show(head, source), "0=1 10=2 20=4 30=5 ");
    Tick partial = tick(0, 9);
    partial.values[0] = wire::absent();
    head.add(source, {partial}, start);
    EXPECT_EQ(show(head, source), "0=1 10=2 20=4 30=5 ");
    head.add(source, {Tick{start_ms, wide, {6, 6, 6}}, tick(0, 7)}, start);
    EXPECT_EQ(show(head, source), "0=1 0=6 0=7 10=2 20=4 30=5 ");
}

TEST_F(HeadTest, ForgetsWhatLeavesTheWindow) {
    head.fill(source, head.begin_fill(source), {}, start_ms);
    head.add(source, {tick(0, 1), tick(10'000, 2)}, start + std::chrono::seconds(10));
    head.add(source, {tick(7'205'000, 3)}, start + std::chrono::seconds(7'205));
    EXPECT_EQ(show(head, source), "-");
    EXPECT_EQ(show(head, source, start_ms + 1), "10=2 7205=3 ");
}

TEST_F(HeadTest, StaysWithinItsBytesAndSaysSo) {
    const Source other = make_source(1, 9);
    for (const Source& each : {source, other}) {
        head.fill(each, head.begin_fill(each), {}, start_ms);
    }
    for (int i = 0; i < 20'000; ++i) {
        head.add(i % 2 == 0 ? source : other, {tick(i * 10, i)}, start);
        ASSERT_LE(head.bytes(), std::size_t{1} << 20);
    }
    EXPECT_GT(head.bytes(), std::size_t{100} << 10);
    EXPECT_EQ(show(head, source), "-") << "its first ticks were dropped";
    EXPECT_NE(show(head, source, start_ms + 199'000), "-");
    head.forget(source);
    head.forget(other);
    EXPECT_EQ(head.bytes(), 0u);
}

TEST_F(HeadTest, IsNotFilledWithWhatWasReadBeforeItForgot) {
    const auto ticket = head.begin_fill(source);
    head.forget(source);
    head.fill(source, ticket, {}, start_ms);
    EXPECT_EQ(show(head, source), "-");
    EXPECT_FALSE(head.is_filled(source));
}

TEST_F(HeadTest, DoesNotClaimTicksThatWereDroppedBeforeItWasFilled) {
    const auto ticket = head.begin_fill(source);
    for (int i = 0; i < 2'000; ++i) {
        head.add(source, {tick(i * 1'000, i)}, start + std::chrono::seconds(i));
    }
    head.fill(source, ticket, {}, start_ms);
    EXPECT_EQ(show(head, source), "-");
    EXPECT_NE(show(head, source, start_ms + 1'999'000), "-");
}

TEST_F(HeadTest, KeepsTheLaterUsage) {
    head.set_usage(source, {start, 5});
    head.set_usage(source, {start - std::chrono::seconds(1), 6});
    EXPECT_EQ(head.find_usage(source)->cpu_percent, 5);
    EXPECT_FALSE(head.find_usage(make_source(2, 1)));
}

} // namespace
} // namespace atalaya::telemetry
