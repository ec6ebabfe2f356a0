// XAES-256-GCM (C2SP): AES-256-GCM under a key derived from the first half of a 24-byte nonce, so
// that random nonces are safe for any number of messages under one key.
//
// Pure; any thread. Opening fails with nullopt for anything that was not sealed so, and says no
// more than that.
#pragma once

#include "base/bytes.hpp"
#include "base/secret.hpp"

#include <optional>

namespace atalaya::crypto {

inline constexpr std::size_t aead_key_size = 32;
inline constexpr std::size_t aead_nonce_size = 24;
inline constexpr std::size_t aead_tag_size = 16;

/// The ciphertext followed by its tag. The nonce must be fresh random bytes for every message.
Bytes seal(const Secret& key, BytesView nonce, BytesView plain, BytesView aad);

std::optional<Bytes> open(const Secret& key, BytesView nonce, BytesView sealed, BytesView aad);

} // namespace atalaya::crypto
