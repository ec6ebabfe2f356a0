#include "crypto/ed25519.hpp"

#include "base/check.hpp"

#include <sodium.h>

namespace atalaya::crypto {
namespace {

static_assert(crypto_sign_SEEDBYTES == ed25519_seed_size);
static_assert(crypto_sign_BYTES == ed25519_signature_size);
static_assert(crypto_sign_PUBLICKEYBYTES == sizeof(PublicKey));

struct KeyPair {
    explicit KeyPair(const Secret& seed) {
        CHECK(seed.reveal().size() == ed25519_seed_size);
        CHECK(crypto_sign_seed_keypair(open.data(), secret.data(), seed.reveal().data()) == 0);
    }
    ~KeyPair() { sodium_memzero(secret.data(), secret.size()); }
    KeyPair(const KeyPair&) = delete;
    KeyPair& operator=(const KeyPair&) = delete;

    PublicKey open{};
    std::array<std::uint8_t, crypto_sign_SECRETKEYBYTES> secret{};
};

} // namespace

PublicKey ed25519_public_key(const Secret& seed) { return KeyPair(seed).open; }

Signature ed25519_sign(const Secret& seed, BytesView message) {
    const KeyPair pair(seed);
    Signature out{};
    CHECK(crypto_sign_detached(out.data(), nullptr, message.data(), message.size(),
                               pair.secret.data()) == 0);
    return out;
}

bool ed25519_verify(const PublicKey& key, BytesView message, BytesView signature) {
    return signature.size() == ed25519_signature_size &&
           crypto_sign_verify_detached(signature.data(), message.data(), message.size(),
                                       key.data()) == 0;
}

} // namespace atalaya::crypto
