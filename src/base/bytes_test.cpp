#include "base/bytes.hpp"

#include <gtest/gtest.h>
#include <limits>

namespace atalaya {
namespace {

TEST(Writer, WritesIntegersBigEndian) {
    const Bytes out = Writer().u8(1).u16(0x0203).u32(0x04050607).i64(-1).raw("ab").bytes();
    const Bytes expected{1,    2,    3,    4,    5,    6,    7,   0xff, 0xff,
                         0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 'a', 'b'};
    EXPECT_EQ(out, expected);
}

TEST(Reader, ReadsBackWhatTheWriterWrote) {
    const Bytes in =
        Writer().u8(9).u16(70).u32(1u << 31).u64(1ull << 63).i64(-5).raw("xyz").bytes();
    Reader reader(in);
    EXPECT_EQ(reader.u8(), 9);
    EXPECT_EQ(reader.u16(), 70);
    EXPECT_EQ(reader.u32(), 1u << 31);
    EXPECT_EQ(reader.u64(), 1ull << 63);
    EXPECT_EQ(reader.i64(), -5);
    EXPECT_EQ(reader.text(3), "xyz");
    EXPECT_TRUE(reader.done());
}

TEST(Reader, StaysBadAfterAShortRead) {
    const Bytes in{1, 2, 3};
    Reader reader(in);
    EXPECT_EQ(reader.u32(), 0u);
    EXPECT_FALSE(reader.ok());
    EXPECT_EQ(reader.u8(), 0);
    EXPECT_FALSE(reader.done());
}

TEST(Reader, IsNotDoneWhileSomethingIsLeft) {
    const Bytes in{1, 2};
    Reader reader(in);
    reader.u8();
    EXPECT_TRUE(reader.ok());
    EXPECT_FALSE(reader.done());
    EXPECT_EQ(reader.left(), 1u);
}

TEST(Varint, RoundTripsAtEveryLength) {
    for (int bit = 0; bit < 64; ++bit) {
        for (const std::uint64_t value : {1ull << bit, (1ull << bit) - 1}) {
            const Bytes out = Writer().varint(value).bytes();
            Reader reader(out);
            EXPECT_EQ(reader.varint(), value);
            EXPECT_TRUE(reader.done());
        }
    }
    const Bytes largest = Writer().varint(std::numeric_limits<std::uint64_t>::max()).bytes();
    EXPECT_EQ(largest.size(), 10u);
    EXPECT_EQ(Reader(largest).varint(), std::numeric_limits<std::uint64_t>::max());
}

TEST(Varint, RefusesWhatDoesNotFitOrEnd) {
    for (const Bytes& in : {Bytes(9, 0xff), Bytes(11, 0x80), Bytes{0x80},
                            Bytes{0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x02}}) {
        Reader reader(in);
        EXPECT_EQ(reader.varint(), 0u);
        EXPECT_FALSE(reader.ok());
    }
}

} // namespace
} // namespace atalaya
