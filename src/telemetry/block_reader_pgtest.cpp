#include "telemetry/test_series.hpp"

namespace atalaya::telemetry {
namespace {

using test::BlockStoreTest;
using test::CompactedTest;
using test::Interrupted;
using test::series;

TEST_F(BlockStoreTest, FindsSeriesByConditions) {
    write(*store, ours, {{series("up", "a"), {{ago_ms(20), 1}}}});
    write(*store, ours, {{series("up", "b"), {{ago_ms(10), 5}}}});
    write(*store, ours, {{{{"__name__", "load"}}, {{ago_ms(10), 5}}}});
    const auto found = [&](promql::MatchKind kind, const char* name, const char* value) {
        return read(*store, ours, {*promql::Matcher::make(kind, name, value)}).size();
    };
    EXPECT_EQ(found(promql::MatchKind::equal, "__name__", "up"), 2u);
    EXPECT_EQ(found(promql::MatchKind::equal, "instance", "a"), 1u);
    EXPECT_EQ(found(promql::MatchKind::equal, "instance", ""), 1u);
    EXPECT_EQ(found(promql::MatchKind::not_equal, "instance", "a"), 2u);
    EXPECT_EQ(found(promql::MatchKind::matches, "instance", "a|b"), 2u);
    EXPECT_EQ(found(promql::MatchKind::matches, "instance", ".*"), 3u);
    EXPECT_EQ(found(promql::MatchKind::not_matches, "instance", ".+"), 1u);
    EXPECT_EQ(found(promql::MatchKind::equal, "job", "a"), 0u);
    EXPECT_EQ(read(*store, ours, {}, {ago_ms(15), ago_ms(0)}).size(), 2u);
}

TEST_F(BlockStoreTest, ListsLabelsAndTheirValues) {
    write(*store, ours, {{series("up", "a"), {{ago_ms(20), 1}}}});
    write(*store, ours, {{series("up", "b"), {{ago_ms(10), 5}}}});
    write(*store, ours, {{{{"__name__", "load"}, {"cpu", "0"}}, {{ago_ms(10), 5}}}});
    write(*store, theirs, {{series("up", "c"), {{ago_ms(10), 5}}}});
    const auto sorted = [](std::vector<std::string> texts) {
        std::ranges::sort(texts);
        return texts;
    };
    const auto values = [&](const char* label, const promql::Matchers& matchers = {},
                            std::int64_t since_s = 60) {
        return db::transact(connection, ours, [&](db::Tx& tx) {
            return sorted(store->list_values(tx, label, matchers, {ago_ms(since_s), ago_ms(0)}));
        });
    };
    const auto labels = [&](const promql::Matchers& matchers = {}, std::int64_t since_s = 60) {
        return db::transact(connection, ours, [&](db::Tx& tx) {
            return sorted(store->list_labels(tx, matchers, {ago_ms(since_s), ago_ms(0)}));
        });
    };
    using Texts = std::vector<std::string>;
    const promql::Matchers up{*promql::Matcher::make(promql::MatchKind::equal, "__name__", "up")};
    EXPECT_EQ(values("instance"), (Texts{"a", "b"}));
    EXPECT_EQ(values("instance", {}, 15), Texts{"b"});
    EXPECT_EQ(values("__name__"), (Texts{"load", "up"}));
    EXPECT_EQ(values("__name__", up), Texts{"up"});
    EXPECT_EQ(values("cpu", up), Texts{});
    EXPECT_EQ(values("none"), Texts{});
    EXPECT_EQ(labels(), (Texts{"__name__", "cpu", "instance"}));
    EXPECT_EQ(labels(up), (Texts{"__name__", "instance"}));
    EXPECT_EQ(labels({}, 5), Texts{});
}

TEST_F(CompactedTest, ReadsTheseVerySeriesInTheOrderAskedFor) {
    write(*store, ours, {{series("up", "a"), {{ago_ms(5 * 86'400), 1}, {ago_ms(60), 2}}}});
    write(*store, ours, {{series("up", "b"), {{ago_ms(60), 3}}}});
    write(*store, ours, {{{{"__name__", "up"}}, {{ago_ms(50), 4}}}});
    compact();
    write(*store, ours, {{series("up", "a"), {{ago_ms(40), 5}}}});
    std::map<Labels, promql::TimeRange> listed;
    const auto read = db::transact(connection, ours, [&](db::Tx& tx) {
        store->list(tx, {}, {ago_ms(600), ago_ms(0)},
                    [&](const ListedSeries& each) { listed.emplace(*each.labels, each.range); });
        std::vector<LabelsPtr> wanted;
        for (const Labels& labels : {series("up", "b"), series("none", "x"),
                                     Labels{{"__name__", "up"}}, series("up", "a")})
            wanted.push_back(std::make_shared<const Labels>(labels));
        return store->read(tx, wanted, {ago_ms(600), ago_ms(45)});
    });
    EXPECT_EQ(listed.size(), 3u);
    EXPECT_EQ(listed.at(series("up", "a")).from_ms, ago_ms(5 * 86'400));
    EXPECT_GE(listed.at(series("up", "a")).to_ms, ago_ms(40));
    ASSERT_EQ(read.size(), 4u);
    EXPECT_EQ(read[0].values, std::vector<double>{3});
    EXPECT_TRUE(read[1].empty());
    EXPECT_EQ(read[2].values, std::vector<double>{4});
    EXPECT_EQ(read[3].values, std::vector<double>{2});
}

TEST_F(CompactedTest, WhatComesIntoBlocksIsReadThoughTheOthersWereOpenedBefore) {
    const std::int64_t day = floor_to(ago_ms(5 * 86'400), day_ms);
    const auto write_at = [&](std::int64_t at_ms, double value) {
        write(*store, ours, {{series("up", "a"), {{at_ms, value}}}});
    };
    write_at(day + 60'000, 1);
    compact();
    EXPECT_EQ(read(*store, ours), model(ours));
    EXPECT_GT(store->memory().blocks().bytes(), 0u);
    write_at(day + 60'000, 2);
    write_at(day + 5 * window_ms, 3);
    EXPECT_EQ(read(*store, ours), model(ours));
    EXPECT_THROW(compact(true, "day"), Interrupted);
    EXPECT_EQ(read(*store, ours), model(ours));
    write_at(day + day_ms, 4);
    compact();
    EXPECT_EQ(read(*store, ours), model(ours));
    EXPECT_TRUE(read(*store, theirs).empty());
}

} // namespace
} // namespace atalaya::telemetry
