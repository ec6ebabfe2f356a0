#include "telemetry/retention.hpp"

#include <array>
#include <gtest/gtest.h>

namespace atalaya::telemetry {
namespace {

TEST(Retention, TheLongestPrefixCounts) {
    const std::array rules{RetentionRule{"go_", 3}, RetentionRule{"go_gc_", 9},
                           RetentionRule{"up", 1}};
    EXPECT_EQ(find_days(rules, "go_threads"), 3);
    EXPECT_EQ(find_days(rules, "go_gc_seconds"), 9);
    EXPECT_EQ(find_days(rules, "up"), 1);
    EXPECT_EQ(find_days(rules, "u"), std::nullopt);
    EXPECT_EQ(find_days(rules, "process_go_"), std::nullopt);
    EXPECT_EQ(find_days({}, "up"), std::nullopt);
    const std::array all{RetentionRule{"", 7}, rules[2]};
    EXPECT_EQ(find_days(all, "go_threads"), 7);
    EXPECT_EQ(find_days(all, "up"), 1);
    EXPECT_EQ(find_days(all, ""), 7);
}

} // namespace
} // namespace atalaya::telemetry
