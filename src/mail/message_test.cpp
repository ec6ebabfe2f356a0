#include "mail/message.hpp"
#include "mail/smtp.hpp"

#include <gtest/gtest.h>

namespace atalaya::mail {
namespace {

Message good() { return {"ada@example.com", "Hello", "text", "<p>text</p>"}; }

TEST(Message, AGoodOneHasNoFault) { EXPECT_FALSE(find_fault(good())); }

TEST(Message, NothingEndsAHeader) {
    for (const std::string end : {"\r\n", "\n", "\r", "\x7f"}) {
        Message message = good();
        message.subject = "Hello" + end + "Bcc: eve@example.com";
        EXPECT_TRUE(find_fault(message));
        message = good();
        message.to = "ada@example.com" + end + "Bcc:eve";
        EXPECT_TRUE(find_fault(message));
        EXPECT_FALSE(parse_sender("Ada" + end + "Bcc: x <ada@example.com>"));
    }
    Message message = good();
    message.subject = std::string("a\0b", 3);
    EXPECT_TRUE(find_fault(message));
}

TEST(Message, OnlyOneAddressIsAddressed) {
    for (const char* address :
         {"", "ada", "@example.com", "ada@", "ada@example.com,eve@example.com", "a@b@c",
          "ada@example.com> SIZE=1", "<ada@example.com>", "ada @example.com", "-f@example.com"})
        EXPECT_FALSE(is_plain_address(address)) << address;
    for (const char* address : {"ada@example.com", "a.b+c@example.com", "o'b@example.com"})
        EXPECT_TRUE(is_plain_address(address)) << address;
}

TEST(Message, BothPartsAreThere) {
    Message message = good();
    message.html.clear();
    EXPECT_TRUE(find_fault(message));
}

TEST(Message, NoPartIsLongerThanItIsReadBack) {
    Message message = good();
    message.text.assign(part_bytes_max, 'x');
    EXPECT_FALSE(find_fault(message));
    message.text += "x";
    EXPECT_TRUE(find_fault(message));
}

TEST(HeaderText, ShortAsciiStays) { EXPECT_EQ(encode_header_text("Hello"), "Hello"); }

TEST(HeaderText, OtherTextIsEncoded) {
    EXPECT_EQ(encode_header_text("Grüße"), "=?UTF-8?B?R3LDvMOfZQ==?=");
    EXPECT_EQ(encode_header_text("=?UTF-8?B?QQ==?="), "=?UTF-8?B?PT9VVEYtOD9CP1FRPT0/PQ==?=");
}

TEST(HeaderText, LongTextIsFoldedBetweenCharacters) {
    std::string text;
    for (int i = 0; i < 60; ++i)
        text += "€";
    const std::string folded = encode_header_text(text);
    std::size_t words = 0;
    for (std::size_t at = 0; at < folded.size();) {
        const std::size_t end = std::min(folded.find("\r\n ", at), folded.size());
        EXPECT_LE(end - at, 75u);
        // Fifteen characters of three bytes: no word ends inside one.
        EXPECT_EQ((end - at - 12) % 4, 0u);
        EXPECT_EQ(folded.substr(at, end - at).find("=?="), std::string::npos);
        at = end + 3;
        ++words;
    }
    EXPECT_EQ(words, 4u);
}

TEST(MailDate, IsThatOfRfc5322) {
    EXPECT_EQ(to_mail_date(parse_rfc3339("2026-11-22T20:28:05Z").value()),
              "Sun, 22 Nov 2026 20:28:05 +0000");
    EXPECT_EQ(to_mail_date(Time{}), "Thu, 01 Jan 1970 00:00:00 +0000");
}

TEST(Sender, WithAndWithoutAName) {
    EXPECT_EQ(parse_sender("ada@example.com")->header, "<ada@example.com>");
    const auto named = parse_sender("Ada's, house <ada@example.com>");
    ASSERT_TRUE(named);
    EXPECT_EQ(named->address, "ada@example.com");
    EXPECT_EQ(named->header, "\"Ada's, house\" <ada@example.com>");
    EXPECT_EQ(parse_sender("Käthe <k@example.com>")->header,
              "=?UTF-8?B?S8OkdGhl?= <k@example.com>");
    for (const char* text : {"", "Ada", "Ada <ada@example.com", "\"A\" <ada@example.com>", "A <b>"})
        EXPECT_FALSE(parse_sender(text)) << text;
}

} // namespace
} // namespace atalaya::mail
