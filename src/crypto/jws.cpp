#include "crypto/jws.hpp"

#include "base/check.hpp"

#include <array>
#include <openssl/core_names.h>
#include <openssl/ecdsa.h>
#include <openssl/evp.h>
#include <openssl/param_build.h>
#include <openssl/rsa.h>

namespace atalaya::crypto {
namespace {

constexpr std::size_t coordinate_size = 32;
constexpr int rsa_bits_min = 2048;
constexpr int rsa_bits_max = 8192;
constexpr int exponent_bits_max = 32;

struct Free {
    void operator()(BIGNUM* number) const { BN_free(number); }
    void operator()(OSSL_PARAM_BLD* build) const { OSSL_PARAM_BLD_free(build); }
    void operator()(OSSL_PARAM* parameters) const { OSSL_PARAM_free(parameters); }
    void operator()(EVP_PKEY_CTX* context) const { EVP_PKEY_CTX_free(context); }
    void operator()(EVP_MD_CTX* context) const { EVP_MD_CTX_free(context); }
    void operator()(ECDSA_SIG* signature) const { ECDSA_SIG_free(signature); }
};
template <class T>
using Owned = std::unique_ptr<T, Free>;

Owned<BIGNUM> make_number(BytesView bytes) {
    Owned<BIGNUM> number(BN_bin2bn(bytes.data(), static_cast<int>(bytes.size()), nullptr));
    CHECK(number);
    return number;
}

/// Null when OpenSSL finds no sound public key in the parameters.
EVP_PKEY* make_key(const char* type, OSSL_PARAM_BLD* build) {
    const Owned<OSSL_PARAM> parameters(OSSL_PARAM_BLD_to_param(build));
    const Owned<EVP_PKEY_CTX> context(EVP_PKEY_CTX_new_from_name(nullptr, type, nullptr));
    CHECK(parameters && context && EVP_PKEY_fromdata_init(context.get()) == 1);
    EVP_PKEY* key = nullptr;
    if (EVP_PKEY_fromdata(context.get(), &key, EVP_PKEY_PUBLIC_KEY, parameters.get()) != 1)
        return nullptr;
    const Owned<EVP_PKEY_CTX> check(EVP_PKEY_CTX_new_from_pkey(nullptr, key, nullptr));
    CHECK(check);
    if (EVP_PKEY_public_check(check.get()) == 1)
        return key;
    EVP_PKEY_free(key);
    return nullptr;
}

/// JWS gives the two numbers side by side, OpenSSL wants them in DER.
Bytes to_der(BytesView signature) {
    const Owned<ECDSA_SIG> pair(ECDSA_SIG_new());
    CHECK(pair);
    CHECK(ECDSA_SIG_set0(pair.get(), make_number(signature.first(coordinate_size)).release(),
                         make_number(signature.subspan(coordinate_size)).release()) == 1);
    unsigned char* out = nullptr;
    const int size = i2d_ECDSA_SIG(pair.get(), &out);
    CHECK(size > 0);
    Bytes der(out, out + size);
    OPENSSL_free(out);
    return der;
}

bool set_padding(EVP_PKEY_CTX* context, SignatureAlgorithm algorithm) {
    if (algorithm == SignatureAlgorithm::rs256)
        return EVP_PKEY_CTX_set_rsa_padding(context, RSA_PKCS1_PADDING) == 1;
    return EVP_PKEY_CTX_set_rsa_padding(context, RSA_PKCS1_PSS_PADDING) == 1 &&
           EVP_PKEY_CTX_set_rsa_pss_saltlen(context, RSA_PSS_SALTLEN_DIGEST) == 1;
}

} // namespace

std::optional<SignatureAlgorithm> parse_signature_algorithm(std::string_view name) {
    if (name == "RS256")
        return SignatureAlgorithm::rs256;
    if (name == "PS256")
        return SignatureAlgorithm::ps256;
    if (name == "ES256")
        return SignatureAlgorithm::es256;
    if (name == "EdDSA")
        return SignatureAlgorithm::eddsa;
    return std::nullopt;
}

JwsKey::JwsKey(Kind kind, evp_pkey_st* key) : kind_(kind), key_(key, EVP_PKEY_free) {}

Result<JwsKey> JwsKey::from_rsa(BytesView modulus, BytesView exponent) {
    if (modulus.size() > rsa_bits_max / 8 + 1 || exponent.size() > 8)
        return ParseError{"an RSA key of that size is not taken"};
    const auto n = make_number(modulus);
    const auto e = make_number(exponent);
    const int bits = BN_num_bits(n.get());
    if (bits < rsa_bits_min || bits > rsa_bits_max || !BN_is_odd(n.get()))
        return ParseError{"an RSA key of that size is not taken"};
    if (BN_num_bits(e.get()) < 2 || BN_num_bits(e.get()) > exponent_bits_max || !BN_is_odd(e.get()))
        return ParseError{"the exponent of an RSA key must be odd and short"};
    const Owned<OSSL_PARAM_BLD> build(OSSL_PARAM_BLD_new());
    CHECK(build && OSSL_PARAM_BLD_push_BN(build.get(), OSSL_PKEY_PARAM_RSA_N, n.get()) == 1 &&
          OSSL_PARAM_BLD_push_BN(build.get(), OSSL_PKEY_PARAM_RSA_E, e.get()) == 1);
    EVP_PKEY* key = make_key("RSA", build.get());
    if (!key)
        return ParseError{"no RSA key"};
    return JwsKey(Kind::rsa, key);
}

Result<JwsKey> JwsKey::from_p256(BytesView x, BytesView y) {
    if (x.size() != coordinate_size || y.size() != coordinate_size)
        return ParseError{"a coordinate of P-256 has 32 bytes"};
    Writer point;
    point.u8(4).raw(x).raw(y);
    const Owned<OSSL_PARAM_BLD> build(OSSL_PARAM_BLD_new());
    CHECK(build &&
          OSSL_PARAM_BLD_push_utf8_string(build.get(), OSSL_PKEY_PARAM_GROUP_NAME, "P-256", 0) ==
              1 &&
          OSSL_PARAM_BLD_push_octet_string(build.get(), OSSL_PKEY_PARAM_PUB_KEY,
                                           point.bytes().data(), point.bytes().size()) == 1);
    EVP_PKEY* key = make_key("EC", build.get());
    if (!key)
        return ParseError{"no point of P-256"};
    return JwsKey(Kind::p256, key);
}

Result<JwsKey> JwsKey::from_ed25519(BytesView key) {
    EVP_PKEY* made = key.size() == 32 ? EVP_PKEY_new_raw_public_key(EVP_PKEY_ED25519, nullptr,
                                                                    key.data(), key.size())
                                      : nullptr;
    if (!made)
        return ParseError{"an Ed25519 key has 32 bytes"};
    return JwsKey(Kind::ed25519, made);
}

bool JwsKey::fits(SignatureAlgorithm algorithm) const {
    switch (kind_) {
    case Kind::rsa:
        return algorithm == SignatureAlgorithm::rs256 || algorithm == SignatureAlgorithm::ps256;
    case Kind::p256:
        return algorithm == SignatureAlgorithm::es256;
    case Kind::ed25519:
        return algorithm == SignatureAlgorithm::eddsa;
    }
    return false;
}

bool JwsKey::verify(SignatureAlgorithm algorithm, std::string_view message,
                    BytesView signature) const {
    if (!fits(algorithm))
        return false;
    Bytes der;
    if (kind_ == Kind::p256) {
        if (signature.size() != 2 * coordinate_size)
            return false;
        der = to_der(signature);
        signature = der;
    }
    const Owned<EVP_MD_CTX> context(EVP_MD_CTX_new());
    CHECK(context);
    EVP_PKEY_CTX* key_context = nullptr; // owned by the other
    const EVP_MD* digest = kind_ == Kind::ed25519 ? nullptr : EVP_sha256();
    if (EVP_DigestVerifyInit(context.get(), &key_context, digest, nullptr, key_.get()) != 1)
        return false;
    if (kind_ == Kind::rsa && !set_padding(key_context, algorithm))
        return false;
    const BytesView bytes = as_bytes(message);
    return EVP_DigestVerify(context.get(), signature.data(), signature.size(), bytes.data(),
                            bytes.size()) == 1;
}

} // namespace atalaya::crypto
