#include "net/connection.hpp"

#include "net/address.hpp"

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>
#include <memory>
#include <netdb.h>
#include <netinet/tcp.h>
#include <openssl/bio.h>
#include <openssl/err.h>
#include <openssl/ssl.h>
#include <openssl/x509v3.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

namespace atalaya::net {
namespace {

constexpr std::size_t read_bytes = 16 * 1024;

std::string system_error() { return std::strerror(errno); }

int send_quietly(BIO* bio, const char* data, int size) {
    const auto socket = static_cast<int>(BIO_get_fd(bio, nullptr));
    const auto sent =
        static_cast<int>(send(socket, data, static_cast<std::size_t>(size), MSG_NOSIGNAL));
    BIO_clear_retry_flags(bio);
    if (sent <= 0 && BIO_sock_should_retry(sent))
        BIO_set_retry_write(bio);
    return sent;
}

/// OpenSSL's socket BIO writes without MSG_NOSIGNAL: a server that hangs up would end our program.
const BIO_METHOD* quiet_socket() {
    static const auto made = [] {
        BIO_METHOD* method = BIO_meth_new(BIO_TYPE_SOCKET, "socket without SIGPIPE");
        const BIO_METHOD* plain = BIO_s_socket();
        BIO_meth_set_write(method, send_quietly);
        BIO_meth_set_read(method, BIO_meth_get_read(plain));
        BIO_meth_set_ctrl(method, BIO_meth_get_ctrl(plain));
        BIO_meth_set_create(method, BIO_meth_get_create(plain));
        BIO_meth_set_destroy(method, BIO_meth_get_destroy(plain));
        return std::unique_ptr<BIO_METHOD, decltype(&BIO_meth_free)>(method, BIO_meth_free);
    }();
    return made.get();
}

} // namespace

Connection::Connection(const Target& target, Deadline deadline) {
    try {
        connect_to(target, deadline);
        if (target.tls)
            start_tls(target, deadline);
    } catch (...) {
        close_socket();
        throw;
    }
}

Connection::~Connection() {
    if (tls_)
        SSL_shutdown(tls_.get()); // says good-bye if that goes without waiting
    ERR_clear_error();
    close_socket();
}

void Connection::close_socket() {
    if (socket_ >= 0)
        close(socket_);
    socket_ = -1;
}

void Connection::connect_to(const Target& target, Deadline deadline) {
    addrinfo hints{};
    hints.ai_socktype = SOCK_STREAM;
    hints.ai_flags = AI_NUMERICSERV | AI_ADDRCONFIG;
    if (parse_address(target.host))
        hints.ai_flags = AI_NUMERICSERV | AI_NUMERICHOST;
    addrinfo* found = nullptr;
    const int error =
        getaddrinfo(target.host.c_str(), std::to_string(target.port).c_str(), &hints, &found);
    if (error != 0)
        throw ConnectionFault("the server's name cannot be resolved: " +
                              std::string(gai_strerror(error)));
    const std::unique_ptr<addrinfo, decltype(&freeaddrinfo)> addresses(found, freeaddrinfo);
    std::string reason;
    for (const addrinfo* at = addresses.get(); at; at = at->ai_next) {
        const int failure = try_address(*at, deadline);
        if (failure == 0) {
            const int on = 1;
            setsockopt(socket_, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
            return;
        }
        reason = std::strerror(failure);
    }
    throw ConnectionFault("the server cannot be reached: " + reason);
}

int Connection::try_address(const addrinfo& address, Deadline deadline) {
    close_socket();
    socket_ = socket(address.ai_family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
    if (socket_ < 0)
        return errno;
    if (connect(socket_, address.ai_addr, address.ai_addrlen) == 0)
        return 0;
    if (errno != EINPROGRESS)
        return errno;
    wait(POLLOUT, deadline);
    int failure = 0;
    socklen_t size = sizeof failure;
    getsockopt(socket_, SOL_SOCKET, SO_ERROR, &failure, &size);
    return failure;
}

void Connection::start_tls(const Target& target, Deadline deadline) {
    tls_.reset(SSL_new(target.tls));
    BIO* bio = BIO_new(quiet_socket());
    if (!tls_ || !bio)
        throw std::bad_alloc();
    BIO_set_fd(bio, socket_, BIO_NOCLOSE);
    SSL_set_bio(tls_.get(), bio, bio);
    const bool numeric = parse_address(target.host).has_value();
    if (!numeric)
        SSL_set_tlsext_host_name(tls_.get(), target.host.c_str());
    if (target.verify_name && numeric) {
        X509_VERIFY_PARAM_set1_ip_asc(SSL_get0_param(tls_.get()), target.host.c_str());
    } else if (target.verify_name) {
        SSL_set_hostflags(tls_.get(), X509_CHECK_FLAG_NO_PARTIAL_WILDCARDS);
        SSL_set1_host(tls_.get(), target.host.c_str());
    }
    for (;;) {
        const int result = SSL_connect(tls_.get());
        if (result == 1)
            break;
        const Want want = tls_want(result);
        if (want == Want::nothing) {
            const long verdict = SSL_get_verify_result(tls_.get());
            const std::string why =
                verdict == X509_V_OK ? tls_error() : X509_verify_cert_error_string(verdict);
            throw ConnectionFault("the server's identity could not be established: " + why);
        }
        wait(want == Want::read ? POLLIN : POLLOUT, deadline);
    }
    if (!target.pins.empty())
        check_pin(target);
}

void Connection::check_pin(const Target& target) {
    const std::unique_ptr<X509, decltype(&X509_free)> leaf(SSL_get1_peer_certificate(tls_.get()),
                                                           X509_free);
    if (!leaf ||
        std::find(target.pins.begin(), target.pins.end(), spki_pin(*leaf)) == target.pins.end())
        throw ConnectionFault("the server's key is not the pinned one");
}

bool Connection::is_usable() {
    ERR_clear_error(); // SSL_get_error looks at what others left there, too
    char byte;
    if (!tls_)
        return recv(socket_, &byte, 1, MSG_PEEK) < 0 && errno == EAGAIN;
    // Reads session tickets, which TLS 1.3 servers send when they like.
    const int result = SSL_peek(tls_.get(), &byte, 1);
    return result <= 0 && tls_want(result) == Want::read;
}

bool Connection::write(std::string_view bytes, Deadline deadline) {
    ERR_clear_error();
    while (!bytes.empty()) {
        std::size_t sent = 0;
        Want want = Want::write;
        if (tls_) {
            const int result = SSL_write_ex(tls_.get(), bytes.data(), bytes.size(), &sent);
            want = result == 1 ? Want::nothing : tls_want(result);
            if (result != 1 && want == Want::nothing)
                return false;
        } else {
            const ssize_t result = send(socket_, bytes.data(), bytes.size(), MSG_NOSIGNAL);
            if (result < 0 && errno != EAGAIN)
                return false;
            sent = result > 0 ? static_cast<std::size_t>(result) : 0;
        }
        bytes.remove_prefix(sent);
        if (sent > 0)
            continue;
        const bool readable = wait(want == Want::read ? POLLIN : POLLIN | POLLOUT, deadline);
        if (readable && want == Want::write && !is_usable())
            return false;
    }
    return true;
}

std::size_t Connection::read(std::string& into, Deadline deadline) {
    std::array<char, read_bytes> piece;
    ERR_clear_error();
    for (;;) {
        Want want = Want::read;
        if (tls_) {
            std::size_t size = 0;
            const int result = SSL_read_ex(tls_.get(), piece.data(), piece.size(), &size);
            if (result == 1) {
                into.append(piece.data(), size);
                return size;
            }
            if (SSL_get_error(tls_.get(), result) == SSL_ERROR_ZERO_RETURN)
                return 0;
            want = tls_want(result);
            if (want == Want::nothing)
                throw ConnectionFault("the connection broke off");
        } else {
            const ssize_t size = recv(socket_, piece.data(), piece.size(), 0);
            if (size >= 0) {
                into.append(piece.data(), static_cast<std::size_t>(size));
                return static_cast<std::size_t>(size);
            }
            if (errno != EAGAIN)
                throw ConnectionFault("the connection broke off: " + system_error());
        }
        wait(want == Want::write ? POLLOUT : POLLIN, deadline);
    }
}

Connection::Want Connection::tls_want(int result) {
    switch (SSL_get_error(tls_.get(), result)) {
    case SSL_ERROR_WANT_READ:
        return Want::read;
    case SSL_ERROR_WANT_WRITE:
        return Want::write;
    default:
        return Want::nothing;
    }
}

bool Connection::wait(short events, Deadline deadline) {
    pollfd event{socket_, events, 0};
    for (;;) {
        const auto left = std::chrono::ceil<std::chrono::milliseconds>(
            deadline - std::chrono::steady_clock::now());
        const int ready = left.count() <= 0 ? 0 : poll(&event, 1, static_cast<int>(left.count()));
        if (ready > 0)
            return event.revents & (POLLIN | POLLHUP | POLLERR);
        if (ready == 0)
            throw ConnectionFault("the server did not answer in time");
        if (errno != EINTR)
            throw ConnectionFault("waiting failed: " + system_error());
    }
}

} // namespace atalaya::net
