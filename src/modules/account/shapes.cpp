#include "modules/account/shapes.hpp"

#include "shape/complete.hpp"

namespace atalaya::account {
namespace {

using shape::email_address;
using shape::field;
using shape::length;
using shape::names_every_member;

constexpr std::array user_fields{
    field<&UserView::id>("id", "The user."),
    field<&UserView::name>("name", "Full name, as others see it."),
    field<&UserView::email>("email", "E-mail address; the log-in name."),
    field<&UserView::created_at>("created_at", "When the account was made."),
};
static_assert(names_every_member<UserView>(user_fields));

constexpr std::array team_name_fields{
    field<&TeamName::id>("id", "The team."),
    field<&TeamName::name>("name", "Its name."),
};
static_assert(names_every_member<TeamName>(team_name_fields));

constexpr std::array sign_up_fields{
    field<&SignUp::name>("name", "Your full name.", length(1, 200)),
    field<&SignUp::email>("email", "Your e-mail address; you sign in with it.", email_address()),
    field<&SignUp::password>("password", "GET /meta/instance says how long.", length(1, 1024)),
    field<&SignUp::team_name>("team_name", "The name of your first team.", length(1, 120)),
    field<&SignUp::setup_token>("setup_token", "The token of the set-up link of a fresh instance.",
                                length(0, 200)),
};
static_assert(names_every_member<SignUp>(sign_up_fields));

constexpr std::array signed_up_fields{
    field<&SignedUp::user>("user", "The new account."),
    field<&SignedUp::team>("team", "The new team; you own it."),
};
static_assert(names_every_member<SignedUp>(signed_up_fields));

constexpr std::array credentials_fields{
    field<&Credentials::email>("email", "E-mail address.", length(1, 254)),
    field<&Credentials::password>("password", "Password.", length(1, 1024)),
    field<&Credentials::remember>("remember", "Stay signed in when the browser is closed."),
};
static_assert(names_every_member<Credentials>(credentials_fields));

constexpr std::array logged_in_fields{
    field<&LoggedIn::user>("user", "Who is signed in now; null while a second factor is owed."),
    field<&LoggedIn::mfa>("mfa", "`totp`: go on at /login/totp or /login/recovery. Else null."),
};
static_assert(names_every_member<LoggedIn>(logged_in_fields));

constexpr std::array my_team_fields{
    field<&MyTeam::id>("id", "The team."),
    field<&MyTeam::name>("name", "Its name."),
    field<&MyTeam::role>("role", "Your role in it."),
    field<&MyTeam::capabilities>("capabilities", "Permissions that your role gives you."),
    field<&MyTeam::require_2fa>("require_2fa", "Whether the team demands a second factor."),
    field<&MyTeam::locked>("locked", "It does, and you have none: everything in it answers 403."),
    field<&MyTeam::sso_required>("sso_required",
                                 "The team is entered by its own single sign-on, and you came "
                                 "another way: everything in it answers 403."),
};
static_assert(names_every_member<MyTeam>(my_team_fields));

constexpr std::array my_account_fields{
    field<&MyAccount::id>("id", "The user."),
    field<&MyAccount::name>("name", "Full name, as others see it."),
    field<&MyAccount::email>("email", "E-mail address; the log-in name."),
    field<&MyAccount::created_at>("created_at", "When the account was made."),
    field<&MyAccount::is_operator>("is_operator", "Whether it runs the installation."),
    field<&MyAccount::second_factor>("second_factor", "Whether it has a second factor."),
    field<&MyAccount::recovery_codes_left>("recovery_codes_left",
                                           "Recovery codes not used yet; null without a second "
                                           "factor."),
    field<&MyAccount::assured_until>("assured_until",
                                     "Until when no password or code is asked for again; null: it "
                                     "is asked for at once."),
    field<&MyAccount::has_password>("has_password",
                                    "False for who came by single sign-on only: a link by mail "
                                    "sets one."),
    field<&MyAccount::sso_team>("sso_team",
                                "The team whose own provider this session came by, and the only "
                                "one that it sees."),
};
static_assert(names_every_member<MyAccount>(my_account_fields));

constexpr std::array me_fields{
    field<&Me::user>("user", "Your account."),
    field<&Me::csrf_token>("csrf_token", "To be sent as X-CSRF-Token with every unsafe request."),
    field<&Me::teams>("teams", "The teams you belong to."),
};
static_assert(names_every_member<Me>(me_fields));

constexpr std::array profile_fields{
    field<&Profile::name>("name", "Your full name.", length(1, 200))};
static_assert(names_every_member<Profile>(profile_fields));

constexpr std::array password_change_fields{
    field<&PasswordChange::current>("current", "The password as it is now.", length(1, 1024)),
    field<&PasswordChange::new_password>("new", "The new password.", length(1, 1024)),
};
static_assert(names_every_member<PasswordChange>(password_change_fields));

constexpr std::array session_fields{
    field<&SessionView::id>("id", "The session."),
    field<&SessionView::current>("current", "Whether this request came with it."),
    field<&SessionView::ip>("ip", "The address from which it was opened."),
    field<&SessionView::user_agent>("user_agent", "The browser with which it was opened."),
    field<&SessionView::created_at>("created_at", "When it was opened."),
    field<&SessionView::last_used_at>("last_used_at", "When it was last used, within a minute."),
    field<&SessionView::expires_at>("expires_at", "When it ends at the latest."),
    field<&SessionView::remembered>("remembered", "Whether it outlives the browser."),
};
static_assert(names_every_member<SessionView>(session_fields));

constexpr std::array ended_fields{field<&Ended::ended>("ended", "How many were ended.")};
static_assert(names_every_member<Ended>(ended_fields));

} // namespace
} // namespace atalaya::account

namespace atalaya::shape {
const Shape Described<account::UserView>::shape{"User", account::user_fields};
const Shape Described<account::TeamName>::shape{"TeamName", account::team_name_fields};
const Shape Described<account::SignUp>::shape{"SignUp", account::sign_up_fields};
const Shape Described<account::SignedUp>::shape{"SignedUp", account::signed_up_fields};
const Shape Described<account::Credentials>::shape{"Credentials", account::credentials_fields};
const Shape Described<account::LoggedIn>::shape{"LoggedIn", account::logged_in_fields};
const Shape Described<account::MyTeam>::shape{"MyTeam", account::my_team_fields};
const Shape Described<account::Me>::shape{"Me", account::me_fields};
const Shape Described<account::Profile>::shape{"Profile", account::profile_fields};
const Shape Described<account::PasswordChange>::shape{"PasswordChange",
                                                      account::password_change_fields};
const Shape Described<account::MyAccount>::shape{"MyAccount", account::my_account_fields};
const Shape Described<account::Ended>::shape{"EndedSessions", account::ended_fields};
const Shape Described<account::SessionView>::shape{"Session", account::session_fields};
} // namespace atalaya::shape
