#include "crypto/timestamp.hpp"

#include "base/check.hpp"

#include <algorithm>
#include <ctime>
#include <memory>
#include <openssl/err.h>
#include <openssl/pem.h>
#include <openssl/ts.h>
#include <openssl/x509_vfy.h>

namespace atalaya::crypto {
namespace {

template <auto Free>
struct Freed {
    template <class T>
    void operator()(T* object) const {
        Free(object);
    }
};
using Query = std::unique_ptr<TS_REQ, Freed<TS_REQ_free>>;
using Answer = std::unique_ptr<TS_RESP, Freed<TS_RESP_free>>;
using Token = std::unique_ptr<PKCS7, Freed<PKCS7_free>>;
using Check = std::unique_ptr<TS_VERIFY_CTX, Freed<TS_VERIFY_CTX_free>>;
using Store = std::unique_ptr<X509_STORE, Freed<X509_STORE_free>>;
using Info = std::unique_ptr<TS_TST_INFO, Freed<TS_TST_INFO_free>>;

template <class Pointer, class Decode>
Pointer decode(BytesView bytes, Decode der) {
    const unsigned char* next = bytes.data();
    if (bytes.size() > timestamp_bytes_max)
        return nullptr;
    Pointer out(der(nullptr, &next, static_cast<long>(bytes.size())));
    return out && next == bytes.data() + bytes.size() ? std::move(out) : nullptr;
}

template <class Object, class Encode>
Bytes encode(Object* object, Encode der) {
    unsigned char* made = nullptr;
    const int size = der(object, &made);
    CHECK(size > 0);
    Bytes out(made, made + size);
    OPENSSL_free(made);
    return out;
}

/// Empty when there is no certificate in it.
Store make_store(std::string_view authorities, Time at) {
    Store store(X509_STORE_new());
    CHECK(store);
    const std::unique_ptr<BIO, Freed<BIO_free_all>> in(
        BIO_new_mem_buf(authorities.data(), static_cast<int>(authorities.size())));
    int count = 0;
    while (X509* one = PEM_read_bio_X509(in.get(), nullptr, nullptr, nullptr)) {
        count += X509_STORE_add_cert(store.get(), one);
        X509_free(one);
    }
    // An authority that is no root may be named as well.
    X509_STORE_set_flags(store.get(), X509_V_FLAG_PARTIAL_CHAIN);
    X509_VERIFY_PARAM_set_time(X509_STORE_get0_param(store.get()), at.us / 1'000'000);
    return count > 0 ? std::move(store) : nullptr;
}

std::string why_not() {
    const char* reason = ERR_reason_error_string(ERR_peek_last_error());
    std::string out = reason ? reason : "it does not hold";
    ERR_clear_error();
    return out;
}

Result<Timestamp> read_info(TS_TST_INFO* info) {
    const ParseError refused{"the timestamp is not of the known form"};
    TS_MSG_IMPRINT* const imprint = TS_TST_INFO_get_msg_imprint(info);
    const ASN1_OCTET_STRING* const hash = TS_MSG_IMPRINT_get_msg(imprint);
    const ASN1_OBJECT* algorithm = nullptr;
    X509_ALGOR_get0(&algorithm, nullptr, nullptr, TS_MSG_IMPRINT_get_algo(imprint));
    Timestamp out;
    std::tm at{};
    if (OBJ_obj2nid(algorithm) != NID_sha256 ||
        ASN1_STRING_length(hash) != static_cast<int>(out.imprint.size()) ||
        ASN1_TIME_to_tm(TS_TST_INFO_get_time(info), &at) != 1)
        return refused;
    std::copy_n(ASN1_STRING_get0_data(hash), out.imprint.size(), out.imprint.begin());
    out.at.us = static_cast<std::int64_t>(timegm(&at)) * 1'000'000;
    return out;
}

Result<Timestamp> read_token(PKCS7* token) {
    const Info info(PKCS7_to_TS_TST_INFO(token));
    ERR_clear_error();
    if (!info)
        return ParseError{"the timestamp is not of the known form"};
    return read_info(info.get());
}

} // namespace

Bytes make_timestamp_query(const Hash& imprint, std::uint64_t nonce) {
    const Query query(TS_REQ_new());
    const std::unique_ptr<TS_MSG_IMPRINT, Freed<TS_MSG_IMPRINT_free>> what(TS_MSG_IMPRINT_new());
    const std::unique_ptr<X509_ALGOR, Freed<X509_ALGOR_free>> algorithm(X509_ALGOR_new());
    const std::unique_ptr<ASN1_INTEGER, Freed<ASN1_INTEGER_free>> number(ASN1_INTEGER_new());
    CHECK(query && what && algorithm && number);
    Hash bytes = imprint;
    CHECK(X509_ALGOR_set0(algorithm.get(), OBJ_nid2obj(NID_sha256), V_ASN1_NULL, nullptr) == 1);
    CHECK(TS_MSG_IMPRINT_set_algo(what.get(), algorithm.get()) == 1);
    CHECK(TS_MSG_IMPRINT_set_msg(what.get(), bytes.data(), static_cast<int>(bytes.size())) == 1);
    CHECK(ASN1_INTEGER_set_uint64(number.get(), nonce) == 1);
    CHECK(TS_REQ_set_version(query.get(), 1) == 1);
    CHECK(TS_REQ_set_msg_imprint(query.get(), what.get()) == 1);
    CHECK(TS_REQ_set_nonce(query.get(), number.get()) == 1);
    CHECK(TS_REQ_set_cert_req(query.get(), 1) == 1);
    return encode(query.get(), i2d_TS_REQ);
}

bool holds_certificate(std::string_view authorities) {
    const bool holds = make_store(authorities, Time{}) != nullptr;
    ERR_clear_error();
    return holds;
}

Result<Bytes> accept_timestamp_answer(BytesView answer, BytesView query,
                                      std::string_view authorities, Time now) {
    const auto asked = decode<Query>(query, d2i_TS_REQ);
    CHECK_REQUEST(asked);
    const auto given = decode<Answer>(answer, d2i_TS_RESP);
    ERR_clear_error();
    if (!given)
        return ParseError{"the answer is no timestamp answer"};
    Store store = make_store(authorities, now);
    ERR_clear_error();
    if (!store)
        return ParseError{"no authority is known"};
    const Check check(TS_REQ_to_TS_VERIFY_CTX(asked.get(), nullptr));
    CHECK(check);
    TS_VERIFY_CTX_add_flags(check.get(), TS_VFY_SIGNATURE);
    TS_VERIFY_CTX_set_store(check.get(), store.release());
    if (TS_RESP_verify_response(check.get(), given.get()) != 1)
        return ParseError{why_not()};
    return encode(TS_RESP_get_token(given.get()), i2d_PKCS7);
}

Result<Timestamp> parse_timestamp(BytesView token) {
    const auto signed_data = decode<Token>(token, d2i_PKCS7);
    ERR_clear_error();
    if (!signed_data)
        return ParseError{"the timestamp is not of the known form"};
    return read_token(signed_data.get());
}

Result<Timestamp> verify_timestamp(BytesView token, std::string_view authorities) {
    auto said = parse_timestamp(token);
    if (!said)
        return said;
    Store store = make_store(authorities, said->at);
    ERR_clear_error();
    if (!store)
        return ParseError{"no authority is known"};
    const auto signed_data = decode<Token>(token, d2i_PKCS7);
    const Check check(TS_VERIFY_CTX_new());
    CHECK(check && signed_data);
    TS_VERIFY_CTX_set_flags(check.get(), TS_VFY_VERSION | TS_VFY_SIGNATURE);
    TS_VERIFY_CTX_set_store(check.get(), store.release());
    if (TS_RESP_verify_token(check.get(), signed_data.get()) != 1)
        return ParseError{why_not()};
    return said;
}

} // namespace atalaya::crypto
