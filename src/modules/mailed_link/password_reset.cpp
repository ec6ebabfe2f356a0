#include "modules/mailed_link/password_reset.hpp"

#include "base/text.hpp"
#include "crypto/token.hpp"
#include "keyring/keyring.hpp"
#include "mailed_link_sql.hpp"
#include "modules/identity/identity.hpp"
#include "modules/mailed_link/mailed_link.hpp"
#include "modules/outbox/outbox.hpp"
#include "modules/second_factor/second_factor.hpp"
#include "modules/team/team.hpp"

namespace atalaya::mailed_link {
namespace {

constexpr Micros valid_for = std::chrono::hours(1);

Problem dead_link() {
    return std::move(Problem(problems::not_found)
                         .detail("This link was used, replaced or is too old. Ask for a new one."));
}

std::optional<Time> take_attempt(api::SlowCall& call, std::string_view purpose,
                                 const std::string& value) {
    const Bytes key = to_bytes(call.services.keyring.system_blind_index(purpose, value));
    return call.look_up(
        [&](db::Connection& connection) { return identity::take_attempt(connection, key); });
}

UserId get_user(api::SlowCall& call, const crypto::Hash& token_hash) {
    const auto user = call.look_up([&](db::Connection& connection) {
        return db::transact(connection, {}, [&](db::Tx& tx) {
            return tx
                .query_one(sql::mailed_link::look_up_password_reset,
                           {{"token_hash", token_hash}, {"now", call.services.clock.now()}})
                .get<std::optional<UserId>>("user_id");
        });
    });
    if (!user)
        throw dead_link();
    return *user;
}

} // namespace

std::string insert_reset_token(db::Tx& tx, audit::Recorder& recorder, Random& random, Time now,
                               UserId user) {
    const std::string token = crypto::make_token(random, "");
    tx.defer(sql::mailed_link::put_password_reset, {{"user_id", user},
                                                    {"token_hash", crypto::token_hash(token)},
                                                    {"expires_at", now + valid_for}});
    audit::Event event;
    event.action = "user.password_reset_link";
    event.resource_type = "user";
    event.person = user;
    recorder.add(platform_team, std::move(event));
    return token;
}

// The same answer whatever is known of the address; the endpoint's time floor hides how long it
// took.
Accepted forgot_password(api::SlowCall& call, const ForgottenPassword& in) {
    api::Services& services = call.services;
    const std::string address = to_lower(trim(in.email));
    if (const auto until = take_attempt(call, "attempt.reset_address", call.caller().address)) {
        const auto wait = std::chrono::ceil<std::chrono::seconds>(*until - services.clock.now());
        throw Problem(problems::too_many_requests)
            .retry_after(std::max(1, static_cast<int>(wait.count())));
    }
    // Unlike the one above, this counter is about the account: that it has run out is not told.
    if (take_attempt(call, "attempt.reset_account", address) || !outbox::is_configured(services))
        return {};
    const auto index = identity::email_index(services.keyring, address);
    const auto login = call.look_up(
        [&](db::Connection& connection) { return identity::find_login(connection, index); });
    if (!login)
        return {};
    call.transact({platform_team, login->user}, {platform_team}, [&](api::Call& inner) {
        const auto account = identity::get_account(inner, login->user);
        const std::string link = services.public_url + std::string(reset_page) +
                                 insert_reset_token(inner.tx, inner.recorder, services.random,
                                                    services.clock.now(), login->user);
        outbox::enqueue(inner, mail::make_password_reset(account.person.email, link));
    });
    // A receipt would be a header that only known addresses get.
    call.receipts.clear();
    return {};
}

// Opens no session: whoever has a second factor is asked for it at the next log-in.
api::NoContent reset_password(api::SlowCall& call, const NewPassword& in) {
    const auto token_hash = crypto::token_hash(in.token);
    const UserId user = get_user(call, token_hash);
    const db::Scope own{platform_team, user};
    identity::PasswordOwner owner = call.transact(own, {}, [&](api::Call& inner) {
        return identity::PasswordOwner{identity::get_account(inner, user).person,
                                       second_factor::get_standing(inner.tx, user).enrolled,
                                       {}};
    });
    owner.teams = team::list_names(call, user, call.look_up([&](db::Connection& connection) {
        return identity::list_memberships(connection, user);
    }));
    identity::check_password(call.services, in.new_password, owner, "/new");
    const std::string hash = identity::hash_password(call.services, in.new_password);
    call.transact(own, {platform_team}, [&](api::Call& inner) {
        const Time now = inner.services.clock.now();
        if (!inner.tx.query_optional(sql::mailed_link::take_password_reset,
                                     {{"user_id", user}, {"token_hash", token_hash}, {"now", now}}))
            throw dead_link();
        identity::update_password_hash(inner.tx, user, hash);
        const auto ended = identity::delete_other_sessions(inner, user, SessionId{});
        shape::Json details = shape::Array{shape::json_object(
            {{"field", "sessions_ended"}, {"before", nullptr}, {"after", ended}})};
        inner.record_person("user.password_reset", user, std::move(details));
        outbox::enqueue(inner, mail::make_password_changed(owner.person.email, now));
    });
    return {};
}

} // namespace atalaya::mailed_link
