// Ed25519 signatures (RFC 8032), as signed checkpoints of the record carry them.
//
// Pure; any thread. Nothing fails: a signature holds or it does not.
#pragma once

#include "base/bytes.hpp"
#include "base/secret.hpp"

#include <array>

namespace atalaya::crypto {

inline constexpr std::size_t ed25519_seed_size = 32;
inline constexpr std::size_t ed25519_signature_size = 64;

using PublicKey = std::array<std::uint8_t, 32>;
using Signature = std::array<std::uint8_t, ed25519_signature_size>;

/// `seed` is RFC 8032's private key: 32 random bytes.
PublicKey ed25519_public_key(const Secret& seed);
Signature ed25519_sign(const Secret& seed, BytesView message);
/// False too for keys and signatures that are no points of the curve's prime order group.
bool ed25519_verify(const PublicKey& key, BytesView message, BytesView signature);

} // namespace atalaya::crypto
