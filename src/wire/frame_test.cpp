#include "wire/frame.hpp"

#include "base/check.hpp"

#include <gtest/gtest.h>

#include <cmath>
#include <cstdio>
#include <random>

namespace atalaya::wire {
namespace {

HostFacts example_facts() {
    return {.hostname = "host.example",
            .os = "Debian GNU/Linux 12 (bookworm)",
            .kernel = "6.1.0",
            .architecture = "x86_64",
            .cores = 2,
            .memory_bytes = 8'000'000'000,
            .boot_time = {1'700'000'000'000'000},
            .agent_version = "0.1.0",
            .policy_hash = "00ff",
            .addresses = {"192.0.2.7", "2001:db8::7"}};
}

Push example_push(std::size_t ticks) {
    Push push{
        .stream = 0x0123456789abcdef, .seq = 42, .dropped = 3, .table = {7}, .series_count = 3};
    push.series =
        SeriesTable{{.name = "cpu_percent", .labels = {{"mode", "user"}}, .unit = Unit::percent},
                    {.name = "disk_ops_per_s",
                     .labels = {{"device", "sda"}, {"direction", "read"}},
                     .unit = Unit::ops_per_s},
                    {.name = "uptime_s", .labels = {}, .unit = Unit::seconds}};
    push.facts = example_facts();
    for (std::size_t i = 0; i < ticks; ++i) {
        push.times_ms.push_back(1'763'800'000'000 + static_cast<std::int64_t>(i) * 10'000);
    }
    for (std::size_t i = 0; i < 3 * ticks; ++i) {
        push.values.push_back(i % 7 == 0 ? absent() : static_cast<double>(i * i % 1000) / 100);
    }
    return push;
}

void expect_same(const Push& left, const Push& right) {
    EXPECT_EQ(left.stream, right.stream);
    EXPECT_EQ(left.seq, right.seq);
    EXPECT_EQ(left.dropped, right.dropped);
    EXPECT_EQ(left.table, right.table);
    EXPECT_EQ(left.series_count, right.series_count);
    EXPECT_EQ(left.times_ms, right.times_ms);
    EXPECT_EQ(left.series, right.series);
    EXPECT_EQ(left.facts, right.facts);
    ASSERT_EQ(left.values.size(), right.values.size());
    for (std::size_t i = 0; i < left.values.size(); ++i) {
        EXPECT_EQ(std::bit_cast<std::uint64_t>(left.values[i]),
                  std::bit_cast<std::uint64_t>(right.values[i]));
    }
}

TEST(Frame, RoundTripsWithAndWithoutTableAndFacts) {
    for (const std::size_t ticks : {0u, 1u, 2u, 30u, 1000u}) {
        for (int parts = 0; parts < 4; ++parts) {
            Push push = example_push(ticks);
            if (!(parts & 1))
                push.series.reset();
            if (!(parts & 2))
                push.facts.reset();
            const Bytes frame = encode_push(push);
            const auto back = parse_push(frame);
            ASSERT_TRUE(back.has_value()) << back.error().reason;
            expect_same(*back, push);
            EXPECT_EQ(encode_push(*back), frame);
        }
    }
}

TEST(Frame, RoundTripsWhenNothingIsInIt) {
    const auto back = parse_push(encode_push(Push{}));
    ASSERT_TRUE(back.has_value()) << back.error().reason;
    expect_same(*back, Push{});
}

TEST(Frame, KeepsUnevenTimes) {
    Push push{.times_ms = {0, 1, 10'000, 10'001, time_ms_max}};
    const auto back = parse_push(encode_push(push));
    ASSERT_TRUE(back.has_value()) << back.error().reason;
    EXPECT_EQ(back->times_ms, push.times_ms);
}

TEST(Frame, EveryTruncationAndEveryAppendedByteIsRefused) {
    Bytes frame = encode_push(example_push(3));
    for (std::size_t size = 0; size < frame.size(); ++size) {
        EXPECT_FALSE(parse_push(BytesView(frame).first(size)).has_value()) << size;
    }
    frame.push_back(0);
    EXPECT_FALSE(parse_push(frame).has_value());
}

TEST(Frame, RefusesAnotherVersionFlagsAndMagic) {
    const Bytes good = encode_push(example_push(1));
    for (const std::size_t at : {0u, 1u, 2u}) {
        Bytes bad = good;
        bad[at] ^= 0x40;
        EXPECT_FALSE(parse_push(bad).has_value()) << at;
    }
    Bytes bad = good;
    bad[3] = 4;
    EXPECT_FALSE(parse_push(bad).has_value());
}

/// The head up to the times, as a hostile sender would write it.
Writer hostile_head(std::uint64_t series, std::uint64_t ticks) {
    Writer out;
    out.raw("AP").u8(1).u8(0).u64(1).varint(1).varint(0).u64(0).varint(series).varint(ticks);
    return out;
}

TEST(Frame, HoldsItsLimitsAgainstSmallFramesThatClaimMuch) {
    EXPECT_FALSE(
        parse_push(hostile_head(series_max + 1, 0).raw(Bytes(20'000)).bytes()).has_value());
    EXPECT_FALSE(parse_push(hostile_head(0, ticks_max + 1).raw(Bytes(20'000)).bytes()).has_value());
    EXPECT_FALSE(parse_push(hostile_head(~0ull, ~0ull).bytes()).has_value());
    // 300 still series of 4,096 ticks fit a frame of 6 kB, but not the memory that one push may
    // take.
    Writer still = hostile_head(300, ticks_max);
    for (std::size_t i = 0; i < ticks_max; ++i)
        still.u8(i == 1 ? 2 : 0);
    for (int i = 0; i < 300; ++i)
        still.u8(0).u8(0).varint(ticks_max - 1);
    const auto push = parse_push(still.bytes());
    ASSERT_FALSE(push.has_value());
    EXPECT_NE(push.error().reason.find("1,048,576"), std::string::npos);
    EXPECT_FALSE(parse_push(Bytes(frame_bytes_max + 1)).has_value());
}

TEST(Frame, RefusesASecondSpellingOfTheSamePush) {
    // The number 1 as 10/10^1 instead of 1/10^0.
    const auto with_column = [](Bytes column) {
        return hostile_head(1, 1).u8(0).raw(column).bytes();
    };
    EXPECT_TRUE(parse_push(with_column({0x00, 0x02})).has_value());
    const auto second = parse_push(with_column({0x01, 0x14}));
    ASSERT_FALSE(second.has_value());
    EXPECT_NE(second.error().reason.find("canonical"), std::string::npos);
    EXPECT_FALSE(parse_push(with_column({0x00, 0x82, 0x00})).has_value()); // a padded varint
    EXPECT_FALSE(parse_push(with_column({0x10, 0x01, 0x02})).has_value()); // a bitmap without gaps
}

TEST(Frame, RefusesTablesThatAreNotInOrder) {
    const auto bytes_of = [](std::string_view name) {
        return Writer().varint(name.size()).raw(name).u8(0).varint(0).bytes();
    };
    const auto frame = [&](std::string_view first, std::string_view second) {
        Writer out;
        out.raw("AP").u8(1).u8(1).u64(1).varint(1).varint(0).u64(0).varint(2).varint(0);
        out.varint(2).raw(bytes_of(first)).raw(bytes_of(second)).u8(0).u8(0);
        return parse_push(out.bytes()).has_value();
    };
    EXPECT_TRUE(frame("a", "b"));
    EXPECT_FALSE(frame("b", "a"));
    EXPECT_FALSE(frame("a", "a"));
    EXPECT_FALSE(frame("", "a"));
    EXPECT_FALSE(frame("a", "\xff"));
    EXPECT_FALSE(frame("a", std::string(name_bytes_max + 1, 'x')));
}

TEST(Frame, TableAndFactsStandAloneToo) {
    const Push push = example_push(1);
    const Bytes table = encode_table(*push.series);
    ASSERT_TRUE(parse_table(table).has_value());
    EXPECT_EQ(*parse_table(table), *push.series);
    const Bytes facts = encode_facts(*push.facts);
    ASSERT_TRUE(parse_facts(facts).has_value());
    EXPECT_EQ(*parse_facts(facts), *push.facts);
    for (std::size_t size = 0; size < facts.size(); ++size)
        EXPECT_FALSE(parse_facts(BytesView(facts).first(size)).has_value());
    for (std::size_t size = 0; size < table.size(); ++size)
        EXPECT_FALSE(parse_table(BytesView(table).first(size)).has_value());
}

TEST(Frame, OurOwnMistakesAreProgrammersErrors) {
    Push unsorted = example_push(1);
    std::swap(unsorted.series->front(), unsorted.series->back());
    EXPECT_THROW(encode_push(unsorted), LogicFault);
    Push backwards = example_push(2);
    std::swap(backwards.times_ms[0], backwards.times_ms[1]);
    EXPECT_THROW(encode_push(backwards), LogicFault);
    Push uneven = example_push(2);
    uneven.values.pop_back();
    EXPECT_THROW(encode_push(uneven), LogicFault);
}

TEST(Frame, TableIdIsTheHeadOfTheHashAndReadsBack) {
    std::array<std::uint8_t, 32> hash{0xe3, 0xb0, 0xc4, 0x42, 0x98, 0xfc, 0x1c, 0x14};
    const TableId id = table_id(hash);
    EXPECT_EQ(to_hex(id), "e3b0c44298fc1c14");
    EXPECT_EQ(parse_table_id("e3b0c44298fc1c14"), id);
    EXPECT_FALSE(parse_table_id("e3b0c44298fc1c"));
    EXPECT_EQ(to_string(Unit::errors_per_s), "errors_per_s");
}

/// Random damage of a good frame never crashes, and what is still accepted is still canonical.
TEST(Frame, SurvivesMutations) {
    std::mt19937_64 random(7);
    const Bytes seed = encode_push(example_push(5));
    int accepted = 0;
    for (int round = 0; round < 30'000; ++round) {
        Bytes frame = seed;
        for (std::uint64_t edits = 1 + random() % 4; edits > 0; --edits) {
            const auto at = static_cast<std::ptrdiff_t>(random() % frame.size());
            const auto byte = static_cast<std::uint8_t>(random());
            switch (random() % 3) {
            case 0:
                frame[static_cast<std::size_t>(at)] = byte;
                break;
            case 1:
                frame.insert(frame.begin() + at, byte);
                break;
            default:
                frame.erase(frame.begin() + at);
            }
        }
        if (const auto push = parse_push(frame); push.has_value()) {
            ++accepted;
            ASSERT_EQ(encode_push(*push), frame);
        }
    }
    EXPECT_GT(accepted, 100); // else the mutations never reached the values
}

} // namespace
} // namespace atalaya::wire
