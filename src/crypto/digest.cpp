// OpenSSL 3 calls these functions deprecated, for they pass its providers by. They are there in
// every OpenSSL 3, use the processor's SHA instructions, and are several times as fast on short
// input; the tests hold them against the others.
#define OPENSSL_SUPPRESS_DEPRECATED

#include "crypto/digest.hpp"

#include "base/check.hpp"

#include <algorithm>
#include <openssl/crypto.h>
#include <openssl/sha.h>

namespace atalaya::crypto {
namespace {

constexpr std::size_t block_size = 64;

SHA256_CTX* context(std::array<std::uint8_t, 112>& state) {
    static_assert(sizeof(SHA256_CTX) == 112 && alignof(SHA256_CTX) <= 8);
    return reinterpret_cast<SHA256_CTX*>(state.data());
}

} // namespace

Digest::Digest() { SHA256_Init(context(state_)); }

Digest& Digest::update(BytesView data) {
    SHA256_Update(context(state_), data.data(), data.size());
    return *this;
}

Digest& Digest::u64(std::uint64_t value) {
    std::array<std::uint8_t, 8> bytes;
    for (std::size_t i = 0; i < bytes.size(); ++i)
        bytes[i] = static_cast<std::uint8_t>(value >> (56 - 8 * i));
    return update(bytes);
}

Hash Digest::finish() {
    Hash out;
    SHA256_Final(out.data(), context(state_));
    return out;
}

void Digest::wipe() { OPENSSL_cleanse(state_.data(), state_.size()); }

HmacKey::HmacKey(BytesView key) {
    std::array<std::uint8_t, block_size> pad{};
    if (key.size() > block_size) {
        const Hash short_key = sha256(key);
        std::copy(short_key.begin(), short_key.end(), pad.begin());
    } else {
        std::copy(key.begin(), key.end(), pad.begin());
    }
    for (std::uint8_t& byte : pad)
        byte ^= 0x36;
    inner_.update(pad);
    for (std::uint8_t& byte : pad)
        byte ^= 0x36 ^ 0x5c;
    outer_.update(pad);
    OPENSSL_cleanse(pad.data(), pad.size());
}

Hash hmac_of(BytesView key, BytesView first, BytesView second) {
    CHECK(key.size() <= block_size);
    std::array<std::uint8_t, block_size> pad;
    pad.fill(0x36);
    for (std::size_t i = 0; i < key.size(); ++i)
        pad[i] ^= key[i];
    const Hash inner = Digest().update(pad).update(first).update(second).finish();
    for (std::uint8_t& byte : pad)
        byte ^= 0x36 ^ 0x5c;
    return Digest().update(pad).update(inner).finish();
}

HmacKey::~HmacKey() {
    inner_.wipe();
    outer_.wipe();
}

Hash HmacKey::finish(Digest message) const {
    Digest outer = outer_;
    const Hash out = outer.update(message.finish()).finish();
    outer.wipe();
    message.wipe();
    return out;
}

} // namespace atalaya::crypto
