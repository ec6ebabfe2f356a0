#include "crypto/aead.hpp"

#include "base/check.hpp"

#include <algorithm>
#include <array>
#include <limits>
#include <memory>
#include <openssl/crypto.h>
#include <openssl/evp.h>

namespace atalaya::crypto {

namespace {

using Block = std::array<std::uint8_t, 16>;

struct FreeContext {
    void operator()(EVP_CIPHER_CTX* context) const { EVP_CIPHER_CTX_free(context); }
};
using Context = std::unique_ptr<EVP_CIPHER_CTX, FreeContext>;

/// Both contexts of a thread, bound to their ciphers once: rekeying is then all that a message
/// costs.
struct Contexts {
    Context ecb{EVP_CIPHER_CTX_new()};
    Context gcm{EVP_CIPHER_CTX_new()};

    Contexts() {
        static const EVP_CIPHER* const ecb_cipher =
            EVP_CIPHER_fetch(nullptr, "AES-256-ECB", nullptr);
        static const EVP_CIPHER* const gcm_cipher =
            EVP_CIPHER_fetch(nullptr, "AES-256-GCM", nullptr);
        CHECK(ecb && gcm && ecb_cipher && gcm_cipher);
        CHECK(EVP_EncryptInit_ex2(ecb.get(), ecb_cipher, nullptr, nullptr, nullptr) == 1);
        CHECK(EVP_CIPHER_CTX_set_padding(ecb.get(), 0) == 1);
        CHECK(EVP_CipherInit_ex2(gcm.get(), gcm_cipher, nullptr, nullptr, 1, nullptr) == 1);
    }
};

Contexts& thread_contexts() {
    thread_local Contexts contexts;
    return contexts;
}

int as_int(std::size_t size) {
    CHECK(size <= static_cast<std::size_t>(std::numeric_limits<int>::max()));
    return static_cast<int>(size);
}

/// The key of one message: CMAC of two one-block inputs that hold the first half of the nonce
/// (C2SP XAES-256-GCM; NIST SP 800-108 in counter mode).
std::array<std::uint8_t, 32> derive_key(const Secret& key, BytesView nonce) {
    CHECK(key.reveal().size() == aead_key_size);
    CHECK(nonce.size() == aead_nonce_size);
    EVP_CIPHER_CTX* const ecb = thread_contexts().ecb.get();
    CHECK(EVP_EncryptInit_ex2(ecb, nullptr, key.reveal().data(), nullptr, nullptr) == 1);
    int written = 0;
    Block subkey{};
    CHECK(EVP_EncryptUpdate(ecb, subkey.data(), &written, subkey.data(), 16) == 1);
    const std::uint8_t carry = subkey[0] >> 7;
    for (std::size_t i = 0; i < 16; ++i) {
        const int next = i + 1 < 16 ? subkey[i + 1] >> 7 : 0;
        subkey[i] = static_cast<std::uint8_t>(subkey[i] << 1 | next);
    }
    subkey[15] = static_cast<std::uint8_t>(subkey[15] ^ (carry * 0x87));

    std::array<std::uint8_t, 32> out{};
    for (std::uint8_t counter = 1; counter <= 2; ++counter) {
        Block input{0, counter, 'X', 0};
        std::copy_n(nonce.begin(), 12, input.begin() + 4);
        for (std::size_t i = 0; i < 16; ++i) {
            input[i] ^= subkey[i];
        }
        CHECK(EVP_EncryptUpdate(ecb, out.data() + 16 * (counter - 1), &written, input.data(), 16) ==
              1);
    }
    OPENSSL_cleanse(subkey.data(), subkey.size());
    return out;
}

/// The thread's GCM context, keyed for this message and fed with its associated data.
EVP_CIPHER_CTX* begin(const Secret& key, BytesView nonce, BytesView aad, bool encrypt) {
    EVP_CIPHER_CTX* const gcm = thread_contexts().gcm.get();
    std::array<std::uint8_t, 32> message_key = derive_key(key, nonce);
    CHECK(EVP_CipherInit_ex2(gcm, nullptr, message_key.data(), nonce.data() + 12, encrypt,
                             nullptr) == 1);
    OPENSSL_cleanse(message_key.data(), message_key.size());
    int written = 0;
    if (!aad.empty()) {
        CHECK(EVP_CipherUpdate(gcm, nullptr, &written, aad.data(), as_int(aad.size())) == 1);
    }
    return gcm;
}

} // namespace

Bytes seal(const Secret& key, BytesView nonce, BytesView plain, BytesView aad) {
    EVP_CIPHER_CTX* const gcm = begin(key, nonce, aad, true);
    Bytes out(plain.size() + aead_tag_size);
    std::uint8_t* const tag = out.data() + plain.size();
    int written = 0;
    if (!plain.empty()) {
        CHECK(EVP_CipherUpdate(gcm, out.data(), &written, plain.data(), as_int(plain.size())) == 1);
    }
    CHECK(EVP_CipherFinal_ex(gcm, tag, &written) == 1);
    CHECK(EVP_CIPHER_CTX_ctrl(gcm, EVP_CTRL_AEAD_GET_TAG, aead_tag_size, tag) == 1);
    return out;
}

std::optional<Bytes> open(const Secret& key, BytesView nonce, BytesView sealed, BytesView aad) {
    if (nonce.size() != aead_nonce_size || sealed.size() < aead_tag_size) {
        return std::nullopt;
    }
    EVP_CIPHER_CTX* const gcm = begin(key, nonce, aad, false);
    const BytesView body = sealed.first(sealed.size() - aead_tag_size);
    Bytes tag = to_bytes(sealed.last(aead_tag_size));
    Bytes out(body.size());
    int written = 0;
    if (!body.empty()) {
        CHECK(EVP_CipherUpdate(gcm, out.data(), &written, body.data(), as_int(body.size())) == 1);
    }
    CHECK(EVP_CIPHER_CTX_ctrl(gcm, EVP_CTRL_AEAD_SET_TAG, aead_tag_size, tag.data()) == 1);
    if (EVP_CipherFinal_ex(gcm, tag.data(), &written) != 1) {
        OPENSSL_cleanse(out.data(), out.size()); // unauthenticated plaintext must not linger
        return std::nullopt;
    }
    return out;
}

} // namespace atalaya::crypto
