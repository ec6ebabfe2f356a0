#include "modules/account/entry.hpp"

#include "api/admission.hpp"
#include "api/set_up.hpp"
#include "base/text.hpp"
#include "config/config.hpp"
#include "keyring/keyring.hpp"
#include "modules/account/device.hpp"
#include "modules/second_factor/second_factor.hpp"
#include "modules/team/team.hpp"
#include "net/address.hpp"

namespace atalaya::account {
namespace {

/// Under what attempts are counted: the account, the address, and both together.
struct AttemptKeys {
    Bytes account, address, pair;
    std::vector<Bytes> all() const { return {account, address, pair}; }
};

AttemptKeys attempt_keys(api::SlowCall& call, std::string_view what) {
    keyring::Keyring& keyring = call.services.keyring;
    const std::string address = net::to_client_group(call.caller().address);
    const std::string account = to_lower(trim(what));
    const auto index = [&](std::string_view purpose, const std::string& value) {
        return to_bytes(keyring.system_blind_index(purpose, value));
    };
    return {index("attempt.account", account), index("attempt.address", address),
            index("attempt.pair", std::to_string(account.size()) + ":" + account + address)};
}

void refuse_while_blocked(api::SlowCall& call, const std::vector<Bytes>& keys) {
    const auto until = call.look_up(
        [&](db::Connection& connection) { return identity::find_block(connection, keys); });
    if (until && *until > call.services.clock.now()) {
        const auto wait = *until - call.services.clock.now();
        throw Problem(problems::too_many_requests)
            .retry_after(static_cast<int>(std::chrono::ceil<std::chrono::seconds>(wait).count()));
    }
}

/// Compared with when there is no such account, so that the answer takes as long.
const std::string& nobodys_hash(const api::Services& services) {
    static const std::string hash = identity::hash_password(services, "nobody has this password");
    return hash;
}

/// A copy of the caller that acts as the user who is being signed in.
api::Incoming as_user(const api::Incoming& incoming, const identity::Person& person, UserId user,
                      SessionId session) {
    api::Incoming out = incoming;
    out.caller.kind = access::CallerKind::user;
    out.caller.user = user;
    out.caller.session = session;
    out.caller.name = person.name;
    return out;
}

/// A verifier of an older scheme is replaced while the password is at hand.
void rehash(api::SlowCall& call, UserId user, std::string_view password) {
    const std::string hash = identity::hash_password(call.services, password);
    call.transact({platform_team, user}, {platform_team}, [&](api::Call& inner) {
        identity::update_password_hash(inner.tx, user, hash);
        inner.record_person("user.password_rehash", user, {});
    });
}

/// The cookie of the pending log-in; nullopt for an account without a second factor.
std::optional<net::Header> ask_for_second_factor(api::SlowCall& call,
                                                 const second_factor::PendingLogin& login) {
    return call.transact({platform_team, login.user}, {},
                         [&](api::Call& inner) -> std::optional<net::Header> {
                             if (!second_factor::get_standing(inner.tx, login.user).enrolled)
                                 return std::nullopt;
                             return second_factor::insert_pending_login(inner, login);
                         });
}

bool may_sign_up(api::SlowCall& call, const SignUp& in) {
    if (in.setup_token && call.services.set_up.accepts(*in.setup_token))
        return true;
    return !call.services.set_up.is_needed() &&
           call.services.config.signup.mode == config::SignupMode::open;
}

} // namespace

void record_refusal(api::SlowCall& call, std::string_view action, std::optional<UserId> user) {
    call.transact({platform_team, UserId{}}, {platform_team}, [&](api::Call& inner) {
        audit::Event event;
        event.action = action;
        event.outcome = audit::Outcome::denied;
        event.resource_type = "user";
        event.person = user;
        inner.recorder.add(platform_team, std::move(event));
    });
}

api::WithHeaders<LoggedIn> sign_in(api::SlowCall& call, UserId user,
                                   const identity::Opening& opening,
                                   const std::function<void(api::Call&)>& prove) {
    const auto opened = identity::open_session(call, user, opening, prove);
    return {{to_view(opened.account), std::nullopt},
            {device_cookie(call.services, opened.account.person.email),
             identity::session_cookie(call.services, opened.session)}};
}

UserView to_view(const identity::Account& account) {
    return {account.id, account.person.name, account.person.email, account.created_at};
}

api::WithHeaders<api::Created<SignedUp>> sign_up(api::SlowCall& call, const SignUp& in) {
    api::Services& services = call.services;
    if (!may_sign_up(call, in))
        throw Problem(problems::not_found);
    const AttemptKeys keys = attempt_keys(call, "sign-up");
    const std::vector<Bytes> counted{keys.pair};
    refuse_while_blocked(call, keys.all());
    const identity::Person person{std::string(trim(in.name)), std::string(trim(in.email))};
    identity::check_password(services, in.password, {person, false, {in.team_name}}, "/password");
    const std::string hash = identity::hash_password(services, in.password);
    call.look_up([&](db::Connection& connection) { identity::count_failure(connection, counted); });

    const UserId user(services.random.uuid());
    const TeamId team(services.random.uuid());
    services.keyring.create_key(user);
    services.keyring.create_key(team);
    const bool first = services.set_up.is_needed();
    identity::NewSession session;
    SignedUp out;
    const api::Incoming own = as_user(call.incoming, person, user, SessionId{});
    api::SlowCall acting(services, own);
    try {
        out = acting.transact({platform_team, user}, {platform_team, team}, [&](api::Call& inner) {
            if (first && identity::has_users(inner.tx))
                throw Problem(problems::not_found);
            identity::insert_user(inner, user, person, hash);
            session = identity::insert_session(inner, user, {});
            inner.record_person("user.create", user, shape::all_added(person), person.name);
            const auto account = identity::get_account(inner, user);
            team::insert_team(inner, team, {std::string(trim(in.team_name))}, user);
            return SignedUp{to_view(account), {team, std::string(trim(in.team_name))}};
        });
    } catch (...) {
        services.keyring.destroy_key(user);
        services.keyring.destroy_key(team);
        throw;
    }
    call.receipts = acting.receipts;
    if (first) {
        services.set_up.finish();
        if (services.on_set_up)
            services.on_set_up(team, user);
    }
    return {{std::move(out)},
            {device_cookie(services, person.email), identity::session_cookie(services, session)}};
}

api::WithHeaders<LoggedIn> log_in(api::SlowCall& call, const Credentials& in) {
    api::Services& services = call.services;
    const AttemptKeys keys = attempt_keys(call, in.email);
    const auto device =
        find_device_counter(services, call.incoming.request, in.email, services.clock.now());
    const auto counted = device ? std::vector<Bytes>{*device} : keys.all();
    refuse_while_blocked(call, counted);
    const auto index = identity::email_index(services.keyring, in.email);
    const auto login = call.look_up(
        [&](db::Connection& connection) { return identity::find_login(connection, index); });
    const auto verdict = identity::verify_password(
        services, login ? login->password_hash : nobodys_hash(services), in.password);
    if (!login || !verdict.ok) {
        call.look_up(
            [&](db::Connection& connection) { identity::count_failure(connection, counted); });
        record_refusal(call, "auth.login_failed",
                       login ? std::optional(login->user) : std::nullopt);
        throw Problem(problems::wrong_credentials);
    }
    call.look_up([&](db::Connection& connection) {
        // What strangers did to the account stays counted when its owner comes in beside them.
        identity::clear_failures(connection,
                                 device ? counted : std::vector<Bytes>{keys.account, keys.pair});
    });
    if (verdict.needs_rehash)
        rehash(call, login->user, in.password);
    const bool remember = in.remember.value_or(false);
    const auto pending = ask_for_second_factor(call, {login->user, remember});
    if (pending)
        return {{std::nullopt, "totp"}, {*pending}};
    return sign_in(call, login->user, {remember, false}, [](api::Call&) {});
}

} // namespace atalaya::account
