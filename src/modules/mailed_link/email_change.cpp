#include "modules/mailed_link/email_change.hpp"

#include "api/identities.hpp"
#include "base/text.hpp"
#include "crypto/token.hpp"
#include "keyring/keyring.hpp"
#include "mailed_link_sql.hpp"
#include "modules/identity/identity.hpp"
#include "modules/outbox/outbox.hpp"

namespace atalaya::mailed_link {
namespace {

constexpr Micros valid_for = std::chrono::hours(24);
constexpr std::string_view purpose = "email_change.body";

Problem dead_link() {
    return std::move(
        Problem(problems::not_found)
            .detail("This link was used, replaced or is too old. Change the address once more."));
}

UserId get_user(api::SlowCall& call, const crypto::Hash& token_hash) {
    const auto user = call.look_up([&](db::Connection& connection) {
        return db::transact(connection, {}, [&](db::Tx& tx) {
            return tx
                .query_one(sql::mailed_link::look_up_email_change,
                           {{"token_hash", token_hash}, {"now", call.services.clock.now()}})
                .get<std::optional<UserId>>("user_id");
        });
    });
    if (!user)
        throw dead_link();
    return *user;
}

/// Gives the account the new address, and makes links to the old one void.
void change_email(api::Call& call, UserId user, std::string email) {
    const identity::Account account = identity::get_account(call, user);
    identity::Person person = account.person;
    person.email = std::move(email);
    identity::update_email(call, user, person);
    call.tx.defer(sql::mailed_link::delete_email_change, {{"user_id", user}});
    call.tx.defer(sql::mailed_link::delete_password_reset, {{"user_id", user}});
    call.record_person("user.email_change", user, shape::changes(account.person, person),
                       person.name);
    call.after_commit(
        [&identities = call.services.identities, user] { identities.forget_user(user); });
}

} // namespace

Accepted ask_for_email(api::SlowCall& call, const NewEmail& in) {
    if (!outbox::is_configured(call.services))
        throw Problem(problems::conflict)
            .detail("This installation sends no mail, so no address can be confirmed. Ask its "
                    "administrator.");
    const std::string email(trim(in.email));
    if (!mail::is_plain_address(email))
        throw Problem(problems::invalid).at("/email", "email", "No mail can be sent there.");
    const UserId user = call.caller().user;
    identity::prove_password(call, in.password, "/password");
    // Nobody gets mail from here more often than the counter gives attempts.
    identity::take_attempt(call, "email_change", user);
    call.transact({platform_team, user}, {platform_team}, [&](api::Call& inner) {
        keyring::Keyring& keyring = inner.services.keyring;
        const std::string now = identity::get_account(inner, user).person.email;
        if (identity::email_index(keyring, email) == identity::email_index(keyring, now))
            throw Problem(problems::invalid).at("/email", "same", "This is your address already.");
        const std::string old_token = crypto::make_token(inner.services.random, "");
        const std::string new_token = crypto::make_token(inner.services.random, "");
        inner.tx.defer(sql::mailed_link::put_email_change,
                       {{"user_id", user},
                        {"old_token_hash", crypto::token_hash(old_token)},
                        {"new_token_hash", crypto::token_hash(new_token)},
                        {"expires_at", inner.services.clock.now() + valid_for},
                        {"body", keyring.seal(user, purpose, user, as_bytes(email))}});
        inner.record_person("user.email_change_link", user, {});
        const std::string link = inner.services.public_url + "/confirm-email#";
        outbox::enqueue(inner, mail::make_email_change_old(now, email, link + old_token));
        outbox::enqueue(inner, mail::make_email_change_new(email, link + new_token));
    });
    return {};
}

EmailConfirmed confirm_email(api::SlowCall& call, const EmailToken& in) {
    const auto token_hash = crypto::token_hash(in.token);
    const UserId user = get_user(call, token_hash);
    return call.transact({platform_team, user}, {platform_team}, [&](api::Call& inner) {
        const auto row = inner.tx.query_optional(
            sql::mailed_link::confirm_email_change,
            {{"user_id", user}, {"token_hash", token_hash}, {"now", inner.services.clock.now()}});
        if (!row)
            throw dead_link();
        if (!row->get<bool>("done"))
            return EmailConfirmed{false};
        const auto email =
            inner.services.keyring.open_sealed(user, purpose, user, row->get<Bytes>("body"));
        CHECK_REQUEST(email.has_value());
        change_email(inner, user, std::string(as_text(*email)));
        return EmailConfirmed{true};
    });
}

} // namespace atalaya::mailed_link
