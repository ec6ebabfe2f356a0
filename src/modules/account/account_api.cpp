#include "api/admission.hpp"
#include "api/idempotency.hpp"
#include "modules/account/account.hpp"
#include "modules/account/entry.hpp"
#include "modules/account/invited.hpp"
#include "modules/account/second_step.hpp"
#include "modules/outbox/outbox.hpp"
#include "modules/second_factor/second_factor.hpp"
#include "modules/team/team.hpp"

namespace atalaya::account {
namespace {

using api::Audience;
using api::endpoint;
using api::Verb;

net::Response log_out(api::Call& call) {
    const access::Caller& caller = call.caller();
    identity::delete_session(call.tx, caller.user, caller.session);
    call.record("auth.logout", "session", caller.session, {});
    call.after_commit([&identities = call.services.identities, id = caller.session] {
        identities.forget_session(id);
    });
    net::Response response;
    response.status = 204;
    response.headers.push_back(identity::ended_session_cookie());
    return response;
}

Me get_me(api::Call& call) {
    const access::Caller& caller = call.caller();
    Me me;
    const identity::Account account = identity::get_account(call, caller.user);
    me.user.id = account.id;
    me.user.name = account.person.name;
    me.user.email = account.person.email;
    me.user.created_at = account.created_at;
    const auto standing = second_factor::get_standing(call.tx, caller.user);
    me.user.is_operator = caller.is_operator;
    me.user.sso_team = caller.sso_team;
    me.user.has_password =
        identity::get_password_hash(call.tx, caller.user) != identity::no_password;
    me.user.second_factor = standing.enrolled;
    if (standing.enrolled)
        me.user.recovery_codes_left = standing.recovery_codes_left;
    const Time assured_until = caller.assured_at + api::assurance_max;
    if (assured_until > call.services.clock.now())
        me.user.assured_until = assured_until;
    me.csrf_token = api::csrf_token(call.services, caller.session);
    for (const access::Membership& membership : caller.memberships) {
        call.tx.enter({membership.team, caller.user});
        const team::Team team = team::get_team(call);
        MyTeam mine;
        mine.id = team.id;
        mine.name = team.name;
        mine.role = membership.role;
        for (const std::string_view name : access::capabilities(membership.role))
            mine.capabilities.emplace_back(name);
        mine.require_2fa = team.require_2fa;
        mine.locked = team.require_2fa && !caller.second_factor;
        mine.sso_required = membership.sso_only && membership.role != access::Role::owner &&
                            caller.sso_team != membership.team;
        me.teams.push_back(std::move(mine));
    }
    return me;
}

UserView update_me(api::Call& call, const shape::Patch<Profile>& patch) {
    identity::Account account = identity::get_account(call, call.caller().user);
    const Profile before{account.person.name};
    Profile after = before;
    patch.apply_to(after);
    account.person.name = after.name;
    identity::update_person(call, account.id, account.person);
    call.record_person("user.update", account.id, shape::changes(before, after), after.name);
    call.after_commit(
        [&identities = call.services.identities, id = account.id] { identities.forget_user(id); });
    return to_view(account);
}

api::Concluded<api::NoContent> change_password(api::SlowCall& call, const PasswordChange& in) {
    const access::Caller& caller = call.caller();
    const db::Scope own{platform_team, caller.user};
    identity::prove_password(call, in.current, "/current");
    identity::PasswordOwner owner = call.transact(own, {}, [&](api::Call& inner) {
        return identity::PasswordOwner{identity::get_account(inner, caller.user).person,
                                       second_factor::get_standing(inner.tx, caller.user).enrolled,
                                       {}};
    });
    owner.teams = team::list_names(call, caller.user, caller.memberships);
    identity::check_password(call.services, in.new_password, owner, "/new");
    const std::string hash = identity::hash_password(call.services, in.new_password);
    std::optional<identity::NewSession> session;
    auto concluded = api::conclude(call, own, {platform_team}, [&](api::Call& inner) {
        identity::update_password_hash(inner.tx, caller.user, hash);
        session = identity::renew_session(inner, caller.second_factor);
        const auto ended = identity::delete_other_sessions(inner, caller.user, caller.session);
        shape::Json details = shape::Array{shape::json_object(
            {{"field", "other_sessions_ended"}, {"before", nullptr}, {"after", ended}})};
        inner.record_person("user.password_change", caller.user, std::move(details));
        outbox::enqueue(
            inner, mail::make_password_changed(owner.person.email, inner.services.clock.now()));
        return api::NoContent{};
    });
    // After what is kept to be given again: a cookie is never kept.
    if (session)
        concluded.response.headers.push_back(identity::session_cookie(call.services, *session));
    return concluded;
}

constexpr api::Listing session_listing{
    {"created_at", "last_used_at", "expires_at"}, "-last_used_at", {}};

api::Page<SessionView> list_sessions(api::Call& call) {
    std::vector<SessionView> sessions;
    for (const identity::Session& session : identity::list_sessions(call, call.caller().user)) {
        sessions.push_back({session.id, session.id == call.caller().session, session.device.ip,
                            session.device.user_agent, session.created_at, session.last_used_at,
                            session.expires_at, session.remembered});
    }
    return api::list_from(sessions, call.query(), session_listing);
}

api::NoContent delete_session(api::Call& call) {
    const auto session = call.path().id<SessionId>("session");
    if (!identity::delete_session(call.tx, call.caller().user, session))
        throw Problem(problems::not_found);
    call.record("session.revoke", "session", session, {});
    call.after_commit(
        [&identities = call.services.identities, session] { identities.forget_session(session); });
    return {};
}

Ended delete_other_sessions(api::Call& call) {
    const access::Caller& caller = call.caller();
    const auto ended = identity::delete_other_sessions(call, caller.user, caller.session);
    shape::Json details = shape::Array{
        shape::json_object({{"field", "ended"}, {"before", nullptr}, {"after", ended}})};
    call.record_person("session.revoke_others", caller.user, std::move(details));
    return {static_cast<std::int64_t>(ended)};
}

constexpr std::array table{
    endpoint<sign_up>(Verb::post, "/signup", Audience::anyone, std::nullopt,
                      "Make an account and its first team; answers 404 when sign-up is closed."),
    endpoint<sign_up_invited>(Verb::post, "/invitations/sign-up", Audience::anyone, std::nullopt,
                              "Make an account by an invitation, and join its team."),
    endpoint<log_in>(Verb::post, "/login", Audience::anyone, std::nullopt,
                     "Sign in; sets the session cookie.")
        .with_time_floor(),
    endpoint<log_in_with_code>(Verb::post, "/login/totp", Audience::anyone, std::nullopt,
                               "Finish signing in with a code of the authenticator app.")
        .with_time_floor(),
    endpoint<log_in_with_recovery_code>(Verb::post, "/login/recovery", Audience::anyone,
                                        std::nullopt, "Finish signing in with a recovery code.")
        .with_time_floor(),
    endpoint<step_up>(Verb::post, "/step-up", Audience::signed_in, std::nullopt,
                      "Prove to be present, for what asks for it: good for ten minutes.")
        .for_team_sessions(),
    endpoint<log_out>(Verb::post, "/logout", Audience::signed_in, std::nullopt, "End this session.")
        .for_team_sessions()
        .with_answer(204, ""),
    endpoint<get_me>(Verb::get, "/me", Audience::signed_in, std::nullopt,
                     "The own account, teams and capabilities, and the CSRF token.")
        .for_team_sessions(),
    endpoint<update_me>(Verb::patch, "/me", Audience::signed_in, std::nullopt,
                        "Correct the own profile."),
    endpoint<change_password>(Verb::post, "/me/password", Audience::signed_in, std::nullopt,
                              "Change the password; every other session ends.")
        .with_password(),
    endpoint<list_sessions>(Verb::get, "/sessions", Audience::signed_in, std::nullopt,
                            "Where the own account is signed in.")
        .with_listing(session_listing),
    endpoint<delete_session>(Verb::del, "/sessions/{session}", Audience::signed_in, std::nullopt,
                             "End one of the own sessions."),
    endpoint<delete_other_sessions>(Verb::del, "/sessions", Audience::signed_in, std::nullopt,
                                    "End every own session but this one."),
};

} // namespace

std::span<const api::Endpoint> endpoints() { return table; }

} // namespace atalaya::account
