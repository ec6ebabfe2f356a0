// TLS for this room: contexts with our rules (TLS 1.2 or later, ECDHE with AEAD, HTTP/1.1 by ALPN),
// and the fingerprint that agents pin. The only place that sets TLS parameters.
//
// A ServerTls is owned by the server; any thread. Failures throw std::runtime_error naming the file
// and why.
#pragma once

#include "base/result.hpp"

#include <filesystem>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>

struct ssl_st;
struct ssl_ctx_st;
struct x509_st;

namespace atalaya::net {

struct TlsFree {
    void operator()(ssl_st* session) const;
    void operator()(ssl_ctx_st* context) const;
};
using TlsContext = std::unique_ptr<ssl_ctx_st, TlsFree>;
using TlsSession = std::unique_ptr<ssl_st, TlsFree>;

TlsContext make_server_context(const std::filesystem::path& certificate,
                               const std::filesystem::path& key);

/// Trusts `ca_file`, or the system's authorities when it is empty. `verify` false leaves the check
/// to the caller's pin.
TlsContext make_client_context(const std::filesystem::path& ca_file, bool verify);

/// A server's certificate that can be read again while connections go on.
class ServerTls {
  public:
    ServerTls(std::filesystem::path certificate, std::filesystem::path key);
    void reload();
    TlsSession make_session();

  private:
    const std::filesystem::path certificate_;
    const std::filesystem::path key_;
    std::mutex mutex_;
    TlsContext context_;
};

/// Base64 of the SHA-256 of the SubjectPublicKeyInfo (RFC 7469) of the first certificate in the PEM
/// text.
Result<std::string> spki_pin(std::string_view certificate_pem);
/// The same of a certificate in hand.
std::string spki_pin(x509_st& certificate);

/// What OpenSSL's error queue says first, in words; empties the queue.
std::string tls_error();

} // namespace atalaya::net
