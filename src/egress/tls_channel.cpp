#include "egress/tls_channel.hpp"

#include "base/log.hpp"

#include <memory>
#include <netdb.h>
#include <openssl/err.h>
#include <openssl/ssl.h>
#include <openssl/x509v3.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <unistd.h>

namespace atalaya::egress {
namespace {

struct ContextEnd {
    void operator()(SSL_CTX* context) const { SSL_CTX_free(context); }
};
struct SessionEnd {
    void operator()(SSL* session) const { SSL_free(session); }
};
struct AddressesEnd {
    void operator()(addrinfo* list) const { freeaddrinfo(list); }
};
using Context = std::unique_ptr<SSL_CTX, ContextEnd>;
using Session = std::unique_ptr<SSL, SessionEnd>;
using Addresses = std::unique_ptr<addrinfo, AddressesEnd>;

class Socket {
  public:
    explicit Socket(int fd) : fd_(fd) {}
    ~Socket() {
        if (fd_ >= 0)
            close(fd_);
    }
    Socket(Socket&& other) noexcept : fd_(std::exchange(other.fd_, -1)) {}
    Socket& operator=(Socket&&) = delete;

    int fd() const { return fd_; }

  private:
    int fd_;
};

bool set_timeouts(int fd, std::chrono::milliseconds limit) {
    timeval time{};
    time.tv_sec = static_cast<time_t>(limit.count() / 1000);
    time.tv_usec = static_cast<suseconds_t>(limit.count() % 1000 * 1000);
    return setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &time, sizeof time) == 0 &&
           setsockopt(fd, SOL_SOCKET, SO_SNDTIMEO, &time, sizeof time) == 0;
}

/// On Linux the send timeout bounds connect(), too.
std::variant<Socket, Failure> connect_to(const ClientOptions& options, const Endpoint& to) {
    addrinfo hints{};
    hints.ai_socktype = SOCK_STREAM;
    addrinfo* found = nullptr;
    if (getaddrinfo(to.host.c_str(), std::to_string(to.port).c_str(), &hints, &found) != 0)
        return Failure::unreachable;
    const Addresses addresses(found);
    const AddressRules rules{options.opened, list_own_addresses()};
    bool denied = false;
    for (const addrinfo* one = addresses.get(); one; one = one->ai_next) {
        const auto address = address_of(one->ai_addr, one->ai_addrlen);
        std::optional<std::string_view> denial = "no IP address";
        if (address)
            denial = find_denial(*address, rules);
        if (!denial && is_foreign_port(*one->ai_addr))
            denial = "a port of another protocol";
        if (denial) {
            denied = true;
            log::warning("an outbound connection was refused", {{"reason", std::string(*denial)}});
            continue;
        }
        Socket socket(::socket(one->ai_family, SOCK_STREAM | SOCK_CLOEXEC, 0));
        if (socket.fd() >= 0 && set_timeouts(socket.fd(), options.connect_max) &&
            connect(socket.fd(), one->ai_addr, one->ai_addrlen) == 0)
            return socket;
    }
    return denied ? Failure::denied : Failure::unreachable;
}

Context make_context(const ClientOptions& options) {
    Context context(SSL_CTX_new(TLS_client_method()));
    if (!context)
        throw std::bad_alloc();
    SSL_CTX_set_min_proto_version(context.get(), TLS1_2_VERSION);
    SSL_CTX_set_verify(context.get(), SSL_VERIFY_PEER, nullptr);
    if (!options.ca_file.empty())
        SSL_CTX_load_verify_locations(context.get(), options.ca_file.c_str(), nullptr);
    else
        SSL_CTX_set_default_verify_paths(context.get());
    return context;
}

bool expect_name(SSL* session, const std::string& host) {
    if (parse_address(host))
        return X509_VERIFY_PARAM_set1_ip_asc(SSL_get0_param(session), host.c_str()) == 1;
    return SSL_set_tlsext_host_name(session, host.c_str()) == 1 &&
           SSL_set1_host(session, host.c_str()) == 1;
}

bool send_all(SSL* session, std::string_view bytes) {
    while (!bytes.empty()) {
        std::size_t sent = 0;
        if (SSL_write_ex(session, bytes.data(), bytes.size(), &sent) != 1)
            return false;
        bytes.remove_prefix(sent);
    }
    return true;
}

/// Says good-bye and reads until the other side does, too.
bool is_confirmed(SSL* session) {
    if (SSL_shutdown(session) < 0)
        return false;
    char ignored[1024];
    std::size_t size = 0;
    while (SSL_read_ex(session, ignored, sizeof ignored, &size) == 1) {
    }
    return (SSL_get_shutdown(session) & SSL_RECEIVED_SHUTDOWN) != 0;
}

} // namespace

std::optional<Failure> send_over_tls(const ClientOptions& options, const Endpoint& to,
                                     std::string_view bytes) {
    auto connected = connect_to(options, to);
    if (const auto* failure = std::get_if<Failure>(&connected))
        return *failure;
    const Socket& socket = std::get<Socket>(connected);
    const Context context = make_context(options);
    const Session session(SSL_new(context.get()));
    if (!session || !expect_name(session.get(), to.host) ||
        SSL_set_fd(session.get(), socket.fd()) != 1)
        return Failure::bad_url;
    ERR_clear_error();
    if (SSL_connect(session.get()) != 1)
        return SSL_get_verify_result(session.get()) == X509_V_OK ? Failure::unreachable
                                                                 : Failure::bad_tls;
    if (!set_timeouts(socket.fd(), options.total_max) || !send_all(session.get(), bytes) ||
        !is_confirmed(session.get())) {
        ERR_clear_error();
        return Failure::unreachable;
    }
    return std::nullopt;
}

} // namespace atalaya::egress
