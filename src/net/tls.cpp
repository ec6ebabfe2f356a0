#include "net/tls.hpp"

#include "base/text.hpp"

#include <array>
#include <cstring>
#include <new>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/ssl.h>
#include <openssl/x509.h>
#include <stdexcept>

namespace atalaya::net {
namespace {

// TLS 1.2 suites; those of 1.3 are all AEAD with ephemeral keys.
constexpr const char* tls12_suites = "ECDHE+AESGCM:ECDHE+CHACHA20";
constexpr std::string_view http_1_1 = "\x08http/1.1";

/// Offers http/1.1 only. A client that speaks something else (ALPN names another protocol) is
/// turned away, so that its bytes are never taken for HTTP.
int choose_protocol(SSL*, const unsigned char** out, unsigned char* out_size,
                    const unsigned char* offered, unsigned offered_size, void*) {
    unsigned char* chosen = nullptr;
    const auto* ours = reinterpret_cast<const unsigned char*>(http_1_1.data());
    if (SSL_select_next_proto(&chosen, out_size, ours, static_cast<unsigned>(http_1_1.size()),
                              offered, offered_size) != OPENSSL_NPN_NEGOTIATED)
        return SSL_TLSEXT_ERR_ALERT_FATAL;
    *out = chosen;
    return SSL_TLSEXT_ERR_OK;
}

void require(bool ok, const std::string& what) {
    if (!ok)
        throw std::runtime_error(what + ": " + tls_error());
}

TlsContext make_context(const SSL_METHOD* method) {
    TlsContext context(SSL_CTX_new(method));
    require(context != nullptr, "TLS cannot start");
    SSL_CTX* raw = context.get();
    require(SSL_CTX_set_min_proto_version(raw, TLS1_2_VERSION) == 1, "TLS 1.2");
    require(SSL_CTX_set_cipher_list(raw, tls12_suites) == 1, "TLS cipher suites");
    require(SSL_CTX_set1_groups_list(raw, "X25519:P-256:P-384") == 1, "TLS groups");
    SSL_CTX_set_options(raw, SSL_OP_NO_COMPRESSION | SSL_OP_NO_RENEGOTIATION);
    SSL_CTX_set_mode(raw, SSL_MODE_RELEASE_BUFFERS | SSL_MODE_ENABLE_PARTIAL_WRITE |
                              SSL_MODE_ACCEPT_MOVING_WRITE_BUFFER);
    return context;
}

} // namespace

void TlsFree::operator()(ssl_st* session) const { SSL_free(session); }
void TlsFree::operator()(ssl_ctx_st* context) const { SSL_CTX_free(context); }

std::string tls_error() {
    const unsigned long code = ERR_get_error();
    ERR_clear_error();
    const char* reason = code ? ERR_reason_error_string(code) : nullptr;
    if (code && ERR_SYSTEM_ERROR(code))
        return std::strerror(ERR_GET_REASON(code));
    return reason ? reason : "unknown reason";
}

TlsContext make_server_context(const std::filesystem::path& certificate,
                               const std::filesystem::path& key) {
    TlsContext context = make_context(TLS_server_method());
    SSL_CTX* raw = context.get();
    require(SSL_CTX_use_certificate_chain_file(raw, certificate.c_str()) == 1,
            "The TLS certificate " + certificate.string() + " cannot be used");
    require(SSL_CTX_use_PrivateKey_file(raw, key.c_str(), SSL_FILETYPE_PEM) == 1,
            "The TLS key " + key.string() + " cannot be used");
    require(SSL_CTX_check_private_key(raw) == 1,
            "The TLS key " + key.string() + " does not belong to its certificate");
    SSL_CTX_set_options(raw, SSL_OP_CIPHER_SERVER_PREFERENCE);
    SSL_CTX_set_alpn_select_cb(raw, choose_protocol, nullptr);
    // Sessions resume by tickets only: the server keeps nothing.
    SSL_CTX_set_session_cache_mode(raw, SSL_SESS_CACHE_OFF);
    return context;
}

TlsContext make_client_context(const std::filesystem::path& ca_file, bool verify) {
    TlsContext context = make_context(TLS_client_method());
    SSL_CTX* raw = context.get();
    if (verify) {
        if (ca_file.empty()) {
            require(SSL_CTX_set_default_verify_paths(raw) == 1,
                    "The system's authorities cannot be read");
        } else {
            require(SSL_CTX_load_verify_file(raw, ca_file.c_str()) == 1,
                    "The authority file " + ca_file.string() + " cannot be used");
        }
    }
    SSL_CTX_set_verify(raw, verify ? SSL_VERIFY_PEER : SSL_VERIFY_NONE, nullptr);
    require(SSL_CTX_set_alpn_protos(raw, reinterpret_cast<const unsigned char*>(http_1_1.data()),
                                    static_cast<unsigned>(http_1_1.size())) == 0,
            "TLS ALPN");
    return context;
}

ServerTls::ServerTls(std::filesystem::path certificate, std::filesystem::path key)
    : certificate_(std::move(certificate)),
      key_(std::move(key)),
      context_(make_server_context(certificate_, key_)) {}

void ServerTls::reload() {
    TlsContext fresh = make_server_context(certificate_, key_);
    const std::lock_guard lock(mutex_);
    context_.swap(fresh);
}

TlsSession ServerTls::make_session() {
    const std::lock_guard lock(mutex_);
    TlsSession session(SSL_new(context_.get())); // holds its context by itself
    if (!session)
        throw std::bad_alloc();
    return session;
}

Result<std::string> spki_pin(std::string_view certificate_pem) {
    const std::unique_ptr<BIO, decltype(&BIO_free)> text(
        BIO_new_mem_buf(certificate_pem.data(), static_cast<int>(certificate_pem.size())),
        BIO_free);
    const std::unique_ptr<X509, decltype(&X509_free)> certificate(
        PEM_read_bio_X509(text.get(), nullptr, nullptr, nullptr), X509_free);
    ERR_clear_error();
    if (!certificate)
        return ParseError{"there is no certificate in PEM form"};
    return {boost::system::in_place_value, spki_pin(*certificate)};
}

std::string spki_pin(x509_st& certificate) {
    unsigned char* der = nullptr;
    const int size = i2d_X509_PUBKEY(X509_get_X509_PUBKEY(&certificate), &der);
    require(size > 0, "The certificate's key cannot be read");
    std::array<std::uint8_t, 32> digest;
    EVP_Digest(der, static_cast<std::size_t>(size), digest.data(), nullptr, EVP_sha256(), nullptr);
    OPENSSL_free(der);
    return to_base64(digest);
}

} // namespace atalaya::net
