// HTTP/1.1 over TLS, for the floors above: options in, requests out.
//
// One event loop per thread; one acceptor hands connections to them in turn (SO_REUSEPORT would
// hide a taken port). The handler runs on those threads. start() and the constructor throw
// std::runtime_error (or std::system_error) with one clear line; afterwards nothing here throws at
// its caller.
#pragma once

#include "base/problem.hpp"
#include "net/message.hpp"

#include <chrono>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <memory>
#include <string>
#include <vector>

namespace atalaya::net {

struct ServerOptions {
    /// "127.0.0.1:8443", "[::1]:8443"; empty: none (proxy mode). Port 0 takes a free one.
    std::string https_address;
    /// "127.0.0.1:8080", "unix:/path"; empty: off. Without proxy mode it redirects pages and
    /// refuses the API.
    std::string http_address;
    /// Plain HTTP serves the application itself: only on loopback or a unix socket, with
    /// trusted_proxies set.
    bool proxy_mode = false;
    /// Networks (CIDR) whose X-Forwarded-For and -Proto are believed; "unix": whoever can open the
    /// socket.
    std::vector<std::string> trusted_proxies;
    std::filesystem::path certificate; ///< PEM, the chain with the leaf first
    std::filesystem::path key;         ///< PEM
    /// On every answer, refusals and redirects included. A header of the same name in a Response
    /// wins.
    std::vector<Header> headers;
    /// Renders the refusals of this room. Without it they are plain text.
    std::function<Response(const ProblemKind&, std::string detail)> refuse;
    /// Bytes of body that this request may have, asked when its head is known. Without it: 1 MiB.
    std::function<std::size_t(const Request& head)> body_limit;
    unsigned threads = 2;
    /// Connections beyond are told 503; far beyond they are closed unheard.
    std::size_t connections_max = 4096;

    std::chrono::milliseconds head_timeout{10'000};  ///< TLS handshake; whole head
    std::chrono::milliseconds body_timeout{30'000};  ///< plus a second for each 8 KiB received
    std::chrono::milliseconds idle_timeout{75'000};  ///< between requests
    std::chrono::milliseconds write_timeout{30'000}; ///< for each 256 KiB
    std::chrono::milliseconds stop_timeout{5'000};   ///< for running exchanges when stopping
};

class Server {
  public:
    Server(ServerOptions options, Handler handler);
    /// Stops. Replies may still be called afterwards; they go nowhere.
    ~Server();
    Server(const Server&) = delete;
    Server& operator=(const Server&) = delete;

    /// Listens and serves; throws std::system_error that names the address when it is taken.
    void start();
    /// No new connection, idle ones closed, running exchanges finished (bounded), threads joined.
    /// Twice is fine.
    void stop();
    /// Known after start(), also while stopping; zero when there is no such listener.
    std::uint16_t https_port() const;
    std::uint16_t http_port() const;
    /// Reads certificate and key again, for new connections. Throws std::runtime_error and keeps
    /// the old ones when they do not fit. Any thread.
    void reload_certificate();
    /// Connections that are open now. Any thread.
    std::size_t connections() const;

  private:
    class Impl;
    std::unique_ptr<Impl> impl_;
};

} // namespace atalaya::net
