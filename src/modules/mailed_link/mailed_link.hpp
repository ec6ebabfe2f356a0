// What an account does by links that are sent to its address: set a forgotten password, change the
// address.
//
// Links work once. Nothing here tells whether an address has an account.
#pragma once

#include "api/endpoint.hpp"
#include "modules/identity/identity.hpp"

namespace atalaya::mailed_link {

std::span<const api::Endpoint> endpoints();

/// The token of a link that sets a new password, once and within an hour; what stands before it is
/// reset_page. It replaces the one before, and is on the record. In the platform's scope.
std::string insert_reset_token(db::Tx& tx, audit::Recorder& recorder, Random& random, Time now,
                               UserId user);
inline constexpr std::string_view reset_page = "/reset#";

/// Forgets what nobody used in time. In the platform's scope.
void delete_expired(db::Tx& tx, Time now);

} // namespace atalaya::mailed_link
