#include "base/background_task.hpp"

#include <gtest/gtest.h>

#include <latch>
#include <stdexcept>

namespace atalaya {
namespace {

using namespace std::chrono_literals;

TEST(BackgroundTask, GoesOnAtOnceWhileThereIsMore) {
    std::latch third(3);
    BackgroundTask task("never", 24h, [&, left = 3](std::stop_token) mutable {
        third.count_down();
        return --left > 0;
    });
    task.start();
    third.wait(); // with a pause of a day between them, this would never end
}

TEST(BackgroundTask, PausesUntilItIsWoken) {
    std::latch first(1), second(2);
    BackgroundTask task("never", 24h, [&](std::stop_token) {
        if (!first.try_wait())
            first.count_down();
        second.count_down();
        return false;
    });
    task.start();
    first.wait();
    EXPECT_FALSE(second.try_wait());
    task.wake(); // whether it pauses already or is about to
    second.wait();
}

TEST(BackgroundTask, GoesOnAfterARoundThatThrows) {
    std::latch second(2);
    BackgroundTask task("thrown on purpose", 1ms, [&](std::stop_token) -> bool {
        if (!second.try_wait())
            second.count_down();
        throw std::runtime_error("nobody there");
    });
    task.start();
    second.wait();
}

TEST(BackgroundTask, AsksTheRoundToEndAndWaitsForIt) {
    std::latch inside(1);
    bool ended = false;
    BackgroundTask task("never", 24h, [&](std::stop_token stop) {
        inside.count_down();
        while (!stop.stop_requested())
            std::this_thread::yield();
        ended = true;
        return true;
    });
    task.start();
    inside.wait();
    task.stop();
    EXPECT_TRUE(ended);
    task.stop();
}

TEST(BackgroundTask, MayBeStoppedWithoutAStart) {
    BackgroundTask task("never", 24h, [](std::stop_token) { return true; });
    task.stop();
}

} // namespace
} // namespace atalaya
