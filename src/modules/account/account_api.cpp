#include "api/idempotency.hpp"
#include "api/admission.hpp"
#include "modules/account/account.hpp"
#include "modules/account/entry.hpp"
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
    response.headers.push_back(ended_session_cookie());
    return response;
}

Me get_me(api::Call& call) {
    const access::Caller& caller = call.caller();
    Me me;
    me.user = to_view(identity::get_account(call, caller.user));
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
    std::string stored;
    const identity::Account account = call.transact(own, {}, [&](api::Call& inner) {
        stored = identity::get_password_hash(inner.tx, caller.user);
        return identity::get_account(inner, caller.user);
    });
    if (!password_matches(call.services, stored, in.current))
        throw Problem(problems::invalid).at("/current", "wrong", "This is not your password.");
    check_password(call.services, in.new_password, account.person, "/new");
    const std::string hash = hash_password(call.services, in.new_password);
    return api::conclude(call, own, {platform_team}, [&](api::Call& inner) {
        identity::update_password_hash(inner.tx, caller.user, hash);
        const auto ended = identity::delete_other_sessions(inner.tx, caller.user, caller.session);
        shape::Json details = shape::Array{shape::json_object(
            {{"field", "other_sessions_ended"}, {"before", nullptr}, {"after", ended.size()}})};
        inner.record_person("user.password_change", caller.user, std::move(details));
        inner.after_commit([&identities = inner.services.identities, user = caller.user] {
            identities.forget_user(user);
        });
        return api::NoContent{};
    });
}

api::Page<SessionView> list_sessions(api::Call& call) {
    std::vector<SessionView> sessions;
    for (const identity::Session& session : identity::list_sessions(call, call.caller().user)) {
        sessions.push_back({session.id, session.id == call.caller().session, session.device.ip,
                            session.device.user_agent, session.created_at, session.last_used_at,
                            session.expires_at});
    }
    return api::list_from(sessions, call.query(),
                          {{"created_at", "last_used_at", "expires_at"}, "-last_used_at", {}});
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

constexpr std::array table{
    endpoint<sign_up>(Verb::post, "/signup", Audience::anyone, std::nullopt,
                      "Make an account and its first team; answers 404 when sign-up is closed."),
    endpoint<log_in>(Verb::post, "/login", Audience::anyone, std::nullopt,
                     "Sign in; sets the session cookie."),
    endpoint<log_out>(Verb::post, "/logout", Audience::signed_in, std::nullopt,
                      "End this session."),
    endpoint<get_me>(Verb::get, "/me", Audience::signed_in, std::nullopt,
                     "The own account, teams and capabilities, and the CSRF token."),
    endpoint<update_me>(Verb::patch, "/me", Audience::signed_in, std::nullopt,
                        "Correct the own profile."),
    endpoint<change_password>(Verb::post, "/me/password", Audience::signed_in, std::nullopt,
                              "Change the password; every other session ends.")
        .with_password(),
    endpoint<list_sessions>(Verb::get, "/sessions", Audience::signed_in, std::nullopt,
                            "Where the own account is signed in."),
    endpoint<delete_session>(Verb::del, "/sessions/{session}", Audience::signed_in, std::nullopt,
                             "End one of the own sessions."),
};

} // namespace

std::span<const api::Endpoint> endpoints() { return table; }

} // namespace atalaya::account
