// Signatures of JSON Web Signatures (RFC 7515, RFC 7518, RFC 8037): public keys as their numbers,
// and the check.
//
// Pure; any thread. Only algorithms with a public key exist here: what a shared secret or nothing
// at all signs cannot even be named. Keys are untrusted bytes: what is no sound key of its kind is
// refused when it is read.
#pragma once

#include "base/bytes.hpp"
#include "base/result.hpp"

#include <memory>
#include <optional>
#include <string_view>

struct evp_pkey_st;

namespace atalaya::crypto {

enum class SignatureAlgorithm : std::uint8_t { rs256, ps256, es256, eddsa };
/// By its registered name; nullopt for every other.
std::optional<SignatureAlgorithm> parse_signature_algorithm(std::string_view name);

class JwsKey {
  public:
    /// Big-endian modulus and exponent; 2048 to 8192 bits.
    static Result<JwsKey> from_rsa(BytesView modulus, BytesView exponent);
    /// The coordinates of a point of P-256, 32 bytes each.
    static Result<JwsKey> from_p256(BytesView x, BytesView y);
    static Result<JwsKey> from_ed25519(BytesView key);

    /// Whether the key signed the message so; false for an algorithm that is not of its kind.
    bool verify(SignatureAlgorithm algorithm, std::string_view message, BytesView signature) const;
    bool fits(SignatureAlgorithm algorithm) const;

  private:
    enum class Kind : std::uint8_t { rsa, p256, ed25519 };
    JwsKey(Kind kind, evp_pkey_st* key);

    Kind kind_;
    std::shared_ptr<evp_pkey_st> key_; ///< shared: OpenSSL counts references itself
};

} // namespace atalaya::crypto
