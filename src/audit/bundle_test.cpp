#include "audit/bundle_check.hpp"

#include "archive/zip.hpp"
#include "audit/test_chain.hpp"
#include "base/text.hpp"

#include <functional>
#include <gtest/gtest.h>

namespace atalaya::audit {
namespace {

using archive::File;

Receipt receipt_of(const Bundle& bundle, std::int64_t seq) {
    return {
        test_team, 0, seq,
        bundle.events.at(static_cast<std::size_t>(seq - bundle.manifest.from_seq)).link.row_hash};
}

std::string verdict(const Bundle& bundle, const std::vector<Receipt>& receipts = {}) {
    const BundleReport report = check_bundle(bundle, {.receipts = receipts});
    return std::string(to_string(report.verdict)) +
           (report.first_bad ? " at " + std::to_string(*report.first_bad) : "");
}

std::string refusal(const std::vector<File>& files) {
    const auto bundle = parse_bundle(archive::make_zip(files));
    return bundle ? "none" : bundle.error().reason;
}

/// The files of a good bundle with one text replaced.
std::vector<File> edited(std::size_t file, std::string_view from, std::string_view to) {
    auto files = archive::parse_zip(encode_bundle(make_bundle(1, 3, 3))).value();
    std::string text(as_text(files.at(file).content));
    const auto at = text.find(from);
    EXPECT_NE(at, std::string::npos) << from;
    text.replace(at, from.size(), to);
    files[file].content = to_bytes(text);
    return files;
}

TEST(Bundle, ReadsBackWhatItWrote) {
    Bundle bundle = make_bundle(2, 4, 5);
    bundle.events[0].link.parts[0] = {PartState::Kind::erased, {}, {}, 5};
    bundle.events[1].link.parts[1] = {PartState::Kind::unopened, {}, {}};
    bundle.events[2].link.parts[1] = {PartState::Kind::broken, {}, {}};
    const Bytes bytes = encode_bundle(bundle);
    const auto read = parse_bundle(bytes);
    ASSERT_TRUE(read) << read.error().reason;
    EXPECT_EQ(encode_bundle(*read), bytes);
    EXPECT_EQ(read->manifest.previous, bundle.manifest.previous);
    EXPECT_EQ(read->events[0].link.parts[0].erased_by, 5);
    EXPECT_EQ(read->events[2].link.parts[1].kind, PartState::Kind::broken);
}

TEST(Bundle, RefusesWhatHasNotItsForm) {
    constexpr std::size_t manifest = 0, events = 1;
    EXPECT_EQ(refusal(edited(manifest, "Example", "Another")), "none");
    const std::string bad_manifest = "the manifest is not of the known form";
    const std::string bad_line = "a line of the events is not of the known form";
    const std::vector<std::tuple<std::size_t, std::string, std::string, std::string>> cases{
        {manifest, "atalaya-audit-bundle", "zip",
         "the bundle has a format or version that is not known here"},
        {manifest, "\"version\":1,", "\"version\":2,",
         "the bundle has a format or version that is not known here"},
        {manifest, "\"lane\":0", "\"lane\":1",
         "the manifest names a chain that is not this team's"},
        {manifest, "\"lane\":0", "\"lane\":0.0", bad_manifest},
        {manifest, "\"lane\":0,", "", bad_manifest},
        {manifest, "\"lane\":0", "\"lane\":0,\"more\":0", bad_manifest},
        {manifest, "\"to_seq\":3", "\"to_seq\":0", bad_manifest},
        {manifest, "\"from_seq\":1", "\"from_seq\":9007199254740992", bad_manifest},
        {manifest, "Example", "Ex\xc3\xa4mple", bad_manifest},
        {manifest, "01.000000Z", "01Z", bad_manifest},
        {manifest, "[\"events.ndjson\"]", "[]",
         "the zip holds a file that the manifest does not list"},
        {manifest, "[\"events.ndjson\"]", "[\"events.ndjson\",\"keys.txt\"]",
         "the manifest lists a file that the zip does not hold"},
        {manifest, "[\"events.ndjson\"]", "[\"events.ndjson\",\"events.ndjson\"]", bad_manifest},
        {manifest, "{", "[", "the manifest is not JSON: syntax error"},
        {events, "\"seq\":2", "\"seq\":\"2\"", bad_line},
        {events, "\"state\":\"open\"", "\"state\":\"gone\"", bad_line},
        {events, "\"state\":\"open\"", "\"state\":\"unopened\"", bad_line},
        {events, "\"prev\":\"", "\"prev\":\"AAAA", bad_line},
        {events, "\"commits\":[", "\"commits\":[\"AA==\",", bad_line},
        {events, "\"parts\":[", "\"parts\":[{\"state\":\"unopened\"},", bad_line},
        {events, "\n", "\n\n", bad_line},
    };
    for (const auto& [file, from, to, reason] : cases)
        EXPECT_EQ(refusal(edited(file, from, to)), reason) << from << " -> " << to;
    auto cut = edited(events, "\"seq\"", "\"seq\"");
    cut[events].content.pop_back();
    EXPECT_EQ(refusal(cut), "the last line of the events is cut off");
    EXPECT_FALSE(parse_bundle(Bytes{}));
    EXPECT_EQ(refusal({cut[manifest]}), "the zip holds no manifest or no events");
}

TEST(Bundle, PassesOverAFileThatTheManifestLists) {
    auto files = edited(0, "[\"events.ndjson\"]", "[\"events.ndjson\",\"proofs/7\"]");
    files.push_back({"proofs/7", to_bytes("of a later version")});
    const auto bundle = parse_bundle(archive::make_zip(files));
    ASSERT_TRUE(bundle) << bundle.error().reason;
    EXPECT_EQ(bundle->other_files, std::vector<std::string>{"proofs/7"});
    EXPECT_EQ(verdict(*bundle), "valid");
}

TEST(Bundle, SoundOnesAreValid) {
    EXPECT_EQ(verdict(make_bundle(1, 5, 5)), "valid");
    EXPECT_EQ(verdict(make_bundle(3, 4, 5)), "valid");
    Bundle bundle = make_bundle(1, 5, 5);
    bundle.events[1].link.parts[0] = {PartState::Kind::erased, {}, {}, 5};
    EXPECT_EQ(verdict(bundle), "valid with erasures");
    bundle = make_bundle(1, 4, 5); // the tombstone lies beyond
    bundle.events[1].link.parts[0] = {PartState::Kind::erased, {}, {}, 5};
    EXPECT_EQ(verdict(bundle), "valid with erasures");
    bundle.events[1].link.parts[0] = {PartState::Kind::unopened, {}, {}};
    EXPECT_EQ(verdict(bundle), "valid with erasures");
}

TEST(Bundle, AlteredOnesNameTheFirstBadEvent) {
    const std::vector<std::pair<std::string, std::function<void(Bundle&)>>> cases{
        {"altered at 3", [](Bundle& b) { b.events[2].link.header[60] ^= 1; }},
        {"altered at 3", [](Bundle& b) { b.events[2].link.parts[1].body[1] ^= 1; }},
        {"altered at 3", [](Bundle& b) { b.events[2].link.parts[1].salt[1] ^= 1; }},
        {"altered at 3", [](Bundle& b) { b.events[2].link.commits[0][9] ^= 1; }},
        {"altered at 3", [](Bundle& b) { b.events[2].link.row_hash[9] ^= 1; }},
        {"altered at 3", [](Bundle& b) { b.events[2].seq = 4; }},
        {"altered at 3", [](Bundle& b) { b.events.erase(b.events.begin() + 2); }},
        {"altered at 1", [](Bundle& b) { b.events.erase(b.events.begin()); }},
        {"altered at 3", [](Bundle& b) { std::swap(b.events[2], b.events[3]); }},
        {"altered at 2",
         [](Bundle& b) {
             b.events[1].link.parts[0] = {PartState::Kind::broken, {}, {}};
         }},
        {"altered at 2", // event 4 is no tombstone, 6 is beyond the head, 2 is not later
         [](Bundle& b) {
             b.events[1].link.parts[0] = {PartState::Kind::erased, {}, {}, 4};
         }},
        {"altered at 2",
         [](Bundle& b) {
             b.events[1].link.parts[0] = {PartState::Kind::erased, {}, {}, 6};
         }},
        {"altered at 5",
         [](Bundle& b) {
             b.events[4].link.parts[0] = {PartState::Kind::erased, {}, {}, 5};
         }},
        {"altered at 1", [](Bundle& b) { b.manifest.previous[0] ^= 1; }},
        {"altered at 5", [](Bundle& b) { b.manifest.head_hash[0] ^= 1; }},
        {"altered at 4", [](Bundle& b) { b.manifest.head_seq = 4; }},
        {"altered at 5", [](Bundle& b) { b.manifest.to_seq = 4; }},
    };
    for (std::size_t i = 0; i < cases.size(); ++i) {
        Bundle bundle = make_bundle(1, 5, 5);
        cases[i].second(bundle);
        EXPECT_EQ(verdict(bundle), cases[i].first) << "case " << i;
    }
}

TEST(Bundle, ReceiptsTellOfWhatIsMissingOrRewritten) {
    const Bundle whole = make_bundle(1, 5, 5);
    EXPECT_EQ(verdict(whole, {receipt_of(whole, 5), receipt_of(whole, 2)}), "valid");
    Bundle cut = make_bundle(1, 5, 5);
    cut.events.pop_back();
    EXPECT_EQ(verdict(cut), "truncated");
    // A forger makes the manifest fit, and only a receipt tells.
    cut.manifest.to_seq = cut.manifest.head_seq = 4;
    cut.manifest.head_hash = cut.events.back().link.row_hash;
    EXPECT_EQ(verdict(cut), "valid");
    EXPECT_EQ(verdict(cut, {receipt_of(whole, 5)}), "truncated");
    Receipt other = receipt_of(whole, 3);
    other.row_hash[0] ^= 1;
    EXPECT_EQ(verdict(whole, {other}), "altered at 3");
    const Bundle part = make_bundle(3, 5, 5);
    EXPECT_EQ(verdict(part, {receipt_of(whole, 2)}), "valid");
    EXPECT_EQ(verdict(part, {receipt_of(whole, 1)}), "unreadable");
    other.seq = 2;
    EXPECT_EQ(verdict(part, {other}), "altered at 2");
    other.chain.bytes[0] ^= 1;
    EXPECT_EQ(verdict(whole, {other}), "unreadable");
    EXPECT_EQ(verdict(whole, {other, receipt_of(whole, 5)}), "valid");
}

TEST(Receipts, AreReadAsTheServerWritesThem) {
    const Bundle bundle = make_bundle(1, 2, 2);
    const Receipt first = receipt_of(bundle, 1), second = receipt_of(bundle, 2);
    const auto read = parse_receipts(to_header(first) + ", " + to_header(second));
    ASSERT_TRUE(read);
    EXPECT_EQ(*read, (std::vector<Receipt>{first, second}));
    const std::string good = to_header(first);
    for (const std::string& bad :
         {std::string(), good + ",", good.substr(1), good + "0", good.substr(0, good.size() - 2),
          "x" + good, to_string(test_team) + "/0/0/" + to_hex(first.row_hash),
          to_string(test_team) + "/40000/1/" + to_hex(first.row_hash)})
        EXPECT_FALSE(parse_receipts(bad)) << bad;
}

} // namespace
} // namespace atalaya::audit
