// The ways into the product: signing up and logging in. Handlers, on slow workers.
#pragma once

#include "api/endpoint.hpp"
#include "modules/account/shapes.hpp"
#include "modules/identity/identity.hpp"

namespace atalaya::account {

api::WithHeaders<api::Created<SignedUp>> sign_up(api::SlowCall& call, const SignUp& in);
api::WithHeaders<LoggedIn> log_in(api::SlowCall& call, const Credentials& in);

/// Signs the user in, on the record of the platform and of every team of theirs. `prove` runs first
/// in the same transaction and throws what stands against it.
api::WithHeaders<LoggedIn> sign_in(api::SlowCall& call, UserId user,
                                   const identity::Opening& opening,
                                   const std::function<void(api::Call&)>& prove);
/// Puts on the platform's record that somebody was refused; `user` when it is known who.
void record_refusal(api::SlowCall& call, std::string_view action, std::optional<UserId> user);
UserView to_view(const identity::Account& account);

} // namespace atalaya::account
