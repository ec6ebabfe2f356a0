#include "crypto/hash.hpp"

#include "base/check.hpp"

#include <algorithm>
#include <openssl/crypto.h>
#include <openssl/evp.h>

namespace atalaya::crypto {

namespace {

/// Fetched once: an implicit fetch on each call costs more than hashing a short message.
const EVP_MD* sha256_method() {
    static const EVP_MD* const method = EVP_MD_fetch(nullptr, "SHA256", nullptr);
    CHECK(method);
    return method;
}

/// The context of one-shot hashing, kept for each thread to spare the allocation.
Sha256& thread_hasher() {
    thread_local Sha256 hasher;
    return hasher;
}

} // namespace

void Sha256::Free::operator()(evp_md_ctx_st* context) const { EVP_MD_CTX_free(context); }

Sha256::Sha256() : context_(EVP_MD_CTX_new()) {
    CHECK(context_);
    CHECK(EVP_DigestInit_ex2(context_.get(), sha256_method(), nullptr) == 1);
}

Sha256& Sha256::update(BytesView data) {
    CHECK(EVP_DigestUpdate(context_.get(), data.data(), data.size()) == 1);
    return *this;
}

Hash Sha256::finish() {
    Hash out;
    CHECK(EVP_DigestFinal_ex(context_.get(), out.data(), nullptr) == 1);
    CHECK(EVP_DigestInit_ex2(context_.get(), sha256_method(), nullptr) == 1);
    return out;
}

Hash sha256(BytesView data) { return thread_hasher().update(data).finish(); }

Hash hmac_sha256(BytesView key, BytesView data) {
    constexpr std::size_t block = 64;
    std::array<std::uint8_t, block> inner{};
    if (key.size() > block) {
        const Hash short_key = sha256(key);
        std::copy(short_key.begin(), short_key.end(), inner.begin());
    } else {
        std::copy(key.begin(), key.end(), inner.begin());
    }
    std::array<std::uint8_t, block> outer = inner;
    for (std::size_t i = 0; i < block; ++i) {
        inner[i] ^= 0x36;
        outer[i] ^= 0x5c;
    }
    const Hash first = thread_hasher().update(inner).update(data).finish();
    const Hash out = thread_hasher().update(outer).update(first).finish();
    OPENSSL_cleanse(inner.data(), block);
    OPENSSL_cleanse(outer.data(), block);
    return out;
}

Bytes hkdf_sha256(BytesView key, std::string_view info, std::size_t size, BytesView salt) {
    CHECK(size <= 255 * std::tuple_size_v<Hash>);
    Hash extracted = hmac_sha256(salt, key);
    Hash block{};
    Bytes input;                                   // previous block | info | counter
    input.reserve(block.size() + info.size() + 1); // growing would leave copies behind
    Bytes out;
    out.reserve(size + block.size());
    for (std::uint8_t counter = 1; out.size() < size; ++counter) {
        input.insert(input.end(), info.begin(), info.end());
        input.push_back(counter);
        block = hmac_sha256(extracted, input);
        out.insert(out.end(), block.begin(), block.end());
        input.assign(block.begin(), block.end());
    }
    out.resize(size);
    OPENSSL_cleanse(extracted.data(), extracted.size());
    OPENSSL_cleanse(block.data(), block.size());
    OPENSSL_cleanse(input.data(), input.size());
    return out;
}

bool equal_constant_time(BytesView left, BytesView right) {
    return left.size() == right.size() &&
           CRYPTO_memcmp(left.data(), right.data(), left.size()) == 0;
}

} // namespace atalaya::crypto
