#include "base/check.hpp"
#include "base/problems.hpp"
#include "shape/complete.hpp"
#include "shape/engine.hpp"

#include <cmath>
#include <gtest/gtest.h>

namespace atalaya {

enum class Colour { red, blue };

struct Inner {
    std::int64_t count = 0;
};

struct Sample {
    std::string name;
    std::optional<std::string> note;
    bool enabled = true;
    std::int64_t size = 0;
    double ratio = 0;
    Colour colour = Colour::red;
    std::vector<Inner> parts;
    std::optional<Time> at;
};

namespace shape {
template <>
struct EnumNames<Colour> {
    static constexpr std::array<std::pair<Colour, std::string_view>, 2> names{
        {{Colour::red, "red"}, {Colour::blue, "blue"}}};
};
template <>
struct Described<Inner> {
    static const Shape shape;
};
template <>
struct Described<Sample> {
    static const Shape shape;
};
} // namespace shape

namespace {
using namespace shape;

constexpr std::array inner_fields{field<&Inner::count>("count", "How many.", range(0, 9))};
constexpr std::array sample_fields{
    field<&Sample::name>("name", "Shown in lists.", length(1, 5)),
    field<&Sample::note>("note", "Free text.", length(0, 10)),
    field<&Sample::enabled>("enabled", "Whether it runs."),
    field<&Sample::size>("size", "In bytes.", range(0, 100)),
    field<&Sample::ratio>("ratio", "Share."),
    field<&Sample::colour>("colour", "Its colour."),
    field<&Sample::parts>("parts", "Its parts."),
    field<&Sample::at>("at", "When."),
};
static_assert(names_every_member<Inner>(inner_fields));
static_assert(names_every_member<Sample>(sample_fields));

const char* const full = R"({"name":"ab","note":null,"enabled":true,"size":7,"ratio":0.1,)"
                         R"("colour":"blue","parts":[{"count":2}],"at":null})";

Json parsed(std::string_view text) { return parse_json(text).value(); }

std::vector<std::string> faults(std::string_view text) {
    std::vector<std::string> out;
    try {
        decode<Sample>(parsed(text));
    } catch (const Problem& problem) {
        for (const Violation& violation : problem.violations())
            out.push_back(violation.pointer + " " + violation.code);
    }
    return out;
}

TEST(Json, RefusesWhatIsNotStrict) {
    EXPECT_FALSE(parse_json(R"({"a":1,"a":2})"));
    EXPECT_FALSE(parse_json(R"({"a":{"b":1,"b":1}})"));
    EXPECT_FALSE(parse_json("[1,]"));
    EXPECT_FALSE(parse_json("1 2"));
    EXPECT_FALSE(parse_json(""));
    EXPECT_FALSE(parse_json("{\"a\""));
    EXPECT_FALSE(parse_json("\"\xff\""));
    EXPECT_FALSE(parse_json("1e999"));
    EXPECT_FALSE(parse_json(std::string(33, '[') + std::string(33, ']')));
    EXPECT_TRUE(parse_json(std::string(32, '[') + std::string(32, ']')));
}

TEST(Json, KeepsEveryDouble) {
    for (const double value :
         {0.1 + 0.2, 5e-324, 1.7976931348623157e308, -0.0, 9007199254740993.0}) {
        const Json back = parsed(write_json(Json(Array{Json(value)})));
        const Json& only = back.if_array()->front();
        const double read =
            only.if_double() ? *only.if_double() : static_cast<double>(*only.if_integer());
        EXPECT_EQ(read, value);
    }
    EXPECT_EQ(write_json(Json(std::nan(""))), "null");
}

TEST(Json, EscapesAndKeepsOrder) {
    EXPECT_EQ(write_json(parsed(R"({"z":"\u0001\n\"","a":[true,null,-3]})")),
              R"({"z":"\u0001\n\"","a":[true,null,-3]})");
}

TEST(Decode, RoundTrips) { EXPECT_EQ(write_json(to_json(decode<Sample>(parsed(full)))), full); }

TEST(Decode, NamesEveryFaultByPointer) {
    const auto found = faults(R"({"name":"","enabled":1,"size":101,"ratio":"x",)"
                              R"("colour":"green","parts":[{"count":10},{}],"other":1})");
    EXPECT_EQ(found, (std::vector<std::string>{"/other unknown", "/name empty", "/enabled type",
                                               "/size range", "/ratio type", "/colour choice",
                                               "/parts/0/count range", "/parts/1/count required"}));
    EXPECT_EQ(faults("[]"), std::vector<std::string>{" type"});
    EXPECT_TRUE(faults(full).empty());
}

TEST(Decode, CountsCodePointsNotBytes) {
    EXPECT_TRUE(
        faults(R"({"name":"ééééé","enabled":true,"size":1,"ratio":1,"colour":"red","parts":[]})")
            .empty());
}

TEST(Patch, LeavesWhatIsAbsent) {
    Sample value = decode<Sample>(parsed(full));
    Patch<Sample>{parsed(R"({"note":"hi"})")}.apply_to(value);
    EXPECT_EQ(value.note, "hi");
    EXPECT_EQ(value.name, "ab");
    Patch<Sample>{parsed(R"({"note":null})")}.apply_to(value);
    EXPECT_FALSE(value.note);
    EXPECT_THROW(Patch<Sample>{parsed(R"({"nope":1})")}.apply_to(value), Problem);
}

TEST(Stored, ReadsOlderAndNewerVersions) {
    EXPECT_EQ(read_stored<Sample>(parsed(R"({"name":"ab","later":1})")).name, "ab");
    EXPECT_THROW(read_stored<Sample>(parsed(R"({"size":"x"})")), LogicFault);
}

TEST(Changes, NameOnlyWhatDiffers) {
    Sample before;
    before.name = "a";
    Sample after = before;
    after.size = 3;
    EXPECT_EQ(write_json(changes(before, after)), R"([{"field":"size","before":0,"after":3}])");
    EXPECT_EQ(write_json(changes(before, before)), "[]");
}

TEST(Csv, QuotesAndDefusesFormulas) {
    EXPECT_EQ(csv_cell("plain", true), "plain");
    EXPECT_EQ(csv_cell("a,\"b\"\n", true), "\"a,\"\"b\"\"\n\"");
    for (const char* formula :
         {"=1+1", "+1", "-1", "@x", "\tx", " =1", "\xEF\xBB\xBF=1", "|x", "\xEF\xBC\x9Dx"})
        EXPECT_EQ(csv_cell(formula, true), "\"'" + std::string(formula) + "\"") << formula;
    EXPECT_EQ(csv_cell("-1", false), "-1");
    Sample value;
    value.name = "=x";
    EXPECT_EQ(csv_row(Described<Sample>::shape, &value), "\"'=x\",,true,0,0,red,[],\r\n");
}

TEST(Schema, NamesRequiredAndNested) {
    std::set<const Shape*> referenced;
    const std::string text = write_json(schema(Described<Sample>::shape, false, referenced));
    EXPECT_NE(text.find(R"("required":["name","enabled","size","ratio","colour","parts"])"),
              std::string::npos);
    EXPECT_NE(text.find(R"("$ref":"#/components/schemas/Inner")"), std::string::npos);
    EXPECT_EQ(referenced.size(), 1u);
}

} // namespace

const Shape shape::Described<Inner>::shape{"Inner", inner_fields};
const Shape shape::Described<Sample>::shape{"Sample", sample_fields};

} // namespace atalaya
