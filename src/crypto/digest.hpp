// SHA-256 and HMAC over what arrives in pieces, without allocation: for whoever hashes millions of
// short things, such as the events of a chain.
//
// Values; one thread at a time. The general interface of OpenSSL (hash.hpp's Sha256) spends more on
// each hash than hashing a hundred bytes takes; this is the same code below it.
#pragma once

#include "crypto/hash.hpp"

namespace atalaya::crypto {

class Digest {
  public:
    Digest();
    Digest& update(BytesView data);
    Digest& update(std::string_view text) { return update(as_bytes(text)); }
    Digest& u8(std::uint8_t value) { return update(BytesView(&value, 1)); }
    /// Big-endian.
    Digest& u64(std::uint64_t value);
    /// Once; it must not be used afterwards.
    Hash finish();

  private:
    friend class HmacKey;
    void wipe();

    alignas(8) std::array<std::uint8_t, 112> state_;
};

/// A key whose half of the work is done once. The memory is wiped when it goes.
class HmacKey {
  public:
    explicit HmacKey(BytesView key);
    HmacKey(const HmacKey&) = default;
    HmacKey& operator=(const HmacKey&) = default;
    ~HmacKey();

    /// Takes in the message; give it back to finish().
    Digest begin() const { return inner_; }
    Hash finish(Digest message) const;

  private:
    Digest inner_, outer_;
};

/// HMAC of both pieces, one behind the other, under a key that is used once and is no secret of
/// ours: at most 64 bytes.
Hash hmac_of(BytesView key, BytesView first, BytesView second);

} // namespace atalaya::crypto
