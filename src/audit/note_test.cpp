#include "audit/note.hpp"

#include "base/text.hpp"

#include <gtest/gtest.h>

namespace atalaya::audit {
namespace {

// The example of Go's sumdb/note, whose format the specification took over.
constexpr const char* neumann_vkey =
    "PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW";
constexpr const char* neumann_seed = "gQoUAtUUbI2E8kQzMPVAgOv5juF9nHT2JS/F1ccoMXM=";
const std::string neumann_text = "If you think cryptography is the answer to your problem,\n"
                                 "then you don't know what your problem is.\n";
const std::string neumann_note =
    neumann_text + "\n\xe2\x80\x94 PeterNeumann "
                   "x08go/ZJkuBS9UG/"
                   "SffcvIAQxVBtiFupLLr8pAcElZInNIuGUgYN1FFYC2pZSNXgKvqfqdngotpRZb6KE6RyyBwJnAM=\n";

const Secret seed(Bytes(32, 7));

NoteKey key_of(std::string name, SignatureType type = SignatureType::ed25519) {
    return {std::move(name), type, crypto::ed25519_public_key(seed)};
}

TEST(Note, ReadsAndMakesTheKnownNote) {
    const NoteKey key = parse_vkey(neumann_vkey).value();
    EXPECT_EQ(key.id(), 0xc74f20a3u);
    EXPECT_EQ(to_vkey(key), neumann_vkey);
    const Note note = parse_note(neumann_note).value();
    EXPECT_EQ(note.text, neumann_text);
    EXPECT_TRUE(is_signed_by(key, note));
    const Secret neumann(parse_base64(neumann_seed).value());
    EXPECT_EQ(to_text(Note{neumann_text, {sign_note(key, neumann, neumann_text)}}), neumann_note);
}

TEST(Note, KnowsTheKeyOfAPublicLog) {
    EXPECT_EQ(parse_vkey("sum.golang.org+033de0ae+Ac4zctda0e5eza+HJyk9SxEdh+s3Ux18htTTAD8OuAn8")
                  .value()
                  .id(),
              0x033de0aeu);
}

TEST(Note, RefusesKeysThatAreNone) {
    const std::string good = neumann_vkey;
    for (const std::string& bad :
         {std::string(), std::string("PeterNeumann"), good + "=", good + "\n",
          "+" + good.substr(13), "Peter Neumann" + good.substr(12), "Other" + good.substr(12),
          "PeterNeumann+C74F20A3" + good.substr(21), good.substr(0, good.size() - 4),
          // of another type, under the right id for it
          to_vkey({"x", static_cast<SignatureType>(2), {}})})
        EXPECT_FALSE(parse_vkey(bad)) << bad;
}

TEST(Note, RefusesNotesThatAreNone) {
    ASSERT_TRUE(parse_note(neumann_note));
    const std::string line = neumann_note.substr(neumann_text.size() + 1);
    for (const std::string& bad :
         {std::string(), neumann_text, neumann_text + "\n",
          neumann_note.substr(0, neumann_note.size() - 1), neumann_note + "\n", neumann_text + line,
          "a\x01" + neumann_note, "\xff" + neumann_note, "a\r\n" + neumann_note,
          neumann_text + "\n- PeterNeumann AAAAAAA=\n",
          neumann_text + "\n\xe2\x80\x94 PeterNeumann AAAAAA==\n",
          neumann_text + "\n\xe2\x80\x94 Peter+Neumann AAAAAAA=\n",
          std::string(note_bytes_max, 'a') + neumann_note})
        EXPECT_FALSE(parse_note(bad)) << bad.substr(0, 200);
}

TEST(Note, ASignatureUnderAKnownKeyMustHold) {
    const NoteKey key = key_of("example.com/log"), other = key_of("example.com/other");
    const std::string text = "example.com/log\n";
    Note note{text, {sign_note(other, seed, text), sign_note(key, seed, text)}};
    EXPECT_TRUE(is_signed_by(key, note));
    EXPECT_FALSE(is_signed_by(key_of("example.com/third"), note));
    NoteSignature wrong = sign_note(key, seed, "something else\n");
    note.signatures.push_back(wrong);
    EXPECT_FALSE(is_signed_by(key, note));
    wrong.key_id ^= 1; // of nobody that is known
    note.signatures.back() = wrong;
    EXPECT_TRUE(is_signed_by(key, note));
    EXPECT_EQ(parse_note(to_text(note)).value(), note);
}

TEST(Note, ACosignatureIsOfAnotherKindAndHasATime) {
    const NoteKey witness = key_of("witness.example", SignatureType::cosignature);
    const std::string text = "example.com/log\n1\n";
    const Time at{1'700'000'000'999'999};
    NoteSignature signature = cosign_note(witness, seed, text, at);
    EXPECT_TRUE(is_signed_by(witness, text, signature));
    EXPECT_EQ(cosigned_at(signature), Time{1'700'000'000'000'000});
    EXPECT_EQ(parse_vkey(to_vkey(witness)).value(), witness);
    EXPECT_NE(key_of("witness.example").id(), witness.id());
    EXPECT_FALSE(is_signed_by(witness, text, sign_note(key_of("witness.example"), seed, text)));
    signature.signature[7] ^= 1; // a second later
    EXPECT_FALSE(is_signed_by(witness, text, signature));
    signature.signature.pop_back();
    EXPECT_FALSE(is_signed_by(witness, text, signature));
    EXPECT_FALSE(cosigned_at(signature));
}

TEST(Note, ReadsTheCosignatureOfTheSpecification) {
    const auto note =
        parse_note("example.com/behind-the-sofa\n20852163\n"
                   "CsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=\n\n"
                   "\u2014 witness.example.com/w1 "
                   "jWbPPwAAAABkGFDLEZMHwSRaJNiIDoe9DYn/zXcrtPHeolMI5OWXEhZCB9dlrDJsX3"
                   "b2oyin1nPZqhf5nNo0xUe+mbIUBkBIfZ+qnA==\n");
    ASSERT_TRUE(note && note->signatures.size() == 1);
    EXPECT_EQ(note->signatures[0].name, "witness.example.com/w1");
    EXPECT_EQ(note->signatures[0].key_id, 0x8d66cf3fU);
    EXPECT_EQ(cosigned_at(note->signatures[0]), Time{1'679'315'147'000'000});
}

TEST(Note, ACosignatureOfNoTimeIsNone) {
    const NoteKey witness = key_of("witness.example", SignatureType::cosignature);
    const std::string text = "example.com/log\n1\n";
    EXPECT_TRUE(is_signed_by(witness, text, cosign_note(witness, seed, text, Time{1'000'000})));
    EXPECT_FALSE(is_signed_by(witness, text, cosign_note(witness, seed, text, Time{999'999})));
    EXPECT_FALSE(is_signed_by(witness, text, cosign_note(witness, seed, text, Time{-1'000'000})));
}

TEST(Note, NamesHaveNoSpacesOfUnicode) {
    for (const char* good : {"example.com/log", "zeuge.example/\u00fcber", "\u8a3c\u4eba"})
        EXPECT_TRUE(is_key_name(good)) << good;
    for (const char* bad : {"", "a b", "a+b", "a\tb", "a\u00a0b", "a\u2003b", "\u3000", "a\u0085",
                            "\xff", "a\u202fb"})
        EXPECT_FALSE(is_key_name(bad)) << bad;
}

TEST(Checkpoint, OfAnyLogMayHaveMoreLines) {
    const std::string root = "CQkJCQkJCQkJCQkJCQkJCQkJCQkJCQkJCQkJCQkJCQk=\n";
    const std::string text = "go.sum database tree\n3\n" + root;
    EXPECT_EQ(parse_any_checkpoint(text)->origin, "go.sum database tree");
    EXPECT_EQ(parse_any_checkpoint(text + "more\n")->size, 3);
    EXPECT_FALSE(parse_checkpoint(text));
    for (const std::string& bad : {text + "\n", text + "\nmore\n", text + "more", "\n3\n" + root})
        EXPECT_FALSE(parse_any_checkpoint(bad)) << bad;
}

TEST(Checkpoint, HasThreeLinesAndOneForm) {
    Checkpoint checkpoint{"example.com/audit/x/0", 20852163, {}};
    checkpoint.root.fill(9);
    const std::string text = to_text(checkpoint);
    EXPECT_EQ(text,
              "example.com/audit/x/0\n20852163\nCQkJCQkJCQkJCQkJCQkJCQkJCQkJCQkJCQkJCQkJCQk=\n");
    EXPECT_EQ(parse_checkpoint(text).value(), checkpoint);
    const std::string root = text.substr(31);
    for (const std::string& bad :
         {text + "more\n", text.substr(0, text.size() - 1), "\n20852163" + root, "a b\n1" + root,
          "a\n01" + root, "a\n+1" + root, "a\n-1" + root, std::string("a\n1\nCQk=\n"), "a\n" + root,
          std::string("a\n1\nCQkJCQkJCQkJCQkJCQkJCQkJCQkJCQkJCQkJCQkJCQl=\n")})
        EXPECT_FALSE(parse_checkpoint(bad)) << bad;
    const TeamId team(parse_uuid("11111111-1111-1111-1111-111111111111").value());
    EXPECT_EQ(make_origin("watch.example.com", team, 0),
              "watch.example.com/audit/11111111-1111-1111-1111-111111111111/0");
}

} // namespace
} // namespace atalaya::audit
