// What the mails of the server say. Each has one wording, from which both parts are made; whatever
// is filled in is plain text, escaped in the HTML part, and cannot add a line or a link. Pure; any
// thread.
#pragma once

#include "mail/message.hpp"

namespace atalaya::mail {

struct InvitationLetter {
    std::string team;
    std::string inviter;
    std::string role;
    std::string link;
    Time until;
};
Message make_invitation(const std::string& to, const InvitationLetter& letter);

Message make_password_reset(const std::string& to, const std::string& link);
/// To the address that an account has, and to the one that it is to get.
Message make_email_change_old(const std::string& to, const std::string& new_address,
                              const std::string& link);
Message make_email_change_new(const std::string& to, const std::string& link);
Message make_recovery_code_used(const std::string& to, Time when);
Message make_password_changed(const std::string& to, Time when);
/// `notes` is text of many lines, and stands in the mail as it is.
Message make_checkpoint_digest(const std::string& to, Time when, std::string_view notes);

struct IncidentReminder {
    Time noticed;
    Time until; ///< by then those have to be told who must be
    bool is_over = false;
    std::string link; ///< to where the incident is kept; of itself the mail says nothing
};
Message make_incident_reminder(const std::string& to, const IncidentReminder& reminder);

} // namespace atalaya::mail
