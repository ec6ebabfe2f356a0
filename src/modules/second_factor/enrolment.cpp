#include "modules/second_factor/enrolment.hpp"

#include "base/problems.hpp"
#include "crypto/totp.hpp"
#include "keyring/keyring.hpp"
#include "modules/identity/identity.hpp"
#include "modules/second_factor/qr.hpp"
#include "modules/second_factor/second_factor.hpp"
#include "second_factor_sql.hpp"
#include "shape/complete.hpp"

namespace atalaya::second_factor {
namespace {

using api::Audience;
using api::endpoint;
using api::Verb;
using shape::field;
using shape::length;
using shape::names_every_member;

constexpr std::array password_fields{
    field<&OwnPassword::password>("password", "Your password.", length(1, 1024))};
static_assert(names_every_member<OwnPassword>(password_fields));

constexpr std::array enrolment_fields{
    field<&Enrolment::secret>("secret", "For typing into an app that cannot read the picture."),
    field<&Enrolment::otpauth_uri>("otpauth_uri", "For opening an app on the same device."),
    field<&Enrolment::qr_svg>("qr_svg", "The same as a QR code: an SVG image."),
};
static_assert(names_every_member<Enrolment>(enrolment_fields));

constexpr std::array code_fields{
    field<&OneTimeCode::code>("code", "The code that the app shows now.", length(1, 40))};
static_assert(names_every_member<OneTimeCode>(code_fields));

constexpr std::array codes_fields{field<&RecoveryCodes::recovery_codes>(
    "recovery_codes", "Each signs in once in place of a code. They are shown this once.")};
static_assert(names_every_member<RecoveryCodes>(codes_fields));

constexpr std::string_view seed_purpose = "totp.seed";

/// Texts for the user and verifiers for the table.
struct MadeCodes {
    RecoveryCodes shown;
    std::vector<std::string> hashes;
};

MadeCodes make_codes(api::Services& services) {
    MadeCodes made;
    for (int number = 1; number <= recovery_codes_count; ++number) {
        const RecoveryCode code = make_recovery_code(services.random, number);
        made.shown.recovery_codes.push_back(to_text(code));
        made.hashes.push_back(hash_recovery_code(services, code));
    }
    return made;
}

void replace_codes(api::Call& call, UserId user, const std::vector<std::string>& hashes) {
    call.tx.defer(sql::second_factor::delete_recovery_codes, {{"user_id", user}});
    std::int64_t number = 0;
    for (const std::string& hash : hashes)
        call.tx.defer(sql::second_factor::insert_recovery_code,
                      {{"user_id", user}, {"number", ++number}, {"hash", hash}});
}

std::string issuer(const api::Services& services) {
    const std::string_view url = services.public_url;
    const auto host = url.find("://");
    return host == url.npos ? "Atalaya" : "Atalaya " + std::string(url.substr(host + 3));
}

Problem wrong_code() {
    return std::move(Problem(problems::invalid).at("/code", "wrong", "The code is not right."));
}

Enrolment start_enrolment(api::SlowCall& call, const OwnPassword& in) {
    const UserId user = call.caller().user;
    identity::prove_password(call, in.password, "/password");
    const Secret seed(call.services.random.bytes(crypto::totp_seed_size));
    return call.transact({platform_team, user}, {platform_team}, [&](api::Call& inner) {
        const Bytes sealed = inner.services.keyring.seal(user, seed_purpose, user, seed.reveal());
        if (inner.tx.query(sql::second_factor::put_seed, {{"user_id", user}, {"seed", sealed}})
                .empty())
            throw Problem(problems::conflict)
                .detail("The account has a second factor. Disable it first to set up another.");
        inner.record_person("user.totp_start", user, {});
        const auto account = identity::get_account(inner, user);
        Enrolment out;
        out.secret = crypto::to_base32(seed.reveal());
        out.otpauth_uri =
            crypto::make_otpauth_uri(seed, issuer(inner.services), account.person.email);
        out.qr_svg = draw_qr_code(out.otpauth_uri);
        return out;
    });
}

/// The seed that waits to be confirmed, and the step of the code.
struct Confirmation {
    Bytes sealed;
    std::int64_t step = 0;
};

Confirmation check_confirmation(api::SlowCall& call, UserId user, std::string_view code) {
    return call.transact({platform_team, user}, {}, [&](api::Call& inner) {
        const auto seed = find_seed(inner, user);
        if (!seed || seed->confirmed)
            throw Problem(problems::conflict).detail("No second factor waits to be confirmed.");
        const auto step = crypto::find_totp_step(seed->seed, code, inner.services.clock.now(), 0);
        if (!step)
            throw wrong_code();
        return Confirmation{seed->sealed, *step};
    });
}

api::WithHeaders<RecoveryCodes> confirm_enrolment(api::SlowCall& call, const OneTimeCode& in) {
    const access::Caller& caller = call.caller();
    const UserId user = caller.user;
    identity::take_attempt(call, attempts, user);
    const Confirmation confirmation = check_confirmation(call, user, in.code);
    identity::forget_attempts(call, attempts, user);
    MadeCodes made = make_codes(call.services);
    identity::NewSession session;
    call.transact({platform_team, user}, {platform_team}, [&](api::Call& inner) {
        inner.tx.query(sql::second_factor::lock_user, {{"user_id", user}});
        if (inner.tx
                .query(sql::second_factor::confirm_seed,
                       {{"user_id", user},
                        {"seed", confirmation.sealed},
                        {"step", confirmation.step},
                        {"confirmed_at", inner.services.clock.now()}})
                .empty())
            throw Problem(problems::conflict).detail("No second factor waits to be confirmed.");
        replace_codes(inner, user, made.hashes);
        identity::delete_other_sessions(inner, user, caller.session);
        session = identity::renew_session(inner, true);
        inner.record_person("user.totp_enable", user, {});
    });
    return {std::move(made.shown), {identity::session_cookie(call.services, session)}};
}

api::WithHeaders<api::NoContent> disable(api::Call& call) {
    const access::Caller& caller = call.caller();
    if (!remove(call, caller.user, caller.session))
        throw Problem(problems::not_found);
    const auto session = identity::renew_session(call, false);
    return {{}, {identity::session_cookie(call.services, session)}};
}

RecoveryCodes renew_recovery_codes(api::SlowCall& call) {
    const UserId user = call.caller().user;
    MadeCodes made = make_codes(call.services);
    call.transact({platform_team, user}, {platform_team}, [&](api::Call& inner) {
        inner.tx.query(sql::second_factor::lock_user, {{"user_id", user}});
        if (!get_standing(inner.tx, user).enrolled)
            throw Problem(problems::conflict).detail("The account has no second factor.");
        replace_codes(inner, user, made.hashes);
        inner.record_person("user.recovery_codes_renew", user, {});
    });
    return std::move(made.shown);
}

constexpr std::array table{
    endpoint<start_enrolment>(Verb::post, "/me/totp", Audience::signed_in, std::nullopt,
                              "Begin to set up an authenticator app.")
        .with_password(),
    endpoint<confirm_enrolment>(Verb::post, "/me/totp/confirm", Audience::signed_in, std::nullopt,
                                "Finish it with a code of the app; every other session ends."),
    endpoint<disable>(Verb::del, "/me/totp", Audience::signed_in, std::nullopt,
                      "Give the second factor up; every other session ends.")
        .with_step_up(),
    endpoint<renew_recovery_codes>(Verb::post, "/me/recovery-codes", Audience::signed_in,
                                   std::nullopt, "Replace all recovery codes by new ones.")
        .with_step_up(),
};

} // namespace

std::optional<StoredSeed> find_seed(api::Call& call, UserId user) {
    const auto row = call.tx.query_optional(sql::second_factor::find_seed, {{"user_id", user}});
    if (!row)
        return std::nullopt;
    StoredSeed out;
    out.sealed = row->get<Bytes>("seed");
    auto seed = call.services.keyring.open_sealed(user, seed_purpose, user, out.sealed);
    if (!seed)
        return std::nullopt;
    out.seed = Secret(std::move(*seed));
    out.last_step = row->get<std::int64_t>("last_step");
    out.confirmed = row->get<bool>("confirmed");
    return out;
}

std::span<const api::Endpoint> endpoints() { return table; }

} // namespace atalaya::second_factor

namespace atalaya::shape {
using second_factor::Enrolment;
using second_factor::OneTimeCode;
using second_factor::OwnPassword;
using second_factor::RecoveryCodes;
const Shape Described<OwnPassword>::shape{"OwnPassword", second_factor::password_fields};
const Shape Described<Enrolment>::shape{"Enrolment", second_factor::enrolment_fields};
const Shape Described<OneTimeCode>::shape{"OneTimeCode", second_factor::code_fields};
const Shape Described<RecoveryCodes>::shape{"RecoveryCodes", second_factor::codes_fields};
} // namespace atalaya::shape
