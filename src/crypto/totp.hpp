// One-time codes of authenticator apps: RFC 6238 with HMAC-SHA1, thirty seconds and six digits,
// which is what every app understands.
//
// Pure; any thread. A code is good for its own step and the one on either side, because clocks
// differ: 90 seconds in all. That it is good only once is for the caller to see to, with the step.
#pragma once

#include "base/secret.hpp"
#include "base/time.hpp"

#include <optional>
#include <string>
#include <string_view>

namespace atalaya::crypto {

inline constexpr std::size_t totp_seed_size = 20;

/// The number of the thirty seconds in which the time lies.
std::int64_t totp_step(Time time);
std::string totp_code(const Secret& seed, std::int64_t step, int digits = 6);

/// Of the steps around `now` that come after `last_step`, the one whose code this is.
std::optional<std::int64_t> find_totp_step(const Secret& seed, std::string_view code, Time now,
                                           std::int64_t last_step);

/// RFC 4648 section 6, without padding: how people type a seed.
std::string to_base32(BytesView bytes);

/// What the QR code for an authenticator app says.
std::string make_otpauth_uri(const Secret& seed, std::string_view issuer, std::string_view account);

} // namespace atalaya::crypto
