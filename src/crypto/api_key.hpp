// API keys: `atl_<env>_<id>_<secret>_<crc>`, for example atl_live_ and three groups of letters and
// digits.
//
//   env     live or test
//   id      16 characters, public: finds the row
//   secret  43 characters, 256 bits
//   crc     CRC-32 of all before it: a mistyped key and a scanner's find are told without a look-up
//
// Stored are a fingerprint, which turns a wrong secret away at the price of one SHA-256, and an
// argon2id verifier of the whole key. Pure; any thread; parse_api_key returns nullopt for anything
// that make_api_key would not have written.
#pragma once

#include "base/random.hpp"
#include "base/secret.hpp"
#include "crypto/hash.hpp"

#include <optional>
#include <string>
#include <string_view>

namespace atalaya::crypto {

inline constexpr std::string_view api_key_prefix = "atl_";

struct ApiKey {
    std::string env;
    std::string id;
    Secret text; ///< the whole key

    /// What may be shown of it: atl_<env>_<id>.
    std::string prefix() const;
};

/// `env` is live or test.
ApiKey make_api_key(Random& random, std::string_view env);
std::optional<ApiKey> parse_api_key(std::string_view text);

using Fingerprint = std::array<std::uint8_t, 8>;
Fingerprint api_key_fingerprint(const ApiKey& key);

/// The usual text form of argon2id with m=19456,t=2,p=1. Both take about 20 ms and 19 MiB: callers
/// bound how many run at once.
std::string hash_api_key(const ApiKey& key);
/// A damaged verifier is simply not met.
bool verify_api_key(const std::string& verifier, const ApiKey& key);

} // namespace atalaya::crypto
