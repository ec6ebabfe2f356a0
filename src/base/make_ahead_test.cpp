#include "base/make_ahead.hpp"

#include <algorithm>
#include <array>
#include <atomic>
#include <gtest/gtest.h>
#include <stdexcept>

namespace atalaya {
namespace {

TEST(MakeAhead, EachIsMadeOnceAndUsedOnceByTheCaller) {
    for (const std::size_t count : {0, 1, 2, 9, 5'000}) {
        std::vector<std::atomic<int>> made(count);
        std::vector<int> used(count);
        const auto caller = std::this_thread::get_id();
        make_ahead<std::size_t>(
            count,
            [&](std::size_t i, std::size_t& thing) {
                ++made[i];
                thing = 3 * i;
            },
            [&](std::size_t i, const std::size_t& thing) {
                EXPECT_EQ(std::this_thread::get_id(), caller);
                EXPECT_EQ(thing, 3 * i);
                ++used[i];
            });
        EXPECT_TRUE(std::ranges::all_of(made, [](const auto& each) { return each == 1; }));
        EXPECT_TRUE(std::ranges::all_of(used, [](int each) { return each == 1; }));
    }
}

TEST(MakeAhead, BothThreadsMake) {
    std::array<std::atomic<bool>, 2> has_begun{};
    const auto caller = std::this_thread::get_id();
    make_ahead<int>(
        100,
        [&](std::size_t, int&) {
            const std::size_t me = std::this_thread::get_id() == caller ? 0 : 1;
            has_begun[me] = true;
            has_begun[me].notify_one();
            has_begun[1 - me].wait(false);
        },
        [](std::size_t, int) {});
    EXPECT_TRUE(has_begun[0] && has_begun[1]);
}

TEST(MakeAhead, WhatIsThrownEndsItAndIsThrownOn) {
    const auto nothing = [](std::size_t, int&) {};
    const auto fail_at_7 = [](std::size_t i, int&) {
        if (i == 7)
            throw std::runtime_error("seven");
    };
    for (int round = 0; round < 200; ++round) {
        EXPECT_THROW(make_ahead<int>(1'000, fail_at_7, nothing), std::runtime_error);
        EXPECT_THROW(make_ahead<int>(1'000, nothing, fail_at_7), std::runtime_error);
    }
}

} // namespace
} // namespace atalaya
