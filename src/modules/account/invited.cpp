#include "modules/account/invited.hpp"

#include "base/text.hpp"
#include "config/config.hpp"
#include "keyring/keyring.hpp"
#include "modules/account/device.hpp"
#include "modules/account/entry.hpp"
#include "modules/team/team.hpp"
#include "shape/complete.hpp"

namespace atalaya::account {
namespace {

using shape::field;
using shape::length;

constexpr std::array invited_fields{
    field<&InvitedSignUp::token>("token", "What stands behind the # of the link.", length(1, 200)),
    field<&InvitedSignUp::name>("name", "Your full name.", length(1, 200)),
    field<&InvitedSignUp::password>("password", "GET /meta/instance says how long.",
                                    length(1, 1024)),
};
static_assert(shape::names_every_member<InvitedSignUp>(invited_fields));

} // namespace

api::WithHeaders<api::Created<SignedUp>> sign_up_invited(api::SlowCall& call,
                                                         const InvitedSignUp& in) {
    api::Services& services = call.services;
    const team::OpenInvitation invitation = team::get_open_invitation(call, in.token);
    if (services.config.signup.mode == config::SignupMode::closed)
        throw Problem(problems::forbidden)
            .detail("This installation makes no new accounts. Accept with an account that you "
                    "have.");
    const identity::Person person{std::string(trim(in.name)), invitation.email};
    identity::check_password(services, in.password, {person, false, {invitation.team_name}},
                             "/password");
    const std::string hash = identity::hash_password(services, in.password);

    const UserId user(services.random.uuid());
    services.keyring.create_key(user);
    api::Incoming own = call.incoming;
    own.caller.kind = access::CallerKind::user;
    own.caller.user = user;
    own.caller.name = person.name;
    api::SlowCall acting(services, own);
    identity::NewSession session;
    SignedUp out;
    try {
        out = acting.transact(
            {platform_team, user}, {platform_team, invitation.team}, [&](api::Call& inner) {
                identity::insert_user(inner, user, person, hash);
                session = identity::insert_session(inner, user, {});
                inner.record_person("user.create", user, shape::all_added(person), person.name);
                const auto account = identity::get_account(inner, user);
                inner.tx.enter({invitation.team, user});
                team::accept_invitation(inner, invitation, user, person.name);
                return SignedUp{to_view(account), {invitation.team, invitation.team_name}};
            });
    } catch (...) {
        services.keyring.destroy_key(user);
        throw;
    }
    call.receipts = acting.receipts;
    return {{std::move(out)},
            {device_cookie(services, person.email), identity::session_cookie(services, session)}};
}

} // namespace atalaya::account

namespace atalaya::shape {
const Shape Described<account::InvitedSignUp>::shape{"InvitedSignUp", account::invited_fields};
} // namespace atalaya::shape
