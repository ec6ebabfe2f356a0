#include "telemetry/test_series.hpp"

namespace atalaya::telemetry {
namespace {

using test::CompactedTest;
using test::Model;
using test::series;

TEST_F(CompactedTest, RetentionDropsWholeWeeksThatAreOver) {
    const std::int64_t old_ms = ago_ms(25 * 86'400);
    write(*store, ours, {{series("up", "a"), {{old_ms, 1}, {ago_ms(3'600), 2}}}});
    compact();
    EXPECT_EQ(make_compactor()->drop_before(clock.now() - std::chrono::hours(30 * 24)), 0);
    EXPECT_EQ(read(*store, ours), model(ours));
    EXPECT_EQ(make_compactor()->drop_before(clock.now() - std::chrono::hours(10 * 24)), 1);
    EXPECT_TRUE(read(*store, ours, {}, {old_ms, old_ms}).empty());
    EXPECT_EQ(read(*store, ours).size(), 1u);
}

TEST_F(CompactedTest, ASeriesOfWhichNothingIsKeptIsForgotten) {
    const auto labels = [](const char* instance) { return series("up", instance); };
    for (const char* instance : {"over", "writes again", "is silent no more"})
        write(*store, ours, {{labels(instance), {{ago_ms(28 * 86'400), 1}}}});
    write(*store, ours, {{labels("kept"), {{ago_ms(10 * 86'400), 2}}}});
    compact();
    const auto forget = [&] {
        make_compactor()->drop_before(clock.now() - std::chrono::hours(15 * 24));
    };
    const auto count_series = [&] {
        return db::transact(connection, ours,
                            [&](db::Tx& tx) { return store->measure_memory(tx, 0).series; });
    };
    forget();
    EXPECT_EQ(count_series(), 4) << "they received something of late";
    clock.advance(std::chrono::hours(5));
    write(*store, ours, {{labels("is silent no more"), {{ago_ms(60), 3}}}});
    {
        const TeamPtr held = store->memory().find_team(ours.team);
        forget();
        EXPECT_EQ(count_series(), 4) << "somebody may be looking at them";
    }
    forget();
    EXPECT_EQ(count_series(), 2);
    EXPECT_EQ(count("series"), "2");
    write(*store, ours, {{labels("writes again"), {{ago_ms(50), 4}}}});
    EXPECT_EQ(count("series"), "3");
    for (int i = 0; i < 2; ++i) {
        const Model found = read(*store, ours, {}, {ago_ms(11 * 86'400), ago_ms(0)});
        EXPECT_EQ(found.size(), 3u);
        EXPECT_EQ(found.count(labels("over")), 0u);
        for (const auto& [each, points] : found)
            EXPECT_EQ(points.rbegin()->second, model(ours).at(each).rbegin()->second);
        store = make_store();
    }
}

TEST_F(CompactedTest, ATeamThatNobodyAsksForLeavesMemory) {
    write(*store, ours, {{series("up", "a"), {{ago_ms(60), 1}}}});
    write(*store, theirs, {{series("up", "a"), {{ago_ms(60), 2}}}});
    const auto compactor = make_compactor();
    compactor->run_once(true);
    write(*store, theirs, {{series("up", "a"), {{ago_ms(50), 3}}}});
    const auto wait = [&](std::chrono::minutes time) {
        clock.advance(time);
        compactor->drop_before(clock.now() - std::chrono::hours(30 * 24));
    };
    wait(std::chrono::minutes(59));
    EXPECT_NE(store->memory().find_team(ours.team), nullptr);
    wait(std::chrono::minutes(2));
    EXPECT_EQ(store->memory().find_team(ours.team), nullptr);
    EXPECT_NE(store->memory().find_team(theirs.team), nullptr) << "not all of it is in blocks";
    compactor->run_once(true);
    EXPECT_EQ(store->memory().find_team(ours.team), nullptr);
    EXPECT_EQ(count("metric_log"), "0") << "it keeps nobody from dropping the log";
    EXPECT_EQ(read(*store, ours), model(ours));
    write(*store, ours, {{series("up", "a"), {{ago_ms(40), 5}}}});
    compactor->run_once(true);
    EXPECT_EQ(read(*store, ours), model(ours));
    EXPECT_EQ(read(*store, theirs), model(theirs));
}

TEST_F(CompactedTest, WhatATeamKeepsForAShorterTimeGoesEarlier) {
    const auto days_ago = [&](std::int64_t days) { return ago_ms(days * 86'400); };
    const auto write_both = [&](const db::Scope& team) {
        for (const char* name : {"go_threads", "go_gc", "up"})
            write(*store, team,
                  {{{{"__name__", name}}, {{days_ago(12), 1}, {days_ago(6), 2}, {ago_ms(60), 3}}}});
    };
    write_both(ours);
    write_both(theirs);
    compact();
    const auto left = [&] {
        std::map<std::string, std::string> out;
        for (const auto& [labels, points] : read(*store, ours)) {
            for (const auto& [time, value] : points)
                out[labels.front().value] += std::to_string(std::bit_cast<double>(value)).front();
        }
        return out;
    };
    std::vector<RetentionRule> rules;
    const auto drop = [&](std::vector<RetentionRule> wanted) {
        rules = std::move(wanted);
        auto compactor = make_compactor();
        compactor->drop_before(clock.now() - std::chrono::hours(30 * 24));
    };
    list_rules = [&](db::Tx& tx) {
        return tx.scope().team == ours.team ? rules : std::vector<RetentionRule>();
    };
    using Left = std::map<std::string, std::string>;
    drop({});
    EXPECT_EQ(left(), (Left{{"go_threads", "123"}, {"go_gc", "123"}, {"up", "123"}}));
    drop({{"go_", 3}, {"go_gc", 9}});
    EXPECT_EQ(left(), (Left{{"go_threads", "3"}, {"go_gc", "23"}, {"up", "123"}}));
    EXPECT_EQ(read(*store, theirs), model(theirs)) << "the rules are another team's";
    // What comes late for a day that is over is taken, brings nothing back that was opened once,
    // and goes with the next round.
    write(*store, ours, {{{{"__name__", "go_threads"}}, {{days_ago(13), 4}}}});
    compact();
    EXPECT_EQ(left()["go_threads"], "43");
    drop(rules);
    EXPECT_EQ(left()["go_threads"], "3");
    store = make_store();
    EXPECT_EQ(left(), (Left{{"go_threads", "3"}, {"go_gc", "23"}, {"up", "123"}}));
    drop({{"", 9}});
    EXPECT_EQ(left(), (Left{{"go_threads", "3"}, {"go_gc", "23"}, {"up", "23"}}));
}

} // namespace
} // namespace atalaya::telemetry
