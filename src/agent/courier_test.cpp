#include "agent/courier.hpp"
#include "agent/memory_disk.hpp"
#include "agent/schedule.hpp"
#include "base/log.hpp"

#include <gtest/gtest.h>

namespace atalaya::agent {
namespace {

using enum Answer::Outcome;
using namespace std::chrono_literals;

struct CourierTest : testing::Test {
    MemoryDisk disk;
    SeededRandom random{1};
    Spool spool{disk, random, {}};
    Courier courier{spool, random};
    std::int64_t time_ms = 1'763'800'000'000;

    CourierTest() { log::set_level(log::Level::error); }
    void tick() {
        time_ms += 10'000;
        spool.append({.time_ms = time_ms, .series = {{.name = "uptime_s"}}, .values = {1}});
    }
    wire::Push sent(Courier::Instant now) {
        const auto frame = courier.next_frame(now);
        return frame ? *wire::parse_push(*frame) : wire::Push{};
    }
};

TEST_F(CourierTest, SendsTableAndFactsOnceAndThenLeavesThemOut) {
    courier.set_facts({.hostname = "host.example"});
    EXPECT_FALSE(courier.next_frame(0s));
    tick();
    const wire::Push first = sent(0s);
    EXPECT_TRUE(first.series);
    EXPECT_TRUE(first.facts);
    courier.answered({.outcome = accepted, .table = first.table}, 0s);
    tick();
    const wire::Push second = sent(0s);
    EXPECT_EQ(second.seq, first.seq + 1);
    EXPECT_FALSE(second.series);
    EXPECT_FALSE(second.facts);
    courier.answered({.outcome = accepted, .table = first.table}, 0s);
    courier.set_facts({.hostname = "other.example"});
    tick();
    EXPECT_EQ(sent(0s).facts->hostname, "other.example");
}

TEST_F(CourierTest, SendsTheSameBytesAfterALostAnswer) {
    tick();
    const auto first = courier.next_frame(0s);
    courier.answered({.outcome = lost}, 0s);
    tick();
    EXPECT_FALSE(courier.next_frame(999ms)); // one second is the least
    EXPECT_EQ(courier.next_frame(2s), first);
}

TEST_F(CourierTest, GivesTheTableWhenTheServerAsksForIt) {
    tick();
    const wire::Push first = sent(0s);
    courier.answered({.outcome = accepted, .table = first.table}, 0s);
    tick();
    const wire::Push second = sent(0s);
    EXPECT_FALSE(second.series);
    courier.answered({.outcome = series_unknown}, 0s);
    const wire::Push again = sent(0s);
    EXPECT_EQ(again.seq, second.seq);
    EXPECT_TRUE(again.series);
    courier.answered({.outcome = series_unknown}, 0s); // a confused server is not hammered
    EXPECT_FALSE(courier.next_frame(0s));
}

TEST_F(CourierTest, BacksOffFromOneSecondToAMinuteAndHeedsRetryAfter) {
    tick();
    Courier::Instant now = 0s;
    for (int failure = 1; failure < 20; ++failure) {
        ASSERT_TRUE(courier.next_frame(now));
        courier.answered({.outcome = later}, now);
        const auto wait = courier.retry_at() - now;
        EXPECT_GE(wait, 1s);
        EXPECT_LE(wait, std::min<Courier::Instant>(60s, 1s * (1 << std::min(failure, 6))));
        now = courier.retry_at();
    }
    ASSERT_TRUE(courier.next_frame(now));
    courier.answered({.outcome = later, .table = {}, .retry_after = 120s}, now);
    EXPECT_EQ(courier.retry_at() - now, 120s);
}

TEST_F(CourierTest, KeepsSpoolingWhileTheTokenIsRefused) {
    tick();
    ASSERT_TRUE(courier.next_frame(0s));
    courier.answered({.outcome = unauthorised}, 0s);
    tick();
    EXPECT_FALSE(courier.next_frame(59s));
    EXPECT_TRUE(courier.next_frame(60s));
    EXPECT_EQ(spool.waiting(), 2u);
}

TEST_F(CourierTest, DropsAndCountsAPushThatIsRefused) {
    tick();
    const wire::Push bad = sent(0s);
    courier.answered({.outcome = refused}, 0s);
    tick();
    const wire::Push next = sent(2s);
    EXPECT_EQ(next.seq, bad.seq + 1);
    EXPECT_EQ(next.dropped, 1u);
}

TEST(Answer, IsReadFromStatusAndBody) {
    const Answer good = parse_answer(200, "", R"({"table": "00000000000000ff"})");
    EXPECT_EQ(good.outcome, accepted);
    EXPECT_EQ(good.table, wire::TableId{255});
    EXPECT_FALSE(parse_answer(200, "", R"({"table": "xyz"})").table);
    EXPECT_FALSE(parse_answer(200, "", R"("table")").table);
    EXPECT_EQ(parse_answer(409, "", R"({"code":"series_unknown"})").outcome, series_unknown);
    EXPECT_EQ(parse_answer(409, "", "{}").outcome, later);
    EXPECT_EQ(parse_answer(401, "", "").outcome, unauthorised);
    EXPECT_EQ(parse_answer(403, "", "").outcome, unauthorised);
    for (const int status : {400, 413, 415, 422})
        EXPECT_EQ(parse_answer(status, "", "").outcome, refused) << status;
    for (const int status : {302, 404, 408, 429, 500, 502, 503, 507})
        EXPECT_EQ(parse_answer(status, "", "").outcome, later) << status;
    EXPECT_EQ(parse_answer(503, "7", "").retry_after, 7s);
    EXPECT_EQ(parse_answer(503, "999999", "").retry_after, 300s);
    EXPECT_EQ(parse_answer(503, "-5", "").retry_after, 0s);
    EXPECT_EQ(parse_answer(503, "soon", "").retry_after, 0s);
}

TEST(Schedule, TicksAtMultiplesOfTheInterval) {
    Schedule schedule(10s, 1'003'000, 0);
    EXPECT_EQ(schedule.until_next(1'003'000), 7s);
    EXPECT_FALSE(schedule.due(1'009'999)); // woken early
    EXPECT_EQ(schedule.due(1'010'002), 1'010'000);
    EXPECT_FALSE(schedule.due(1'010'003));
    EXPECT_EQ(schedule.due(1'045'000), 1'040'000); // asleep for a while: no ticks are made up
}

TEST(Schedule, WaitsOutASmallStepBackAndBelievesALargeOne) {
    Schedule schedule(10s, 1'000'000, 0);
    EXPECT_EQ(schedule.due(1'010'000), 1'010'000);
    EXPECT_FALSE(schedule.due(990'000));
    EXPECT_FALSE(schedule.due(1'010'000));
    EXPECT_EQ(schedule.due(1'020'000), 1'020'000);
    EXPECT_EQ(schedule.due(500'000), 500'000);
}

TEST(Schedule, DoesNotRepeatTheTickOfTheProcessBefore) {
    Schedule schedule(10s, 1'001'000, 1'010'000);
    EXPECT_FALSE(schedule.due(1'010'500));
    EXPECT_EQ(schedule.due(1'020'000), 1'020'000);
    Schedule set_back(10s, 1'001'000, 9'000'000); // a clock that was wrong before
    EXPECT_EQ(set_back.due(1'010'000), 1'010'000);
}

} // namespace
} // namespace atalaya::agent
