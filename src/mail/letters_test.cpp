#include "mail/letters.hpp"

#include <gtest/gtest.h>

namespace atalaya::mail {
namespace {

const std::string link = "https://house.example/invite#token-1";

TEST(Letters, BothPartsSayWhoAndHoldTheLink) {
    const Message letter =
        make_invitation("bob@example.com", {"Night watch", "Ada Example", "member", link,
                                            parse_rfc3339("2026-11-29T20:28:05Z").value()});
    EXPECT_FALSE(find_fault(letter));
    EXPECT_EQ(letter.to, "bob@example.com");
    EXPECT_EQ(letter.subject, "Invitation to Night watch");
    for (const std::string& part : {letter.text, letter.html}) {
        for (const char* said : {"Ada Example invites you", "Night watch as member",
                                 "2026-11-29 20:28 UTC", link.c_str()})
            EXPECT_NE(part.find(said), std::string::npos) << said << "\n" << part;
    }
    EXPECT_NE(letter.html.find("<a href=\"" + link + "\">"), std::string::npos);
}

TEST(Letters, WhatIsFilledInIsTextAndNothingElse) {
    const Message letter = make_invitation(
        "bob@example.com", {"<script>\r\nBcc: eve@example.com", "{team} \"&'", "member", link, {}});
    EXPECT_FALSE(find_fault(letter));
    EXPECT_EQ(letter.subject.find_first_of("\r\n"), std::string::npos);
    EXPECT_EQ(letter.html.find("<script>"), std::string::npos);
    EXPECT_NE(letter.html.find("&lt;script&gt;  Bcc: eve@example.com"), std::string::npos);
    // A value is not read as a wording.
    EXPECT_NE(letter.html.find("{team} &quot;&amp;&#39;"), std::string::npos);
    EXPECT_EQ(letter.text.find("\nBcc"), std::string::npos);
}

TEST(Letters, EachCanBeSentAndLeavesNoPlaceholder) {
    for (const Message& letter : {make_password_reset("a@example.com", link),
                                  make_email_change_old("a@example.com", "b@example.com", link),
                                  make_email_change_new("b@example.com", link),
                                  make_recovery_code_used("a@example.com", Time{}),
                                  make_password_changed("a@example.com", Time{}),
                                  make_incident_reminder("a@example.com", {{}, {}, false, link}),
                                  make_incident_reminder("a@example.com", {{}, {}, true, link})}) {
        EXPECT_FALSE(find_fault(letter)) << letter.subject;
        for (const std::string& part : {letter.subject, letter.text, letter.html})
            EXPECT_EQ(part.find_first_of("{}"), std::string::npos) << part;
    }
}

TEST(Letters, TheOldAddressIsToldTheNewOne) {
    EXPECT_NE(make_email_change_old("a@example.com", "b@example.com", link).text.find("b@example"),
              std::string::npos);
}

} // namespace
} // namespace atalaya::mail
