#include "modules/account/second_step.hpp"

#include "api/admission.hpp"
#include "base/problems.hpp"
#include "modules/account/entry.hpp"
#include "modules/outbox/outbox.hpp"
#include "modules/second_factor/second_factor.hpp"
#include "shape/complete.hpp"

namespace atalaya::account {
namespace {

using second_factor::PendingLogin;

using shape::field;
using shape::length;
using shape::names_every_member;

constexpr std::array code_fields{
    field<&LogInCode::code>("code", "A code of the app, or a recovery code.", length(1, 40))};
static_assert(names_every_member<LogInCode>(code_fields));

constexpr std::array presence_fields{
    field<&Presence::password>("password", "Your password, while you have no second factor.",
                               length(1, 1024)),
    field<&Presence::code>("code", "A code of the app, or a recovery code.", length(1, 40)),
};
static_assert(names_every_member<Presence>(presence_fields));

constexpr std::array assured_fields{field<&Assured::assured_until>(
    "assured_until", "Until then no password or code is asked for again.")};
static_assert(names_every_member<Assured>(assured_fields));

/// Whether a code is right, asked in the transaction of what it is for.
using Accept = std::function<bool(api::Call&)>;

Problem wrong_code() {
    return std::move(Problem(problems::invalid).at("/code", "wrong", "The code is not right."));
}

Problem not_pending() {
    return std::move(
        Problem(problems::unauthenticated).detail("Sign in with your password first."));
}

PendingLogin get_pending_login(api::SlowCall& call) {
    const auto login = call.transact({platform_team, UserId{}}, {}, [](api::Call& inner) {
        return second_factor::find_pending_login(inner);
    });
    if (!login)
        throw not_pending();
    return *login;
}

Accept accept_app_code(UserId user, const std::string& code) {
    return [user, code](api::Call& inner) { return second_factor::accept_code(inner, user, code); };
}

/// Takes as long as a slow hash, before the transaction.
Accept accept_recovery_code(api::SlowCall& call, UserId user, const std::string& code) {
    const auto known = second_factor::find_recovery_code(call, user, code);
    return [user, known](api::Call& inner) {
        if (!known || !second_factor::accept_recovery_code(inner, user, *known))
            return false;
        inner.record_person("auth.recovery_used", user, {});
        outbox::enqueue(
            inner, mail::make_recovery_code_used(identity::get_account(inner, user).person.email,
                                                 inner.services.clock.now()));
        return true;
    };
}

/// Runs `act`, whose transaction calls `accept` through the function it is given. A wrong code is
/// counted and goes on the record; a right one clears the count.
template <class Act>
auto judge(api::SlowCall& call, UserId user, const Accept& accept, Act act) {
    bool wrong = false;
    const auto prove = [&](api::Call& inner) {
        wrong = !accept(inner);
        if (wrong)
            throw wrong_code();
    };
    try {
        auto done = act(prove);
        identity::forget_attempts(call, second_factor::attempts, user);
        return done;
    } catch (const Problem&) {
        if (wrong)
            record_refusal(call, "auth.totp_failed", user);
        throw;
    }
}

/// Opens the session in the transaction that uses up the pending log-in and the code.
api::WithHeaders<LoggedIn> finish_login(api::SlowCall& call, const PendingLogin& login,
                                        const Accept& accept) {
    return judge(call, login.user, accept, [&](const auto& prove) {
        const identity::Opening opening{login.remember, true, login.by_sso, login.sso_team};
        auto answer = sign_in(call, login.user, opening, [&](api::Call& inner) {
            if (!second_factor::take_pending_login(inner))
                throw not_pending();
            prove(inner);
        });
        answer.headers.push_back(second_factor::ended_pending_cookie());
        return answer;
    });
}

/// Apps show six digits; a recovery code is longer.
bool is_app_code(std::string_view code) { return code.size() <= 8; }

} // namespace

api::WithHeaders<LoggedIn> log_in_with_code(api::SlowCall& call, const LogInCode& in) {
    const PendingLogin login = get_pending_login(call);
    identity::take_attempt(call, second_factor::attempts, login.user);
    return finish_login(call, login, accept_app_code(login.user, in.code));
}

api::WithHeaders<LoggedIn> log_in_with_recovery_code(api::SlowCall& call, const LogInCode& in) {
    const PendingLogin login = get_pending_login(call);
    identity::take_attempt(call, second_factor::attempts, login.user);
    return finish_login(call, login, accept_recovery_code(call, login.user, in.code));
}

Assured step_up(api::SlowCall& call, const Presence& in) {
    const UserId user = call.caller().user;
    const db::Scope own{platform_team, user};
    const bool enrolled = call.transact(own, {}, [&](api::Call& inner) {
        return second_factor::get_standing(inner.tx, user).enrolled;
    });
    const auto assure = [&](const Accept& prove) {
        return call.transact(own, {platform_team}, [&](api::Call& inner) {
            prove(inner);
            identity::assure_session(inner);
            inner.record_person("auth.step_up", user, {});
            return Assured{inner.services.clock.now() + api::assurance_max};
        });
    };
    if (!enrolled) {
        if (!in.password)
            throw Problem(problems::invalid).at("/password", "required", "Give your password.");
        identity::prove_password(call, *in.password, "/password");
        return assure([](api::Call&) { return true; });
    }
    // The password alone would let whoever has it and the browser remove the second factor.
    if (!in.code)
        throw Problem(problems::invalid)
            .at("/code", "required", "Give a code of your authenticator app, or a recovery code.");
    identity::take_attempt(call, second_factor::attempts, user);
    const Accept accept = is_app_code(*in.code) ? accept_app_code(user, *in.code)
                                                : accept_recovery_code(call, user, *in.code);
    return judge(call, user, accept, [&](const auto& prove) {
        return assure([&](api::Call& inner) {
            prove(inner);
            return true;
        });
    });
}

} // namespace atalaya::account

namespace atalaya::shape {
using account::Assured;
using account::LogInCode;
using account::Presence;
const Shape Described<LogInCode>::shape{"LogInCode", account::code_fields};
const Shape Described<Presence>::shape{"Presence", account::presence_fields};
const Shape Described<Assured>::shape{"Assured", account::assured_fields};
} // namespace atalaya::shape
