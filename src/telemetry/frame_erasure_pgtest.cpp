#include "telemetry/test_store.hpp"

namespace atalaya::telemetry {
namespace {

using namespace std::chrono_literals;
using test::small_push;
using test::StoreTest;

TEST_F(StoreTest, ErasesAServer) {
    for (const auto age : {Micros(20s), Micros(49h)}) {
        push(*store, small_push(1, ago_ms(age), 90, 1));
    }
    const ServerId erased = std::exchange(server, ServerId(random.uuid()));
    push(*store, small_push(1, ago_ms(20s), 90, 1));
    compact(*store);
    server = erased;
    push(*store, small_push(2, ago_ms(10s), 90, 1));
    EXPECT_EQ(count("metric_blocks"), "6");
    EXPECT_EQ(list(*store).size(), 4u);
    EXPECT_GT(store->series.memory().blocks().bytes(), 0u);
    erase(*store, erased);
    EXPECT_EQ(store->series.memory().blocks().bytes(), 0u) << "nor lies it opened anywhere";
    EXPECT_EQ(count("metric_blocks"), "2");
    EXPECT_EQ(count("series"), "2");
    EXPECT_EQ(list(*store).size(), 2u);
    EXPECT_TRUE(read(*store, last(50h)).series.empty());
    auto nameless = small_push(2, ago_ms(10s), 1, 1);
    nameless.series.reset();
    EXPECT_EQ(push(*store, nameless), AppendResult::unknown_table);
    compact(*store);
    EXPECT_EQ(count("metric_blocks"), "2") << "what was in memory leaves no block behind";
    EXPECT_EQ(store->series.memory().find_team(ours.team)->index.size(), 2u);
    EXPECT_EQ(list(*make_store()).size(), 2u) << "the log may still name them";
}

/// The compactor has begun with its samples when the server goes.
TEST_F(StoreTest, NoBlockIsLeftOfAServerThatWentMeanwhile) {
    push(*store, small_push(1, ago_ms(26h), 90, 1));
    CompactorParts parts{*keyring, store->series.memory(),
                         [this] { return std::vector{ours.team}; }};
    db::Connection other(database.options());
    bool gone = false;
    parts.before_commit = [&](std::string_view step) {
        if (step == "generation" || std::exchange(gone, true))
            return;
        db::transact(other, ours, [&](db::Tx& tx) { store->frames.erase_server(tx, server); });
        store->frames.note_erased(ours.team, server);
    };
    BlockCompactor(database.options(), std::move(parts)).run_once(true);
    EXPECT_EQ(count("metric_windows") + count("metric_blocks"), "00");
    EXPECT_EQ(store->series.memory().find_team(ours.team)->index.size(), 0u);
    EXPECT_EQ(store->series.memory().bytes(), 0u);
}

} // namespace
} // namespace atalaya::telemetry
