#include "promql/matcher.hpp"

#include <gtest/gtest.h>

namespace atalaya::promql {
namespace {

bool accepts(MatchKind kind, std::string value, std::string_view given) {
    return Matcher::make(kind, "label", std::move(value))->accepts(given);
}

TEST(Matcher, EqualityIsOfTheWholeValue) {
    EXPECT_TRUE(accepts(MatchKind::equal, "api", "api"));
    EXPECT_FALSE(accepts(MatchKind::equal, "api", "apis"));
    EXPECT_TRUE(accepts(MatchKind::not_equal, "api", "apis"));
    EXPECT_FALSE(accepts(MatchKind::not_equal, "api", "api"));
}

TEST(Matcher, ExpressionsAreAnchoredAndTheirDotMeetsNewlines) {
    EXPECT_TRUE(accepts(MatchKind::matches, "a.i|web", "api"));
    EXPECT_TRUE(accepts(MatchKind::matches, "a.i", "a\ni"));
    EXPECT_FALSE(accepts(MatchKind::matches, "a.i", "an api"));
    EXPECT_TRUE(accepts(MatchKind::not_matches, "a.i|web", "webs"));
    EXPECT_FALSE(accepts(MatchKind::not_matches, "a.i|web", "web"));
}

TEST(Matcher, AnAbsentLabelHasTheEmptyValue) {
    const Labels labels{{"__name__", "up"}};
    EXPECT_TRUE(accept({*Matcher::make(MatchKind::matches, "job", ".*")}, labels));
    EXPECT_TRUE(accept({*Matcher::make(MatchKind::equal, "job", "")}, labels));
    EXPECT_FALSE(accept({*Matcher::make(MatchKind::matches, "job", ".+")}, labels));
}

TEST(Matcher, AnExpressionThatIsNoneSaysWhy) {
    EXPECT_FALSE(Matcher::make(MatchKind::matches, "label", "a("));
    EXPECT_FALSE(Matcher::make(MatchKind::matches, "label", "((a{1000}){1000}){1000}"));
}

} // namespace
} // namespace atalaya::promql
