#include "modules/trust/report.hpp"

#include <gtest/gtest.h>

namespace atalaya::trust {
namespace {

using std::chrono::minutes;

Finding look_nowhere(const Surroundings&) { return {}; }

constexpr std::array checks{Check{"walls", "", minutes(10), look_nowhere},
                            Check{"keyring", "", minutes(60), look_nowhere}};
constexpr std::array<std::string_view, 2> both{"walls", "keyring"};
constexpr std::array<std::string_view, 1> tests{"tests/api/a_pgtest.cpp A.B"};

const Time now = parse_rfc3339("2026-03-01T12:00:00Z").value();

Standing seen(bool holds, Micros ago) {
    Standing standing;
    standing.at = now - ago;
    standing.holds = holds;
    return standing;
}

State state(const Standings& standings, std::string_view catalogue = "kept", bool tested = true) {
    controls::Control control{};
    control.state = catalogue;
    control.checks = both;
    if (tested)
        control.tests = tests;
    return state_of(control, checks, standings, now);
}

TEST(StateOf, HoldsOnlyWhenEveryCheckRanLatelyAndHeld) {
    const Standing good = seen(true, minutes(5));
    EXPECT_EQ(state({{"walls", good}, {"keyring", good}}), State::holds);
    EXPECT_EQ(state({{"walls", good}}), State::by_design);
    EXPECT_EQ(state({}), State::by_design);
    EXPECT_EQ(state({{"walls", good}}, "kept", false), State::no_evidence);
}

TEST(StateOf, AProofIsTooOldAfterThreeIntervals) {
    const Standing good = seen(true, minutes(5));
    EXPECT_EQ(state({{"walls", seen(true, minutes(30))}, {"keyring", good}}), State::holds);
    EXPECT_EQ(state({{"walls", seen(true, minutes(31))}, {"keyring", good}}), State::by_design);
    EXPECT_EQ(state({{"walls", good}, {"keyring", seen(true, minutes(31))}}), State::holds);
    EXPECT_EQ(state({{"walls", good}, {"keyring", seen(true, minutes(181))}}), State::by_design);
}

TEST(StateOf, WhatIsBrokenStaysBrokenHoweverOldOrAlone) {
    const Standing good = seen(true, minutes(5));
    EXPECT_EQ(state({{"walls", seen(false, minutes(5))}, {"keyring", good}}), State::broken);
    EXPECT_EQ(state({{"walls", good}, {"keyring", seen(false, minutes(5))}}), State::broken);
    EXPECT_EQ(state({{"keyring", seen(false, minutes(900))}}), State::broken);
    EXPECT_EQ(state({{"keyring", seen(false, minutes(5))}}, "partly"), State::broken);
}

TEST(StateOf, ACheckThatThisVersionDoesNotKnowShowsNothing) {
    constexpr std::array<std::string_view, 1> gone{"gone"};
    controls::Control control{};
    control.state = "kept";
    control.checks = gone;
    control.tests = tests;
    EXPECT_EQ(state_of(control, checks, {{"gone", seen(true, minutes(1))}}, now), State::by_design);
}

TEST(StateOf, WhatTheCatalogueDoesNotClaimIsNotClaimed) {
    const Standings good{{"walls", seen(true, minutes(5))}, {"keyring", seen(true, minutes(5))}};
    EXPECT_EQ(state(good, "partly"), State::partly);
    EXPECT_EQ(state(good, "not yet"), State::not_yet);
    EXPECT_EQ(state(good, "not pursued"), State::not_pursued);
}

} // namespace
} // namespace atalaya::trust
