#include "net/server.hpp"

#include "base/check.hpp"
#include "base/log.hpp"
#include "net/head.hpp"
#include "net/listener.hpp"
#include "net/shard.hpp"

#include <array>
#include <cerrno>
#include <poll.h>
#include <stdexcept>
#include <sys/eventfd.h>
#include <system_error>
#include <thread>
#include <unistd.h>
#include <vector>

namespace atalaya::net {
namespace {

/// So many connections above the limit are heard out and told 503.
constexpr std::size_t overloaded_max = 64;
constexpr int out_of_sockets_pause_ms = 50;

void check_options(const ServerOptions& options, const TrustedProxies& proxies) {
    if (options.https_address.empty() && !options.proxy_mode)
        throw std::runtime_error("Without an HTTPS address the server must be in proxy mode");
    for (const Header& header : options.headers)
        CHECK_REQUEST(is_token(header.name) && is_field_value(header.value));
    if (!options.proxy_mode)
        return;
    const auto endpoint = parse_endpoint(options.http_address);
    if (!endpoint)
        throw std::runtime_error("Proxy mode needs an HTTP address");
    const bool unix_socket = !endpoint->unix_path.empty();
    if (!unix_socket && !endpoint->address.is_loopback())
        throw std::runtime_error(
            "In proxy mode plain HTTP may listen on loopback or a unix socket only, not on " +
            options.http_address);
    if (unix_socket ? !proxies.unix_socket : proxies.networks.empty())
        throw std::runtime_error(
            "Proxy mode needs trusted_proxies: the proxy's address, or \"unix\"");
}

} // namespace

class Server::Impl {
  public:
    Impl(ServerOptions options, Handler handler) {
        const auto proxies = parse_trusted_proxies(options.trusted_proxies);
        if (!proxies)
            throw std::runtime_error(
                "trusted_proxies must hold networks such as 10.0.0.0/8, or \"unix\"");
        check_options(options, *proxies);
        service_.options = std::move(options);
        service_.handler = std::move(handler);
        service_.proxies = *proxies;
    }

    ~Impl() { stop(); }

    void start() {
        CHECK_REQUEST(!acceptor_.joinable());
        const ServerOptions& options = service_.options;
        if (!options.https_address.empty()) {
            service_.tls = std::make_unique<ServerTls>(options.certificate, options.key);
            https_ = std::make_unique<Listener>(options.https_address);
            service_.https_port = https_->port();
        }
        if (!options.http_address.empty()) {
            http_ = std::make_unique<Listener>(options.http_address);
            http_port_ = http_->port();
        }
        stop_event_ = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
        if (stop_event_ < 0)
            throw std::system_error(errno, std::generic_category(), "Cannot make an event");
        for (unsigned i = 0; i < std::max(1u, options.threads); ++i)
            shards_.push_back(std::make_unique<Shard>(service_));
        acceptor_ = std::thread([this] { accept_until_stopped(); });
    }

    void stop() {
        if (acceptor_.joinable()) {
            eventfd_write(stop_event_, 1);
            acceptor_.join();
        }
        https_.reset();
        http_.reset();
        for (const auto& shard : shards_)
            shard->stop();
        for (const auto& shard : shards_)
            shard->join();
        shards_.clear();
        if (stop_event_ >= 0)
            close(std::exchange(stop_event_, -1));
    }

    void reload_certificate() {
        if (service_.tls)
            service_.tls->reload();
    }
    std::uint16_t https_port() const { return service_.https_port; }
    std::uint16_t http_port() const { return http_port_; }
    std::size_t connections() const { return service_.connections; }

  private:
    void accept_until_stopped() {
        std::array<pollfd, 3> events{};
        events[0] = {stop_event_, POLLIN, 0};
        events[1] = {https_ ? https_->socket() : -1, POLLIN, 0}; // poll ignores -1
        events[2] = {http_ ? http_->socket() : -1, POLLIN, 0};
        while (true) {
            if (poll(events.data(), events.size(), -1) < 0)
                continue; // interrupted
            if (events[0].revents)
                return;
            if (events[1].revents)
                accept_from(*https_, true);
            if (events[2].revents)
                accept_from(*http_, false);
        }
    }

    void accept_from(Listener& listener, bool tls) {
        const auto connection = listener.accept();
        if (!connection) {
            if (errno == EMFILE || errno == ENFILE || errno == ENOBUFS || errno == ENOMEM) {
                log::warning("net.out_of_sockets",
                             {{"connections", std::to_string(connections())}});
                poll(nullptr, 0, out_of_sockets_pause_ms);
            }
            return;
        }
        const std::size_t open = connections();
        if (open >= service_.options.connections_max + overloaded_max) {
            close(connection->socket);
            return;
        }
        Accepted accepted{connection->socket, connection->peer, listener.is_unix(), tls};
        accepted.overloaded = open >= service_.options.connections_max;
        shards_[next_shard_++ % shards_.size()]->adopt(accepted);
    }

    Service service_;
    std::unique_ptr<Listener> https_;
    std::unique_ptr<Listener> http_;
    std::uint16_t http_port_ = 0;
    std::vector<std::unique_ptr<Shard>> shards_;
    std::size_t next_shard_ = 0;
    int stop_event_ = -1;
    std::thread acceptor_;
};

Server::Server(ServerOptions options, Handler handler)
    : impl_(std::make_unique<Impl>(std::move(options), std::move(handler))) {}
Server::~Server() = default;
void Server::start() { impl_->start(); }
void Server::stop() { impl_->stop(); }
std::uint16_t Server::https_port() const { return impl_->https_port(); }
std::uint16_t Server::http_port() const { return impl_->http_port(); }
void Server::reload_certificate() { impl_->reload_certificate(); }
std::size_t Server::connections() const { return impl_->connections(); }

} // namespace atalaya::net
