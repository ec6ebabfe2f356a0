#include "modules/second_factor/second_factor.hpp"

#include "api/admission.hpp"
#include "crypto/password.hpp"
#include "crypto/token.hpp"
#include "crypto/totp.hpp"
#include "keyring/keyring.hpp"
#include "modules/identity/identity.hpp"
#include "modules/second_factor/enrolment.hpp"
#include "modules/second_factor/recovery_code.hpp"
#include "second_factor_sql.hpp"

namespace atalaya::second_factor {
namespace {

constexpr Micros pending_lifetime = std::chrono::minutes(5);
constexpr std::string_view pending_rules = "; Path=/; Secure; HttpOnly; SameSite=Strict; Max-Age=";

Secret pepper(const api::Services& services) {
    return services.keyring.system_key("recovery_code_pepper");
}

std::optional<crypto::Hash> pending_hash(const api::Call& call) {
    const std::string_view token =
        api::cookie_value(call.incoming.request.header("cookie"), pending_cookie);
    return token.empty() ? std::nullopt : std::optional(crypto::token_hash(token));
}

} // namespace

Standing get_standing(db::Tx& tx, UserId user) {
    const db::Row row = tx.query_one(sql::second_factor::find_standing, {{"user_id", user}});
    return {row.get<bool>("enrolled"), row.get<std::int64_t>("codes_left")};
}

std::set<UserId> list_enrolled(api::Call& call, const std::vector<UserId>& users) {
    const db::Scope before = call.tx.scope();
    call.tx.enter({platform_team, before.actor});
    std::set<UserId> out;
    for (const db::Row row : call.tx.query(sql::second_factor::list_enrolled, {{"ids", users}}))
        out.insert(row.get<UserId>("user_id"));
    call.tx.enter(before);
    return out;
}

bool accept_code(api::Call& call, UserId user, std::string_view code) {
    const auto seed = find_seed(call, user);
    if (!seed || !seed->confirmed)
        return false;
    const auto step =
        crypto::find_totp_step(seed->seed, code, call.services.clock.now(), seed->last_step);
    return step &&
           !call.tx.query(sql::second_factor::take_step, {{"user_id", user}, {"step", *step}})
                .empty();
}

std::optional<KnownRecoveryCode> find_recovery_code(api::SlowCall& call, UserId user,
                                                    std::string_view text) {
    const auto code = parse_recovery_code(text);
    if (!code)
        return std::nullopt;
    const auto hash = call.transact(
        {platform_team, user}, {}, [&](api::Call& inner) -> std::optional<std::string> {
            const auto row = inner.tx.query_optional(sql::second_factor::find_recovery_code,
                                                     {{"user_id", user}, {"number", code->number}});
            return row ? std::optional(row->get<std::string>("hash")) : std::nullopt;
        });
    const bool same =
        hash && crypto::verify_password(*hash, Secret(code->secret), pepper(call.services),
                                        crypto::PasswordScheme::argon2id)
                    .ok;
    return same ? std::optional(KnownRecoveryCode{code->number, *hash}) : std::nullopt;
}

bool accept_recovery_code(api::Call& call, UserId user, const KnownRecoveryCode& code) {
    return !call.tx
                .query(sql::second_factor::take_recovery_code,
                       {{"user_id", user},
                        {"number", code.number},
                        {"hash", code.hash},
                        {"used_at", call.services.clock.now()}})
                .empty();
}

std::string hash_recovery_code(const api::Services& services, const RecoveryCode& code) {
    return crypto::hash_password(Secret(code.secret), pepper(services),
                                 crypto::PasswordScheme::argon2id);
}

bool remove(api::Call& call, UserId user, SessionId kept) {
    if (call.tx.query(sql::second_factor::delete_totp, {{"user_id", user}}).empty())
        return false;
    identity::delete_other_sessions(call, user, kept);
    call.record_person("user.totp_disable", user, {});
    return true;
}

net::Header insert_pending_login(api::Call& call, const PendingLogin& login) {
    const Time now = call.services.clock.now();
    const std::string token = crypto::make_token(call.services.random, "");
    call.tx.defer(sql::second_factor::delete_old_pending_logins, {{"now", now}});
    call.tx.defer(sql::second_factor::insert_pending_login,
                  {{"token_hash", crypto::token_hash(token)},
                   {"user_id", login.user},
                   {"remember", login.remember},
                   {"by_sso", login.by_sso},
                   {"sso_team", login.sso_team},
                   {"expires_at", now + pending_lifetime}});
    const auto seconds = std::chrono::duration_cast<std::chrono::seconds>(pending_lifetime);
    return {"Set-Cookie", std::string(pending_cookie) + "=" + token + std::string(pending_rules) +
                              std::to_string(seconds.count())};
}

std::optional<PendingLogin> find_pending_login(api::Call& call) {
    const auto hash = pending_hash(call);
    if (!hash)
        return std::nullopt;
    const auto row =
        call.tx.query_optional(sql::second_factor::find_pending_login,
                               {{"token_hash", *hash}, {"now", call.services.clock.now()}});
    if (!row)
        return std::nullopt;
    return PendingLogin{row->get<UserId>("user_id"), row->get<bool>("remember"),
                        row->get<bool>("by_sso"), row->get<std::optional<TeamId>>("sso_team")};
}

bool take_pending_login(api::Call& call) {
    const auto hash = pending_hash(call);
    return hash &&
           !call.tx.query(sql::second_factor::take_pending_login, {{"token_hash", *hash}}).empty();
}

net::Header ended_pending_cookie() {
    return {"Set-Cookie", std::string(pending_cookie) + "=" + std::string(pending_rules) + "0"};
}

} // namespace atalaya::second_factor
