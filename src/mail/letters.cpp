#include "mail/letters.hpp"

#include "base/text.hpp"

#include <initializer_list>
#include <utility>
#include <vector>

namespace atalaya::mail {
namespace {

/// Paragraphs, with {name} where a value goes. The link, when there is one, stands after the first.
struct Wording {
    std::string_view subject;
    std::vector<std::string_view> paragraphs;
    std::string_view link_label;
};
using Values = std::initializer_list<std::pair<std::string_view, std::string>>;

/// One line of it: what people called things must not look like a paragraph of ours.
std::string flatten(std::string_view text) {
    std::string out(text);
    for (char& c : out) {
        if (static_cast<unsigned char>(c) < ' ' || c == 0x7f)
            c = ' ';
    }
    return out;
}

std::string fill(std::string_view wording, const Values& values) {
    std::string out;
    while (!wording.empty()) {
        const auto open = wording.find('{');
        out += wording.substr(0, open);
        if (open == std::string_view::npos)
            break;
        const auto close = wording.find('}', open);
        const std::string_view name = wording.substr(open + 1, close - open - 1);
        for (const auto& [known, value] : values) {
            if (known == name)
                out += flatten(value);
        }
        wording.remove_prefix(close + 1);
    }
    return out;
}

Message make(const std::string& to, const Wording& wording, const Values& values,
             const std::string& link = {}) {
    Message message{to, fill(wording.subject, values), {}, {}};
    message.html = "<!doctype html>\n<html lang=\"en\"><body>\n";
    bool first = true;
    for (const std::string_view paragraph : wording.paragraphs) {
        const std::string said = fill(paragraph, values);
        message.text += said + "\n\n";
        message.html += "<p>" + escape_html(said) + "</p>\n";
        if (first && !link.empty()) {
            message.text += link + "\n\n";
            message.html += "<p><a href=\"" + escape_html(link) + "\">" +
                            escape_html(wording.link_label) + "</a></p>\n";
        }
        first = false;
    }
    message.text += "-- \nAtalaya\n";
    message.html += "<p>Atalaya</p>\n</body></html>\n";
    return message;
}

/// 2026-11-22 20:28 UTC
std::string to_minute(Time time) {
    std::string text = to_rfc3339(time).substr(0, 16);
    text[10] = ' ';
    return text + " UTC";
}

} // namespace

Message make_invitation(const std::string& to, const InvitationLetter& letter) {
    return make(to,
                {"Invitation to {team}",
                 {"{inviter} invites you to join the team {team} as {role}. Open this link to "
                  "accept:",
                  "The link works once, until {until}. It is meant for this address only.",
                  "If you do not know who this is, you need not do anything."},
                 "Accept the invitation"},
                {{"team", letter.team},
                 {"inviter", letter.inviter},
                 {"role", letter.role},
                 {"until", to_minute(letter.until)}},
                letter.link);
}

Message make_password_reset(const std::string& to, const std::string& link) {
    return make(to,
                {"Reset your password",
                 {"Somebody, probably you, asked for a new password for the account of this "
                  "address. Open this link to set one:",
                  "The link works once, for one hour, and only the latest one does. A second "
                  "factor is asked for as before.",
                  "If it was not you, you need not do anything: your password stays as it is."},
                 "Set a new password"},
                {}, link);
}

Message make_email_change_old(const std::string& to, const std::string& new_address,
                              const std::string& link) {
    return make(to,
                {"Confirm the change of your address",
                 {"Somebody who is signed in to your account wants to change its address to {new}. "
                  "Open this link if that was you:",
                  "The address changes when both the old and the new one have confirmed, within "
                  "one day.",
                  "If it was not you, do not open the link, and change your password: somebody "
                  "knows it."},
                 "Confirm the change"},
                {{"new", new_address}}, link);
}

Message make_email_change_new(const std::string& to, const std::string& link) {
    return make(to,
                {"Confirm your new address",
                 {"An account is to get this address. Open this link to confirm that it is yours:",
                  "The address changes when both the old and the new one have confirmed, within "
                  "one day.",
                  "If you know of no such account, you need not do anything."},
                 "Confirm this address"},
                {}, link);
}

Message make_recovery_code_used(const std::string& to, Time when) {
    return make(to,
                {"A recovery code was used",
                 {"At {when} somebody signed in to your account, or confirmed to be you, with one "
                  "of its recovery codes. It does not work again.",
                  "If it was not you, change your password and make new recovery codes: somebody "
                  "knows both."},
                 {}},
                {{"when", to_minute(when)}});
}

Message make_password_changed(const std::string& to, Time when) {
    return make(to,
                {"Your password was changed",
                 {"At {when} the password of your account was changed, and its other sessions were "
                  "ended.",
                  "If it was not you, reset the password at once, and tell the administrator."},
                 {}},
                {{"when", to_minute(when)}});
}

Message make_checkpoint_digest(const std::string& to, Time when, std::string_view notes) {
    constexpr std::string_view begin = "-----BEGIN CHECKPOINTS-----\n",
                               end = "-----END CHECKPOINTS-----\n";
    const std::string block = std::string(begin) + std::string(notes) + std::string(end);
    Message message = make(
        to,
        {"Audit checkpoints of {when}",
         {"These are the newest signed checkpoints of the audit chains, as of {when}. Keep this "
          "mail where nobody who runs the installation can change it.",
          "Whoever doubts a record saves the lines between the marks as a file, and runs: "
          "atalaya-verify BUNDLE --checkpoint FILE"},
         {}},
        {{"when", to_minute(when)}});
    const auto text_end = message.text.rfind("-- \n"), html_end = message.html.rfind("<p>Atalaya");
    message.text.insert(text_end, block + "\n");
    message.html.insert(html_end, "<pre>" + escape_html(block) + "</pre>\n");
    return message;
}

Message make_incident_reminder(const std::string& to, const IncidentReminder& reminder) {
    return make(
        to,
        {reminder.is_over ? "A security incident: the 72 hours are over"
                          : "A security incident: who must be told has not been",
         {"Of a security incident that was noticed at {noticed} it is not on the record that "
          "those were told who must be. The 72 hours for that {end} at {until}. Take its "
          "next steps here:",
          "This mail goes to every operator of the installation: at half of the time, six "
          "hours before its end, and when it is over."},
         "Open the incidents"},
        {{"noticed", to_minute(reminder.noticed)},
         {"end", reminder.is_over ? "were over" : "are over"},
         {"until", to_minute(reminder.until)}},
        reminder.link);
}

} // namespace atalaya::mail
