#include "wire/remote_write.hpp"

#include "wire/protobuf.hpp"
#include "wire/test_protobuf.hpp"

#include <gtest/gtest.h>

#include <limits>

namespace atalaya::wire {
namespace {

using namespace test;

Labels labels_of(const SeriesWrite& series) {
    Labels out;
    for (const LabelView& each : series.labels)
        out.push_back({std::string(each.name), std::string(each.value)});
    return out;
}

const std::string up = series({{"__name__", "up"}, {"job", "api"}}, {{1'000, 1}, {2'000, 0}});

bool is_refused(std::string_view message) {
    return parse_remote_write(snappy_block(message)).has_error();
}

TEST(Protobuf, ReadsEachTypeAndSkipsTheUnknown) {
    const std::string text = varint_field(1, 300) + double_field(2, 1.5) + field(3, "abc") +
                             varint(4 << 3 | 5) + "wxyz" + varint_field(536'870'911, 7);
    ProtobufReader reader(as_bytes(text));
    std::string seen;
    while (reader.next()) {
        if (reader.number() == 1) {
            EXPECT_EQ(reader.varint(), 300u);
        } else if (reader.number() == 2) {
            EXPECT_EQ(reader.float64(), 1.5);
        } else if (reader.number() == 3) {
            EXPECT_EQ(reader.text(), "abc");
        }
        seen += std::to_string(reader.number()) + " ";
    }
    EXPECT_TRUE(reader.ok());
    EXPECT_EQ(seen, "1 2 3 4 536870911 ");
}

TEST(Protobuf, RefusesWhatIsCutShortOrOfAnotherType) {
    const std::string good = varint_field(1, 300) + double_field(2, 1.5) + field(3, "abc");
    for (std::size_t size = 1; size < good.size(); ++size) {
        ProtobufReader reader(as_bytes(good).first(size));
        std::size_t fields = 0;
        while (reader.next())
            ++fields;
        const bool between_fields = size == 3 || size == 12;
        EXPECT_EQ(reader.ok(), between_fields) << size;
        EXPECT_LT(fields, 3u);
    }
    for (const std::string_view bad :
         {std::string_view("\x0b\x0c", 2), std::string_view("\x02\x00", 2),
          std::string_view("\x08\xff\xff\xff\xff\xff\xff\xff\xff\xff\x02", 11)}) {
        ProtobufReader reader(as_bytes(bad));
        EXPECT_FALSE(reader.next());
        EXPECT_FALSE(reader.ok());
    }
    ProtobufReader reader(as_bytes(good));
    ASSERT_TRUE(reader.next());
    EXPECT_EQ(reader.text(), "");
    EXPECT_FALSE(reader.ok());
    EXPECT_FALSE(reader.next());
}

TEST(RemoteWrite, GivesSeriesWithTheirSamples) {
    const std::string second = series({{"__name__", "down"}}, {});
    const std::string third = series({}, {{-5, std::numeric_limits<double>::infinity()}});
    auto request = parse_remote_write(snappy_block(up + second + third));
    ASSERT_TRUE(request.has_value());
    const RemoteWrite moved = std::move(*request);
    ASSERT_EQ(moved.series().size(), 3u);
    EXPECT_EQ(moved.samples(), 3u);
    EXPECT_EQ(labels_of(moved.series()[0]), (Labels{{"__name__", "up"}, {"job", "api"}}));
    ASSERT_EQ(moved.series()[0].samples.size(), 2u);
    EXPECT_EQ(moved.series()[0].samples[1].time_ms, 2'000);
    EXPECT_EQ(moved.series()[0].samples[1].value, 0);
    EXPECT_EQ(labels_of(moved.series()[1]), (Labels{{"__name__", "down"}}));
    EXPECT_TRUE(moved.series()[1].samples.empty());
    EXPECT_TRUE(moved.series()[2].labels.empty());
    EXPECT_EQ(moved.series()[2].samples[0].time_ms, -5);
}

TEST(RemoteWrite, KeepsEveryBitOfAValue) {
    const auto request =
        parse_remote_write(snappy_block(series({{"a", "b"}}, {{1, stale_value()}})));
    ASSERT_TRUE(request.has_value());
    EXPECT_TRUE(is_stale(request->series()[0].samples[0].value));
}

TEST(RemoteWrite, LeavesOutMetadataAndExemplarsAndCountsHistograms) {
    const std::string metadata = field(3, varint_field(1, 2) + field(2, "up"));
    const std::string mixed =
        field(1, label("__name__", "x") + field(3, double_field(2, 1)) + field(4, "") +
                     field(4, double_field(3, 1)) + sample(1, 2) + field(9, "later"));
    const auto request = parse_remote_write(snappy_block(metadata + mixed + varint_field(77, 1)));
    ASSERT_TRUE(request.has_value());
    ASSERT_EQ(request->series().size(), 1u);
    EXPECT_EQ(request->samples(), 1u);
    EXPECT_EQ(request->histograms(), 2u);
}

TEST(RemoteWrite, TakesAnEmptyRequest) {
    const auto request = parse_remote_write(snappy_block(""));
    ASSERT_TRUE(request.has_value());
    EXPECT_TRUE(request->series().empty());
}

TEST(RemoteWrite, RefusesMessagesThatAreNone) {
    for (std::size_t size = 1; size < up.size(); ++size)
        EXPECT_TRUE(is_refused(std::string_view(up).substr(0, size))) << size;
    EXPECT_TRUE(is_refused(varint_field(1, 5)));                         // series no message
    EXPECT_TRUE(is_refused(field(1, varint_field(1, 5))));               // label no message
    EXPECT_TRUE(is_refused(field(1, field(1, varint_field(1, 5)))));     // name no text
    EXPECT_TRUE(is_refused(field(1, field(2, field(1, "12345678")))));   // value no number
    EXPECT_TRUE(is_refused(field(1, field(2, double_field(2, 1)))));     // time no integer
    EXPECT_TRUE(is_refused(field(1, field(2, std::string(1, '\x0b'))))); // a group
    EXPECT_TRUE(is_refused("no protobuf at all"));
}

TEST(RemoteWrite, RefusesBlocksThatAreNone) {
    Bytes block = snappy_block(up);
    EXPECT_TRUE(parse_remote_write({}).has_error());
    EXPECT_TRUE(parse_remote_write(as_bytes(up)).has_error());
    EXPECT_TRUE(parse_remote_write(BytesView(block).first(block.size() - 1)).has_error());
    block.push_back(0);
    EXPECT_TRUE(parse_remote_write(block).has_error());
}

TEST(RemoteWrite, ABombIsKnownBeforeItIsUnpacked) {
    // One literal, then copies of 64 bytes each: as much as a block can gain.
    std::string block = varint(std::uint64_t{64} * 300'000 + 1) + std::string("\0a", 2);
    for (int i = 0; i < 300'000; ++i)
        block += std::string("\xfe\x01\x00", 3);
    EXPECT_EQ(find_unpacked_size(as_bytes(block)), 64u * 300'000u + 1u);
    const auto request = parse_remote_write(as_bytes(block));
    ASSERT_TRUE(request.has_error());
    EXPECT_EQ(request.error().reason, "The body unpacks to more than may be sent at once.");
    // A length that the bytes which follow cannot have.
    EXPECT_FALSE(find_unpacked_size(as_bytes(varint(1 << 20) + std::string("\0a", 2))));
}

} // namespace
} // namespace atalaya::wire
