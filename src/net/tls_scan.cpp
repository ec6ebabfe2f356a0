#include "net/tls_scan.hpp"

#include "net/tls.hpp"

#include <memory>
#include <openssl/bio.h>
#include <openssl/ssl.h>
#include <stdexcept>
#include <sys/socket.h>
#include <sys/time.h>

namespace atalaya::net {
namespace {

int number_of(TlsVersion version) {
    switch (version) {
    case TlsVersion::tls1_1:
        return TLS1_1_VERSION;
    case TlsVersion::tls1_2:
        return TLS1_2_VERSION;
    case TlsVersion::tls1_3:
        return TLS1_3_VERSION;
    }
    return 0;
}

struct FreeBio {
    void operator()(BIO* bio) const { BIO_free_all(bio); }
};

} // namespace

std::optional<std::string> negotiate(const std::string& host, std::uint16_t port,
                                     TlsVersion newest) {
    const TlsContext context(SSL_CTX_new(TLS_client_method()));
    if (!context)
        throw std::runtime_error("TLS cannot start: " + tls_error());
    // Debian's policy would not even offer what is tried here.
    SSL_CTX_set_security_level(context.get(), 0);
    SSL_CTX_set_min_proto_version(context.get(), TLS1_VERSION);
    SSL_CTX_set_max_proto_version(context.get(), number_of(newest));
    SSL_CTX_set_cipher_list(context.get(), "ALL:@SECLEVEL=0");

    const std::unique_ptr<BIO, FreeBio> socket(
        BIO_new_connect((host + ":" + std::to_string(port)).c_str()));
    if (!socket || BIO_do_connect(socket.get()) != 1)
        throw std::runtime_error("nobody answers at " + host + ":" + std::to_string(port));
    const timeval patience{5, 0};
    int descriptor = -1;
    BIO_get_fd(socket.get(), &descriptor);
    setsockopt(descriptor, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience);
    setsockopt(descriptor, SOL_SOCKET, SO_SNDTIMEO, &patience, sizeof patience);

    const TlsSession session(SSL_new(context.get()));
    if (!session)
        throw std::runtime_error("TLS cannot start: " + tls_error());
    BIO_up_ref(socket.get());
    SSL_set_bio(session.get(), socket.get(), socket.get());
    const bool agreed = SSL_connect(session.get()) == 1;
    tls_error(); // empties the queue of this thread
    if (!agreed)
        return std::nullopt;
    return SSL_get_version(session.get());
}

} // namespace atalaya::net
