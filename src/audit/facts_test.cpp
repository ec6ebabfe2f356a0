#include "audit/facts.hpp"

#include <algorithm>
#include <gtest/gtest.h>

namespace atalaya::audit {
namespace {

const Uuid thing = *parse_uuid("018f3c5e-0000-7000-8000-00000000000a");

EventView sample() {
    EventView view;
    view.header.action = "alert_rule.update";
    view.header.outcome = Outcome::denied;
    view.header.actor_kind = ActorKind::user;
    view.header.resource_type = "alert_rule";
    view.header.resource_id = thing;
    view.subject = R"({"actor":"018f3c5e-0000-7000-8000-000000000001","ip":"203.0.113.45",)"
                   R"("name":"Ada Example","user_agent":"Firefox/140.0"})";
    view.detail = R"({"changes":[{"field":"limit","before":5,"after":{"a":["Zwölf","cpu_load"]}}],)"
                  R"("name":"Left Door"})";
    return view;
}

Condition condition(FactKind kind, std::string value, bool prefix = false) {
    return {kind, {std::move(value)}, prefix, false};
}

TEST(Facts, MeetWhatTheEventSays) {
    const auto facts = facts_of(sample());
    const Condition met[] = {
        condition(FactKind::action, "alert_rule.update"),
        condition(FactKind::action, "alert_rule.", true),
        condition(FactKind::action, "alert_r", true),
        condition(FactKind::outcome, "denied"),
        condition(FactKind::actor_kind, "user"),
        condition(FactKind::resource_type, "alert_rule"),
        condition(FactKind::resource_id, to_string(thing)),
        condition(FactKind::actor, "018f3c5e-0000-7000-8000-000000000001"),
        condition(FactKind::ip, "203.0.113.45"),
        condition(FactKind::ip, "203.0.113.", true),
        condition(FactKind::actor_name, "ada example"),
        condition(FactKind::actor_name, "example"),
        condition(FactKind::resource_name, "left door"),
        condition(FactKind::text, "ada"),
        condition(FactKind::text, "doo", true),
        condition(FactKind::text, "left do", true),
        condition(FactKind::text, "zwölf"),
        condition(FactKind::text, "cpu_load"),
        condition(FactKind::text, "cpu"),
        condition(FactKind::text, "5"),
        condition(FactKind::text, "203.0.113.45"),
        condition(FactKind::text, "limit"),
        condition(FactKind::text, "alert_rule.update"),
        condition(FactKind::text, to_string(thing)),
        condition(FactKind::text, "firefox/140.0"),
    };
    for (const Condition& one : met) {
        EXPECT_TRUE(meets(facts, one)) << one.any_of.front();
        Condition negated = one;
        negated.negated = true;
        EXPECT_FALSE(meets(facts, negated)) << one.any_of.front();
    }
    const Condition unmet[] = {
        condition(FactKind::action, "alert_rule"),   condition(FactKind::outcome, "ok"),
        condition(FactKind::ip, "203.0.113.4"),      condition(FactKind::actor_name, "left"),
        condition(FactKind::resource_name, "doo"),   condition(FactKind::text, "ad"),
        condition(FactKind::text, "door left"),      condition(FactKind::text, "example ada"),
        condition(FactKind::text, "lef door", true),
    };
    for (const Condition& one : unmet)
        EXPECT_FALSE(meets(facts, one)) << one.any_of.front();
}

// What the index is asked for must be in it whenever the condition is met, or events go missing.
TEST(Facts, TokensOfAMetConditionAreAmongThoseOfTheEvent) {
    const auto facts = facts_of(sample());
    std::vector<Token> all;
    for (const Fact& fact : facts) {
        for (const Token token : tokens_of(fact))
            all.push_back(token);
    }
    std::size_t asked = 0;
    for (const Fact& fact : facts) {
        std::vector<Condition> conditions{condition(fact.kind, fact.value)};
        for (std::size_t size = 1; size <= fact.value.size(); ++size)
            conditions.push_back(condition(fact.kind, fact.value.substr(0, size), true));
        for (const std::string_view word : words_of(fact.value))
            conditions.push_back(condition(fact.kind, std::string(word)));
        for (const Condition& one : conditions) {
            if (!meets(facts, one))
                continue;
            for (const Token token : tokens_for(one, one.any_of.front())) {
                ++asked;
                EXPECT_NE(std::ranges::find(all, token), all.end()) << one.any_of.front();
            }
        }
    }
    EXPECT_GT(asked, 200u);
}

TEST(Facts, ErasedPartsSayNothing) {
    EventView view = sample();
    view.subject.reset();
    const auto facts = facts_of(view);
    EXPECT_FALSE(meets(facts, condition(FactKind::text, "ada")));
    EXPECT_FALSE(meets(facts, condition(FactKind::ip, "203.0.113.45")));
    EXPECT_TRUE(meets(facts, condition(FactKind::text, "left door")));
    view.detail = "no JSON";
    EXPECT_FALSE(meets(facts_of(view), condition(FactKind::text, "left door")));
}

TEST(Facts, ReadsWords) {
    using Words = std::vector<std::string_view>;
    EXPECT_EQ(words_of("db-01.example.com, x"), (Words{"db", "01", "example", "com", "x"}));
    EXPECT_EQ(words_of("a 018f3c5e-0000-7000-8000-00000000000a."),
              (Words{"a", "018f3c5e-0000-7000-8000-00000000000a"}));
    EXPECT_EQ(words_of("018f3c5e-0000"), (Words{"018f3c5e", "0000"}));
    EXPECT_EQ(words_of(""), Words{});
    EXPECT_EQ(words_of("Zoë"), Words{"Zoë"});
}

} // namespace
} // namespace atalaya::audit
