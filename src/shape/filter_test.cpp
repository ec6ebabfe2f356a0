#include "shape/filter.hpp"

#include <array>
#include <gtest/gtest.h>

namespace atalaya::shape {
namespace {

constexpr std::array<std::string_view, 3> outcomes{"ok", "denied", "failed"};
constexpr std::array keys{
    FilterKey{"actor", FilterValue::text}, FilterKey{"action", FilterValue::pattern},
    FilterKey{"outcome", FilterValue::choice, outcomes}, FilterKey{"from", FilterValue::instant},
    FilterKey{"since", FilterValue::span}};

std::vector<FilterTerm> terms(std::string_view query) {
    const auto parsed = parse_filter(query, keys);
    if (const auto* error = std::get_if<FilterError>(&parsed)) {
        ADD_FAILURE() << query << ": " << error->reason;
        return {};
    }
    return std::get<std::vector<FilterTerm>>(parsed);
}

FilterError error(std::string_view query) {
    const auto parsed = parse_filter(query, keys);
    if (const auto* found = std::get_if<FilterError>(&parsed))
        return *found;
    ADD_FAILURE() << query << " was read";
    return {};
}

TEST(Filter, ReadsTermsWithTheirPlaces) {
    const auto read =
        terms(R"( actor:ada@example.com  -action:alert_rule.* "left \"door\"" cable )");
    const std::vector<FilterTerm> wanted{{false, "actor", "ada@example.com", false, {1, 22}},
                                         {true, "action", "alert_rule.", true, {24, 44}},
                                         {false, "", "left \"door\"", false, {45, 60}},
                                         {false, "", "cable", false, {61, 66}}};
    EXPECT_EQ(read, wanted);
    EXPECT_TRUE(terms("").empty());
    EXPECT_TRUE(terms(" \t ").empty());
}

TEST(Filter, TakesForWordsWhatOnlyLooksLikeAKey) {
    EXPECT_EQ(terms("2001:db8::1").front().value, "2001:db8::1");
    EXPECT_EQ(terms("\"https://example.com\"").front().value, "https://example.com");
    EXPECT_EQ(terms("-\"-5\"").front(), (FilterTerm{true, "", "-5", false, {0, 5}}));
    EXPECT_TRUE(terms("cab*").front().prefix);
    EXPECT_FALSE(terms("\"cab*\"").front().prefix);
}

TEST(Filter, CountsPlacesInCharacters) { EXPECT_EQ(error("Zoë nope:x").at, (Stretch{4, 8})); }

TEST(Filter, SaysWhereItCannotBeReadAndWhatWouldBeRight) {
    struct Case {
        std::string_view query;
        Stretch at;
        std::string_view reason, hint;
    };
    const Case cases[] = {
        {"a nope:x", {2, 6}, "There is no key nope.", "actor, action, outcome, from or since"},
        {"outcome:maybe", {8, 13}, "There is no outcome of that name.", "ok, denied or failed"},
        {"outcome:", {8, 8}, "After outcome: a value is missing.", "ok, denied or failed"},
        {"actor: ada", {6, 7}, "After actor: a value is missing.", "right behind"},
        {"x -", {3, 3}, "A word is missing.", "right behind"},
        {"from:yesterday", {5, 14}, "That is no day and no time.", "2026-11-22"},
        {"from:2026-02-30", {5, 15}, "That is no day and no time.", "2026-11-22"},
        {"since:5", {6, 7}, "That is no span of time.", "24h"},
        {"since:0h", {6, 8}, "That is no span of time.", "24h"},
        {"since:9*", {6, 8}, "A star does not fit here.", "whole"},
        {"\"open", {0, 5}, "The quote is not closed.", "Add"},
        {"ab\"c\"", {2, 3}, "A quote stands inside a value.", "whole value"},
        {"\"a\"b", {3, 4}, "Something follows the closing quote.", "space"},
        {"action:a*b", {8, 9}, "A star can only end a value.", "quotes"},
        {"*", {0, 1}, "A word is missing.", "right behind"},
    };
    for (const Case& one : cases) {
        const FilterError found = error(one.query);
        EXPECT_EQ(found.at, one.at) << one.query << " at " << found.at.begin << "-" << found.at.end;
        EXPECT_EQ(found.reason, one.reason) << one.query;
        EXPECT_NE(found.hint.find(one.hint), std::string::npos) << one.query << ": " << found.hint;
    }
}

TEST(Filter, IsBounded) {
    std::string many;
    for (std::size_t i = 0; i <= filter_terms_max; ++i)
        many += "x ";
    EXPECT_EQ(error(many).reason, "There are too many terms.");
    many.resize(many.size() - 2);
    EXPECT_EQ(terms(many).size(), filter_terms_max);
    EXPECT_EQ(error(std::string(filter_bytes_max + 1, 'x')).reason, "The query is too long.");
}

TEST(Filter, ReadsDaysMomentsAndSpans) {
    const auto day = parse_filter_instant("2026-11-22");
    ASSERT_TRUE(day);
    EXPECT_EQ(to_rfc3339(day->begin), "2026-11-22T00:00:00.000000Z");
    EXPECT_EQ(to_rfc3339(day->end), "2026-11-23T00:00:00.000000Z");
    const auto moment = parse_filter_instant("2026-11-22T12:00:00+01:00");
    ASSERT_TRUE(moment);
    EXPECT_EQ(to_rfc3339(moment->begin), "2026-11-22T11:00:00.000000Z");
    EXPECT_EQ(moment->begin, moment->end);
    EXPECT_EQ(parse_filter_span("90m"), std::chrono::minutes(90));
    EXPECT_EQ(parse_filter_span("2w"), std::chrono::hours(336));
    EXPECT_EQ(parse_filter_span("99999w"), std::chrono::hours(168) * 99999);
}

TEST(Filter, WrittenTermsMeanTheSame) {
    for (const std::string_view query :
         {"actor:ada -action:a.* \"x \\\\ \\\" y\" z*", "action:*", "-\"-\""}) {
        auto read = terms(query);
        auto again = terms(write_filter(read));
        for (auto* list : {&read, &again})
            for (FilterTerm& term : *list)
                term.at = {};
        EXPECT_EQ(read, again) << query;
    }
}

} // namespace
} // namespace atalaya::shape
