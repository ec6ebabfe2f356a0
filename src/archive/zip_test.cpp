#include "archive/zip.hpp"

#include "base/check.hpp"

#include <gtest/gtest.h>

namespace atalaya::archive {
namespace {

const std::vector<File> sample{
    {"manifest.json", to_bytes("{}")}, {"proofs/1.tlog-proof", Bytes(5000, 'a')}, {"empty", {}}};

std::string refusal(BytesView bytes, const ZipLimits& limits = {}) {
    const auto files = parse_zip(bytes, limits);
    return files ? "none" : files.error().reason;
}

/// The same zip with other bytes wherever `from` stands: in the file's own head and the directory.
Bytes replaced(Bytes zip, std::string_view from, std::string_view to) {
    std::string text(as_text(zip));
    for (auto at = text.find(from); at != std::string::npos; at = text.find(from, at + 1))
        text.replace(at, from.size(), to);
    return to_bytes(text);
}

TEST(Zip, ReadsBackWhatItWrote) {
    const Bytes zip = make_zip(sample);
    EXPECT_LT(zip.size(), 1000u); // packed
    const auto files = parse_zip(zip);
    ASSERT_TRUE(files) << files.error().reason;
    ASSERT_EQ(files->size(), sample.size());
    for (std::size_t i = 0; i < sample.size(); ++i) {
        EXPECT_EQ((*files)[i].name, sample[i].name);
        EXPECT_EQ((*files)[i].content, sample[i].content);
    }
    EXPECT_EQ(make_zip(sample), zip); // the time of day is not in it
}

TEST(Zip, WritesOnlyNamesThatItReads) {
    for (const char* name :
         {"", "/etc/passwd", "a/", "..", "a/../b", ".b", "a//b", "a b", "a\\b", "\xc3\xa9"})
        EXPECT_THROW(make_zip({{name, {}}}), LogicFault) << name;
}

TEST(Zip, RefusesWhatIsNoOrdinaryZip) {
    const Bytes zip = make_zip(sample);
    EXPECT_EQ(refusal({}), "this is no zip file");
    EXPECT_EQ(refusal(to_bytes("garbage")), "this is no zip file");
    Bytes prefixed = to_bytes("#!");
    prefixed.insert(prefixed.end(), zip.begin(), zip.end());
    EXPECT_EQ(refusal(prefixed), "this is no zip file");
    for (std::size_t size = 4; size < zip.size(); ++size)
        EXPECT_NE(refusal(BytesView(zip).first(size)), "none") << size;
    EXPECT_EQ(refusal(replaced(zip, "empty", "a:bcd")),
              "a file in the zip has a name that is not plain");
    EXPECT_EQ(refusal(replaced(zip, "empty", "../ab")),
              "a file in the zip has a name that is not plain");
    EXPECT_NE(refusal(replaced(zip, "proofs/1.tlog-proof", "/roofs/1.tlog-proof")), "none");
}

TEST(Zip, RefusesANameThatStandsTwice) {
    const Bytes zip = make_zip({{"aa", {}}, {"ab", {}}});
    EXPECT_NE(refusal(replaced(zip, "ab", "aa")), "none");
}

TEST(Zip, UnpacksNoMoreThanIsAllowed) {
    const Bytes bomb = make_zip({{"a", Bytes(6'000'000)}, {"b", Bytes(6'000'000)}});
    EXPECT_LT(bomb.size(), 20'000u);
    EXPECT_EQ(refusal(bomb, {10, 12'000'000}), "none");
    EXPECT_EQ(refusal(bomb, {10, 11'999'999}), "the zip unpacks to more than is allowed");
    EXPECT_EQ(refusal(bomb, {1, 12'000'000}), "the zip holds too many files");
}

// A directory that promises less than there is must not get more unpacked than it promised.
TEST(Zip, BelievesNoSizeThatIsWrong) {
    const Bytes zip = make_zip({{"a", Bytes(100'000)}});
    const std::string_view size("\xa0\x86\x01\x00", 4), small("\x10\x00\x00\x00", 4);
    EXPECT_NE(refusal(replaced(zip, size, small)), "none");
    EXPECT_NE(refusal(replaced(zip, size, {"\xff\xff\xff\x7f", 4}), {10, std::size_t{3} << 30}),
              "none");
}

} // namespace
} // namespace atalaya::archive
