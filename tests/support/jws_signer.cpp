#include "support/jws_signer.hpp"

#include "base/check.hpp"
#include "base/text.hpp"

#include <array>
#include <openssl/core_names.h>
#include <openssl/ecdsa.h>
#include <openssl/evp.h>
#include <openssl/rsa.h>

namespace atalaya::jwstest {
namespace {

using crypto::SignatureAlgorithm;

std::string name_of(SignatureAlgorithm algorithm) {
    switch (algorithm) {
    case SignatureAlgorithm::rs256:
        return "RS256";
    case SignatureAlgorithm::ps256:
        return "PS256";
    case SignatureAlgorithm::es256:
        return "ES256";
    case SignatureAlgorithm::eddsa:
        return "EdDSA";
    }
    return "";
}

EVP_PKEY* make_key(SignatureAlgorithm algorithm) {
    if (algorithm == SignatureAlgorithm::es256)
        return EVP_EC_gen("P-256");
    if (algorithm == SignatureAlgorithm::eddsa)
        return EVP_PKEY_Q_keygen(nullptr, nullptr, "ED25519");
    return EVP_RSA_gen(2048);
}

Bytes number(EVP_PKEY* key, const char* name, int size) {
    BIGNUM* number = nullptr;
    CHECK(EVP_PKEY_get_bn_param(key, name, &number) == 1);
    Bytes out(static_cast<std::size_t>(size > 0 ? size : BN_num_bytes(number)));
    CHECK(BN_bn2binpad(number, out.data(), static_cast<int>(out.size())) >= 0);
    BN_free(number);
    return out;
}

/// Two numbers of 32 bytes, side by side.
Bytes from_der(const Bytes& der) {
    const unsigned char* at = der.data();
    ECDSA_SIG* pair = d2i_ECDSA_SIG(nullptr, &at, static_cast<long>(der.size()));
    CHECK(pair);
    Bytes out(64);
    BN_bn2binpad(ECDSA_SIG_get0_r(pair), out.data(), 32);
    BN_bn2binpad(ECDSA_SIG_get0_s(pair), out.data() + 32, 32);
    ECDSA_SIG_free(pair);
    return out;
}

std::string encode(const shape::Json& json) {
    return to_base64url(as_bytes(shape::write_json(json)));
}

} // namespace

Signer::Signer(SignatureAlgorithm algorithm, std::string key_id)
    : algorithm_(algorithm),
      name_(name_of(algorithm)),
      key_id_(std::move(key_id)),
      key_(make_key(algorithm), EVP_PKEY_free) {
    CHECK(key_);
}

shape::Json Signer::jwk() const {
    shape::Json out =
        shape::json_object({{"kid", key_id_}, {"use", "sig"}, {"alg", algorithm_name()}});
    const auto put = [&](std::string_view name, const Bytes& bytes) {
        out.set(name, to_base64url(bytes));
    };
    if (algorithm_ == SignatureAlgorithm::eddsa) {
        Bytes raw(32);
        std::size_t size = raw.size();
        CHECK(EVP_PKEY_get_raw_public_key(key_.get(), raw.data(), &size) == 1);
        out.set("kty", "OKP").set("crv", "Ed25519");
        put("x", raw);
    } else if (algorithm_ == SignatureAlgorithm::es256) {
        out.set("kty", "EC").set("crv", "P-256");
        put("x", number(key_.get(), OSSL_PKEY_PARAM_EC_PUB_X, 32));
        put("y", number(key_.get(), OSSL_PKEY_PARAM_EC_PUB_Y, 32));
    } else {
        out.set("kty", "RSA");
        put("n", number(key_.get(), OSSL_PKEY_PARAM_RSA_N, 0));
        put("e", number(key_.get(), OSSL_PKEY_PARAM_RSA_E, 0));
    }
    return out;
}

Bytes Signer::sign(std::string_view text) const {
    const std::unique_ptr<EVP_MD_CTX, void (*)(EVP_MD_CTX*)> context(EVP_MD_CTX_new(),
                                                                     EVP_MD_CTX_free);
    EVP_PKEY_CTX* key_context = nullptr;
    const EVP_MD* digest = algorithm_ == SignatureAlgorithm::eddsa ? nullptr : EVP_sha256();
    CHECK(EVP_DigestSignInit(context.get(), &key_context, digest, nullptr, key_.get()) == 1);
    if (algorithm_ == SignatureAlgorithm::ps256) {
        CHECK(EVP_PKEY_CTX_set_rsa_padding(key_context, RSA_PKCS1_PSS_PADDING) == 1);
        CHECK(EVP_PKEY_CTX_set_rsa_pss_saltlen(key_context, RSA_PSS_SALTLEN_DIGEST) == 1);
    }
    const BytesView bytes = as_bytes(text);
    std::size_t size = 0;
    CHECK(EVP_DigestSign(context.get(), nullptr, &size, bytes.data(), bytes.size()) == 1);
    Bytes out(size);
    CHECK(EVP_DigestSign(context.get(), out.data(), &size, bytes.data(), bytes.size()) == 1);
    out.resize(size);
    return algorithm_ == SignatureAlgorithm::es256 ? from_der(out) : out;
}

std::string Signer::token(const shape::Json& claims, shape::Json header) const {
    if (!header.find("alg"))
        header.set("alg", algorithm_name());
    if (!header.find("kid"))
        header.set("kid", key_id_);
    const std::string text = encode(header) + "." + encode(claims);
    return text + "." + to_base64url(sign(text));
}

std::string key_set(std::initializer_list<shape::Json> keys) {
    return shape::write_json(shape::json_object({{"keys", shape::Array(keys)}}));
}

} // namespace atalaya::jwstest
