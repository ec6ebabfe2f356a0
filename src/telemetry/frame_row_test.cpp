#include "telemetry/frame_row.hpp"

#include "telemetry/test_push.hpp"

#include <gtest/gtest.h>

namespace atalaya::telemetry {
namespace {

wire::Push wide_push(std::size_t width) {
    wire::SeriesTable table;
    for (std::size_t i = 0; i < width; ++i) {
        table.push_back({"m" + std::to_string(1'000 + i), {}, wire::Unit::count});
    }
    wire::Push push = test::make_push(table, 1, {1'000, 2'000}, std::vector<double>(2 * width, 5));
    push.series.reset();
    return push;
}

TEST(FrameRow, GivesBackItsSeriesAndItsFrame) {
    using Ids = std::vector<std::int64_t>;
    for (const Ids& ids : {Ids{}, Ids{7}, Ids{1, 2, 3, 900, 901, 4}, Ids{1ll << 62, 0, 1}}) {
        const Bytes frame = wire::encode_push(wide_push(ids.size()));
        const auto row = parse_frame_row(encode_frame_row(ids, frame));
        ASSERT_TRUE(row);
        EXPECT_EQ(row->series, ids);
        EXPECT_EQ(wire::encode_push(row->push), frame);
    }
}

TEST(FrameRow, IdsThatFollowEachOtherTakeNoRoom) {
    std::vector<std::int64_t> ids(100);
    std::iota(ids.begin(), ids.end(), 5'000);
    const Bytes frame = wire::encode_push(wide_push(ids.size()));
    EXPECT_LE(encode_frame_row(ids, frame).size(), frame.size() + 6);
}

TEST(FrameRow, ThatIsDamagedIsAbsent) {
    const Bytes frame = wire::encode_push(wide_push(3));
    const Bytes row = encode_frame_row(std::vector<std::int64_t>{1, 2, 9}, frame);
    EXPECT_TRUE(is_frame_row(row));
    for (std::size_t size = 0; size < row.size(); ++size) {
        EXPECT_FALSE(parse_frame_row(BytesView(row).first(size))) << size;
    }
    EXPECT_FALSE(parse_frame_row(encode_frame_row(std::vector<std::int64_t>{1, 2}, frame)))
        << "a column without a series";
    EXPECT_FALSE(is_frame_row({}));
}

TEST(FrameRow, AColumnIsReadWithoutItsGaps) {
    std::vector<Sample> samples;
    const auto push = test::make_push(
        test::small_table(), 1, {1'000, 2'000, 3'000, 4'000},
        {0, 0, 0, 0, 1, wire::absent(), std::numeric_limits<double>::quiet_NaN(), 4});
    read_column(push, 1, 0, samples);
    ASSERT_EQ(samples.size(), 2u);
    EXPECT_EQ(samples[1].time_ms, 4'000);
    read_column(push, 1, 1, samples);
    ASSERT_EQ(samples.size(), 1u);
    EXPECT_EQ(samples[0].value, 4);
}

} // namespace
} // namespace atalaya::telemetry
