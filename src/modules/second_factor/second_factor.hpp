// Second factors: one-time codes of an authenticator app, and recovery codes for when it is lost.
//
// Functions run on the thread of their transaction, in the platform's scope with the person as
// actor. Whoever judges a code takes an attempt first (take_attempt of identity.hpp, under
// `attempts`), so that guessing is slowed down for the account, whatever else succeeds meanwhile.
#pragma once

#include "api/endpoint.hpp"

#include <set>

namespace atalaya::second_factor {

std::span<const api::Endpoint> endpoints();

/// Names the counter of attempts.
inline constexpr std::string_view attempts = "second_factor";

struct Standing {
    bool enrolled = false;
    std::int64_t recovery_codes_left = 0;
};
Standing get_standing(db::Tx& tx, UserId user);
/// Which of them have a second factor. Leaves the scope as it was.
std::set<UserId> list_enrolled(api::Call& call, const std::vector<UserId>& users);

/// True once for each code of the app, whoever is first.
bool accept_code(api::Call& call, UserId user, std::string_view code);

/// A recovery code that is the user's, used or not.
struct KnownRecoveryCode {
    std::int64_t number = 0;
    std::string hash;
};
/// Takes as long as one slow hash.
std::optional<KnownRecoveryCode> find_recovery_code(api::SlowCall& call, UserId user,
                                                    std::string_view text);
/// True once for each code, whoever is first.
bool accept_recovery_code(api::Call& call, UserId user, const KnownRecoveryCode& code);

/// Takes the second factor away, ends the other sessions, and puts it on the record. False when
/// there was none.
bool remove(api::Call& call, UserId user, SessionId kept);

// Between the password and the code.

inline constexpr std::string_view pending_cookie = "__Host-atalaya_pending";

struct PendingLogin {
    UserId user;
    bool remember = false;
    bool by_sso = false; ///< a provider vouched for the person, and the code is still owed
    std::optional<TeamId> sso_team = {}; ///< a team's own provider
};
/// The cookie that stands for it, for five minutes.
net::Header insert_pending_login(api::Call& call, const PendingLogin& login);
/// The one that the request's cookie names, if any.
std::optional<PendingLogin> find_pending_login(api::Call& call);
/// True once for each.
bool take_pending_login(api::Call& call);
net::Header ended_pending_cookie();

} // namespace atalaya::second_factor
