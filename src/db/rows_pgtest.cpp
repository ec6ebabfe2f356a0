#include "db/test_schema.hpp"

#include <gtest/gtest.h>

#include <cmath>

namespace atalaya::db {
namespace {

struct RowsTest : testing::Test {
    pgtest::TestDatabase database;
    Connection connection{database.options()};
    Tx tx{connection, Scope{}};
};

constexpr std::array<std::string_view, 12> every_type{"truth", "small", "big",   "real",
                                                      "text",  "blob",  "id",    "at",
                                                      "uuids", "texts", "longs", "nothing"};

TEST_F(RowsTest, ReturnsEveryTypeAsItWasGiven) {
    static constexpr Statement echo{
        "test.echo",
        "select $1::bool as truth, $2::int2 as small, $3::int8 as big, $4::float8 as real, "
        "$5::text as text, "
        "$6::bytea as blob, $7::uuid as id, $8::timestamptz as at, $9::uuid[] as uuids, "
        "$10::text[] as texts, "
        "$11::int8[] as longs, $12::text as nothing, 7::int4 as plain, 1.5::float4 as half",
        every_type, false};
    const Uuid id = SystemRandom().uuid();
    const Time at = *parse_rfc3339("2026-11-22T12:00:00.123456Z");
    const std::vector<Uuid> uuids{id, Uuid{}};
    const std::vector<std::string> texts{"", "zwei", "ü"};
    const std::vector<std::int64_t> longs{-1, std::numeric_limits<std::int64_t>::max()};
    const Bytes blob{0, 1, 255, 0};
    const Row row = tx.query_one(echo, {{"truth", true},
                                        {"small", -5},
                                        {"big", std::numeric_limits<std::int64_t>::min()},
                                        {"real", 0.1},
                                        {"text", "O'Neil \\ \n"},
                                        {"blob", blob},
                                        {"id", id},
                                        {"at", at},
                                        {"uuids", uuids},
                                        {"texts", texts},
                                        {"longs", longs},
                                        {"nothing", std::optional<std::string>()}});
    EXPECT_EQ(row.get<bool>("truth"), true);
    EXPECT_EQ(row.get<std::int64_t>("small"), -5);
    EXPECT_EQ(row.get<std::int16_t>("small"), -5);
    EXPECT_EQ(row.get<std::int64_t>("big"), std::numeric_limits<std::int64_t>::min());
    EXPECT_EQ(row.get<double>("real"), 0.1);
    EXPECT_EQ(row.get<std::string>("text"), "O'Neil \\ \n");
    EXPECT_EQ(row.get<Bytes>("blob"), blob);
    EXPECT_EQ((row.get<std::array<std::uint8_t, 4>>("blob")),
              (std::array<std::uint8_t, 4>{0, 1, 255, 0}));
    EXPECT_EQ(row.get<TeamId>("id"), TeamId(id));
    EXPECT_EQ(row.get<Time>("at"), at);
    EXPECT_EQ(row.get<std::vector<Uuid>>("uuids"), uuids);
    EXPECT_EQ(row.get<std::vector<std::string>>("texts"), texts);
    EXPECT_EQ(row.get<std::vector<std::int64_t>>("longs"), longs);
    EXPECT_EQ(row.get<std::optional<std::string>>("nothing"), std::nullopt);
    EXPECT_EQ(row.get<std::optional<std::string>>("text"), "O'Neil \\ \n");
    EXPECT_EQ(row.get<int>("plain"), 7);
    EXPECT_EQ(row.get<double>("half"), 1.5);
}

constexpr std::array<std::string_view, 4> arrays{"reals", "blobs", "ids", "none"};

TEST_F(RowsTest, ReturnsArraysAsTheyWereGiven) {
    static constexpr Statement echo{
        "test.echo_arrays",
        "select $1::float8[] as reals, $2::bytea[] as blobs, $3::uuid[] as ids, $4::text[] as none",
        arrays, false};
    const std::vector<double> reals{0.1, -INFINITY};
    const std::vector<Bytes> blobs{{}, {1, 2}};
    const std::vector<TeamId> ids{TeamId(SystemRandom().uuid())};
    const Row row = tx.query_one(
        echo,
        {{"reals", reals}, {"blobs", blobs}, {"ids", ids}, {"none", std::vector<std::string>()}});
    EXPECT_EQ(row.get<std::vector<double>>("reals"), reals);
    EXPECT_EQ(row.get<std::vector<Bytes>>("blobs"), blobs);
    EXPECT_EQ(row.get<std::vector<TeamId>>("ids"), ids);
    EXPECT_TRUE(row.get<std::vector<std::string>>("none").empty());
}

std::string fault(const std::function<void()>& act) {
    try {
        act();
    } catch (const LogicFault& caught) {
        return caught.what();
    }
    return "no fault";
}

TEST_F(RowsTest, NamesStatementAndColumnWhenTheyDisagreeWithTheCode) {
    static constexpr Statement wide{
        "test.wide",
        "select 70000 as number, null::text as gap, '\\x01'::bytea as blob",
        {},
        false};
    const Row row = tx.query_one(wide);
    EXPECT_EQ(fault([&] { row.get<int>("colour"); }), "test.wide gives no column colour");
    EXPECT_EQ(fault([&] { row.get<std::string>("number"); }),
              "test.wide: column number (type 23) is not text");
    EXPECT_EQ(fault([&] { row.get<std::int16_t>("number"); }),
              "test.wide: column number (type 23) is not a smaller number");
    EXPECT_EQ(fault([&] { row.get<std::string>("gap"); }),
              "test.wide: column gap (type 25, NULL) is not a value, not NULL");
    EXPECT_EQ(fault([&] { (void)row.get<std::array<std::uint8_t, 32>>("blob"); }),
              "test.wide: column blob (type 17) is not bytea of 32");
    EXPECT_EQ(fault([&] { row.get<std::vector<Uuid>>("number"); }),
              "test.wide: column number (type 23) is not an array of another type");
}

TEST_F(RowsTest, BindsEachNameExactlyOnce) {
    static constexpr Statement note{"test.note", "select $1::text as id, $2::text as body",
                                    notes::id_and_body, false};
    EXPECT_EQ(fault([&] { tx.query(note, {{"id", "a"}}); }), "test.note: no value for body");
    EXPECT_EQ(fault([&] {
                  tx.query(note, {{"id", "a"}, {"body", "b"}, {"colour", "c"}});
              }),
              "test.note has no parameter colour");
    EXPECT_EQ(fault([&] {
                  tx.query(note, {{"id", "a"}, {"id", "b"}, {"body", "c"}});
              }),
              "test.note: two values for id");
}

TEST_F(RowsTest, RefusesTwoStatementsOfOneName) {
    static constexpr Statement one{"test.same", "select 1 as n", {}, false};
    static constexpr Statement two{"test.same", "select 2 as n", {}, false};
    tx.query(one);
    EXPECT_EQ(fault([&] { tx.query(two); }), "two statements are named test.same");
}

TEST_F(RowsTest, CountsRows) {
    static constexpr Statement none{"test.none", "select 1 as n where false", {}, false};
    static constexpr Statement three{"test.three", "select generate_series(1, 3) as n", {}, false};
    EXPECT_FALSE(tx.query_optional(none).has_value());
    EXPECT_EQ(fault([&] { tx.query_one(none); }), "test.none: 0 rows, not one");
    EXPECT_EQ(fault([&] { tx.query_optional(three); }), "test.three: 3 rows, not at most one");
    int sum = 0;
    for (const Row row : tx.query(three))
        sum += row.get<int>("n");
    EXPECT_EQ(sum, 6);
}

} // namespace
} // namespace atalaya::db
