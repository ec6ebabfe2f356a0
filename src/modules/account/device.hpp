// Devices on which an account has signed in before, so that a stranger who keeps guessing does not
// lock its owner out: what is counted against the account and the address does not concern them.
//
// The cookie names nobody; it is bound to the account and to our key. A device has a counter of its
// own: who steals one gets no more guesses than anybody. Any thread.
#pragma once

#include "api/call.hpp"

#include <optional>
#include <string_view>

namespace atalaya::account {

/// For an answer that signs in who has this address.
net::Header device_cookie(api::Services& services, std::string_view email);
/// The counter of the request's device; nullopt when it never signed in to this account.
std::optional<Bytes> find_device_counter(api::Services& services, const net::Request& request,
                                         std::string_view email, Time now);

} // namespace atalaya::account
