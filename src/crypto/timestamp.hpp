// RFC 3161: what to ask a timestamp authority, and what its answer is worth.
//
// Pure; any thread. A token is the authority's signature over a hash, a number of ours and its
// time, with the certificates that it takes to check it. Answers and tokens come from anybody.
#pragma once

#include "base/result.hpp"
#include "base/time.hpp"
#include "crypto/hash.hpp"

#include <string_view>

namespace atalaya::crypto {

inline constexpr std::size_t timestamp_bytes_max = std::size_t{64} << 10;

/// The body of the request (DER). The authority has to give the number back, and its certificates.
Bytes make_timestamp_query(const Hash& imprint, std::uint64_t nonce);

/// Whether at least one certificate can be read from the PEM text.
bool holds_certificate(std::string_view authorities);

/// The token in an answer to this query, when it grants what was asked for and is signed by
/// somebody whom one of these authorities (PEM) made a timestamp authority, at this time.
Result<Bytes> accept_timestamp_answer(BytesView answer, BytesView query,
                                      std::string_view authorities, Time now);

struct Timestamp {
    Hash imprint{};
    Time at;
};
/// What a token says, unproven.
Result<Timestamp> parse_timestamp(BytesView token);
/// The same when the token is signed by one whom these authorities vouched for when it signed.
Result<Timestamp> verify_timestamp(BytesView token, std::string_view authorities);

} // namespace atalaya::crypto
