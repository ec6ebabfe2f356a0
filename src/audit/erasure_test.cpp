#include "audit/erasure.hpp"

#include <gtest/gtest.h>

namespace atalaya::audit {
namespace {

TEST(Erasure, WritesNumbersThatFollowOneAnotherAsAStretch) {
    EXPECT_EQ(write_stretches({}), "");
    EXPECT_EQ(write_stretches({7}), "7");
    EXPECT_EQ(write_stretches({1, 2, 3, 7, 9, 10}), "1-3,7,9-10");
}

} // namespace
} // namespace atalaya::audit
