#include "net/listener.hpp"

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdexcept>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <system_error>
#include <unistd.h>

namespace atalaya::net {
namespace {

constexpr int socket_type = SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC;
/// A peer that vanished without a word is noticed after this time, also under an idle event stream.
constexpr int unacknowledged_ms_max = 60'000;
constexpr int keepalive_idle_s = 60;

void set_option(int socket, int level, int option, int value) {
    setsockopt(socket, level, option, &value, sizeof value);
}

Address peer_address(const sockaddr_storage& peer) {
    Address out;
    if (peer.ss_family == AF_INET) {
        const auto& v4 = reinterpret_cast<const sockaddr_in&>(peer);
        out.v4 = true;
        out.bytes[10] = out.bytes[11] = 0xff;
        std::memcpy(out.bytes.data() + 12, &v4.sin_addr, 4);
    } else if (peer.ss_family == AF_INET6) {
        const auto& v6 = reinterpret_cast<const sockaddr_in6&>(peer);
        std::memcpy(out.bytes.data(), &v6.sin6_addr, 16);
        out.v4 = IN6_IS_ADDR_V4MAPPED(&v6.sin6_addr);
    }
    return out;
}

} // namespace

Listener::Listener(const std::string& address) : text_(address) {
    const auto endpoint = parse_endpoint(address);
    if (!endpoint)
        throw std::runtime_error("\"" + address +
                                 "\" is not an address to listen on; write 127.0.0.1:8443, "
                                 "[::1]:8443 or unix:/path");
    endpoint_ = *endpoint;
    if (is_unix()) {
        open_unix();
    } else {
        open_tcp();
    }
    if (listen(socket_, 1024) != 0)
        fail();
}

Listener::~Listener() {
    close(socket_);
    if (is_unix())
        unlink(endpoint_.unix_path.c_str());
}

void Listener::open_tcp() {
    sockaddr_storage storage{};
    socklen_t size = sizeof(sockaddr_in);
    if (endpoint_.address.v4) {
        auto& v4 = reinterpret_cast<sockaddr_in&>(storage);
        v4.sin_family = AF_INET;
        v4.sin_port = htons(endpoint_.port);
        std::memcpy(&v4.sin_addr, endpoint_.address.bytes.data() + 12, 4);
    } else {
        auto& v6 = reinterpret_cast<sockaddr_in6&>(storage);
        v6.sin6_family = AF_INET6;
        v6.sin6_port = htons(endpoint_.port);
        std::memcpy(&v6.sin6_addr, endpoint_.address.bytes.data(), 16);
        size = sizeof(sockaddr_in6);
    }
    socket_ = ::socket(storage.ss_family, socket_type, 0);
    if (socket_ < 0)
        fail();
    set_option(socket_, SOL_SOCKET, SO_REUSEADDR, 1);
    auto* address = reinterpret_cast<sockaddr*>(&storage);
    if (bind(socket_, address, size) != 0 || getsockname(socket_, address, &size) != 0)
        fail();
    endpoint_.port =
        ntohs(endpoint_.address.v4 ? reinterpret_cast<sockaddr_in&>(storage).sin_port
                                   : reinterpret_cast<sockaddr_in6&>(storage).sin6_port);
}

void Listener::open_unix() {
    sockaddr_un address{};
    address.sun_family = AF_UNIX;
    if (endpoint_.unix_path.size() >= sizeof address.sun_path) {
        errno = ENAMETOOLONG;
        fail();
    }
    std::memcpy(address.sun_path, endpoint_.unix_path.data(), endpoint_.unix_path.size());
    const auto* raw = reinterpret_cast<const sockaddr*>(&address);
    // A socket file that nobody answers is left over from a crash.
    const int probe = ::socket(AF_UNIX, socket_type, 0);
    if (probe >= 0 && connect(probe, raw, sizeof address) != 0 && errno == ECONNREFUSED)
        unlink(address.sun_path);
    close(probe);
    socket_ = ::socket(AF_UNIX, socket_type, 0);
    if (socket_ < 0 || bind(socket_, raw, sizeof address) != 0)
        fail();
    chmod(address.sun_path, 0660);
}

void Listener::fail() const {
    const int error = errno;
    if (socket_ >= 0)
        close(socket_);
    throw std::system_error(error, std::generic_category(), "Cannot listen on " + text_);
}

std::optional<Listener::Connection> Listener::accept() {
    sockaddr_storage peer{};
    socklen_t size = sizeof peer;
    const int socket =
        accept4(socket_, reinterpret_cast<sockaddr*>(&peer), &size, SOCK_NONBLOCK | SOCK_CLOEXEC);
    if (socket < 0)
        return std::nullopt;
    if (!is_unix()) {
        set_option(socket, IPPROTO_TCP, TCP_NODELAY, 1);
        set_option(socket, SOL_SOCKET, SO_KEEPALIVE, 1);
        set_option(socket, IPPROTO_TCP, TCP_KEEPIDLE, keepalive_idle_s);
        set_option(socket, IPPROTO_TCP, TCP_USER_TIMEOUT, unacknowledged_ms_max);
    }
    return Connection{socket, peer_address(peer)};
}

} // namespace atalaya::net
