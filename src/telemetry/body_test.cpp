#include "telemetry/body.hpp"

#include "telemetry/test_push.hpp"

#include <gtest/gtest.h>

namespace atalaya::telemetry {
namespace {

constexpr std::int64_t noon_ms = 1'800'000'000'000 / hour_ms * hour_ms;

wire::Push three_hours() {
    std::vector<std::int64_t> times;
    std::vector<double> values;
    for (int i = 0; i < 300; ++i) {
        times.push_back(noon_ms + i * 30'000);
        values.push_back(i % 7 == 0 ? wire::absent() : i * 0.25);
    }
    for (int i = 0; i < 300; ++i) {
        values.push_back(1.0 / (i + 3));
    }
    return test::make_push(test::small_table(), 1, times, values);
}

TEST(Body, IsCutAtFullHours) {
    const wire::Push push = three_hours();
    const auto pieces = cut_into_hours(push, 0);
    ASSERT_EQ(pieces.size(), 3u);
    std::size_t at = 0;
    for (const Piece& piece : pieces) {
        EXPECT_EQ(piece.first_ms / hour_ms, piece.last_ms / hour_ms);
        EXPECT_EQ(piece.first_ms, push.times_ms[at]);
        const auto body = parse_body(piece.body);
        ASSERT_TRUE(body);
        EXPECT_EQ(body->table, push.table);
        ASSERT_EQ(body->times_ms.size(), piece.ticks);
        const Table table{push.table, *push.series};
        for (std::size_t i = 0; i < piece.ticks; ++i, ++at) {
            const TickView tick = body->tick(i, table);
            EXPECT_EQ(tick.time_ms, push.times_ms[at]);
            for (std::size_t series = 0; series < 2; ++series) {
                EXPECT_EQ(std::bit_cast<std::uint64_t>(tick[series]),
                          std::bit_cast<std::uint64_t>(push.column(series)[at]));
            }
        }
    }
    EXPECT_EQ(at, push.times_ms.size());
}

TEST(Body, LeavesOutWhatIsTooOld) {
    const wire::Push push = three_hours();
    const auto pieces = cut_into_hours(push, noon_ms + hour_ms + 45'000);
    ASSERT_EQ(pieces.size(), 2u);
    EXPECT_EQ(pieces[0].first_ms, noon_ms + hour_ms + 60'000);
    EXPECT_EQ(pieces[0].ticks, 118u);
    EXPECT_TRUE(cut_into_hours(push, noon_ms + 3 * hour_ms).empty());
}

TEST(Body, ThatIsDamagedIsAbsent) {
    const Bytes body = cut_into_hours(three_hours(), 0)[0].body;
    for (std::size_t size = 0; size < body.size(); ++size) {
        EXPECT_FALSE(parse_body(BytesView(body).first(size))) << size;
    }
    Bytes longer = body;
    longer.push_back(0);
    EXPECT_FALSE(parse_body(longer));
    std::mt19937 random(1);
    for (int round = 0; round < 2'000; ++round) {
        Bytes changed = body;
        for (int i = 0; i < 3; ++i) {
            changed[random() % 40] = static_cast<std::uint8_t>(random());
        }
        (void)parse_body(changed); // must return, within its memory
    }
}

} // namespace
} // namespace atalaya::telemetry
