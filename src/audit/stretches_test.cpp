#include "audit/stretches.hpp"

#include <gtest/gtest.h>

namespace atalaya::audit {
namespace {

TEST(Stretches, AreNumbersThatFollowOneAnother) {
    EXPECT_EQ(write_stretches({}), "");
    EXPECT_EQ(write_stretches({7}), "7");
    EXPECT_EQ(write_stretches({1, 2, 3, 7, 9, 10}), "1-3,7,9-10");
    EXPECT_EQ(parse_stretches("1-3,7")->size(), 2u);
    for (const char* text : {"x", "1-", "-1", "3-1", "1,,2", "1-2-3"})
        EXPECT_FALSE(parse_stretches(text)) << text;
}

TEST(Stretches, NameWhatLiesInThem) {
    EXPECT_TRUE(names_all("1-3,7", {1, 3, 7}));
    EXPECT_FALSE(names_all("1-3,7", {2, 4}));
    EXPECT_FALSE(names_all("", {2}));
    EXPECT_TRUE(names_all("", {}));
}

} // namespace
} // namespace atalaya::audit
