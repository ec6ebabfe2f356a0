// What arrives in the program of the files in docs/controls.
#include "base/text.hpp"
#include "controls/control.hpp"

#include <algorithm>
#include <gtest/gtest.h>

namespace atalaya::controls {
namespace {

const Control* find_control(std::string_view id) {
    auto all = list_controls();
    auto found = std::find_if(all.begin(), all.end(), [&](const Control& c) { return c.id == id; });
    return found == all.end() ? nullptr : &*found;
}

TEST(Catalogue, StandsInTheOrderOfItsIds) {
    static constexpr std::string_view series = "HATMLB";
    std::pair<std::size_t, std::int64_t> last{0, 0};
    for (const Control& control : list_controls()) {
        const auto number = parse_integer(control.id.substr(1));
        ASSERT_TRUE(number) << control.id;
        const std::pair place{series.find(control.id.front()), *number};
        EXPECT_LT(last, place) << control.id;
        last = place;
    }
    EXPECT_EQ(list_controls().size(), 111U);
    EXPECT_EQ(last, std::pair(std::size_t{5}, std::int64_t{10}));
}

TEST(Catalogue, OfEachControlTheStateAndTheTextsAreThere) {
    for (const Control& control : list_controls()) {
        EXPECT_FALSE(control.title.empty()) << control.id;
        EXPECT_FALSE(control.claim.empty()) << control.id;
        EXPECT_FALSE(control.how.empty()) << control.id;
        EXPECT_FALSE(control.checking.empty()) << control.id;
        bool kept = control.state == "kept";
        EXPECT_TRUE(kept || control.state == "partly" || control.state == "not yet" ||
                    control.state == "not pursued")
            << control.id << control.state;
        EXPECT_TRUE(kept ? !control.tests.empty() : !control.gaps.empty()) << control.id;
    }
}

TEST(Catalogue, ARecordArrivesWhole) {
    const Control* codes = find_control("H7");
    ASSERT_NE(codes, nullptr);
    EXPECT_EQ(codes->title, "Recovery codes work once");
    EXPECT_EQ(codes->claim, "One-time recovery codes, each usable once.");
    EXPECT_EQ(codes->state, "kept");
    EXPECT_TRUE(codes->how.find("argon2id") != std::string_view::npos);
    EXPECT_EQ(codes->how.find('\n'), std::string_view::npos); // its lines are one paragraph
    ASSERT_FALSE(codes->tests.empty());
    EXPECT_TRUE(
        codes->tests.front().starts_with("tests/api/second_factor_pgtest.cpp SecondFactor."));
    EXPECT_NE(std::find(codes->maps.begin(), codes->maps.end(), "ASVS 5 V6.5.1"),
              codes->maps.end());
    const Control* walls = find_control("H19");
    ASSERT_NE(walls, nullptr);
    EXPECT_NE(std::find(walls->checks.begin(), walls->checks.end(), "walls"), walls->checks.end());
}

} // namespace
} // namespace atalaya::controls
