// The ways into the product: signing up and logging in. Handlers, on slow workers.
#pragma once

#include "api/endpoint.hpp"
#include "modules/account/shapes.hpp"
#include "modules/identity/identity.hpp"

namespace atalaya::account {

net::Response sign_up(api::SlowCall& call, const SignUp& in);
net::Response log_in(api::SlowCall& call, const Credentials& in);

UserView to_view(const identity::Account& account);
/// Throws Problem `invalid` with the pointer when the password breaks a rule.
void check_password(const api::Services& services, std::string_view password,
                    const identity::Person& owner, const std::string& pointer);
std::string hash_password(const api::Services& services, std::string_view password);
bool password_matches(const api::Services& services, const std::string& stored,
                      std::string_view password);
net::Header session_cookie(std::string_view token);
net::Header ended_session_cookie();

} // namespace atalaya::account
