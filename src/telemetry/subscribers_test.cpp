#include "telemetry/subscribers.hpp"

#include "telemetry/test_push.hpp"

#include <gtest/gtest.h>
#include <latch>
#include <optional>
#include <thread>

namespace atalaya::telemetry {
namespace {

struct SubscribersTest : testing::Test {
    SubscribersTest() { theirs.bytes[0] = 1; }
    void tell(TeamId team) { subscribers.tell({team, {}, {}, {{}, test::small_table()}, values}); }

    Subscribers subscribers;
    TeamId ours, theirs;
    std::vector<double> values{1, 2};
};

TEST_F(SubscribersTest, SeeTheirTeamOnlyAndUntilTheyEnd) {
    int first = 0, second = 0;
    Subscription one = subscribers.add(ours, [&](const LivePoint&) { ++first; });
    {
        const Subscription two = subscribers.add(ours, [&](const LivePoint&) { ++second; });
        tell(ours);
        tell(theirs);
    }
    tell(ours);
    EXPECT_EQ(first, 2);
    EXPECT_EQ(second, 1);
    EXPECT_TRUE(subscribers.wanted(ours));
    EXPECT_FALSE(subscribers.wanted(theirs));
    one = Subscription();
    EXPECT_FALSE(subscribers.wanted(ours));
    tell(ours);
    EXPECT_EQ(first, 2);
}

TEST_F(SubscribersTest, EndingWaitsForTheRunningCallback) {
    std::latch entered(1), leave(1);
    std::atomic<bool> finished = false;
    std::optional<Subscription> subscription = subscribers.add(ours, [&](const LivePoint&) {
        entered.count_down();
        leave.wait();
        finished = true;
    });
    std::thread teller([&] { tell(ours); });
    entered.wait();
    std::thread releaser([&] { leave.count_down(); });
    subscription.reset();
    EXPECT_TRUE(finished);
    teller.join();
    releaser.join();
}

} // namespace
} // namespace atalaya::telemetry
