// A server with its own certificate in a directory of its own, and raw sockets to talk to it. For
// tests with real sockets.
#pragma once

#include "base/time.hpp"
#include "net/client.hpp"
#include "net/local_ca.hpp"
#include "net/server.hpp"

#include <chrono>
#include <filesystem>
#include <gtest/gtest.h>
#include <netinet/in.h>
#include <optional>
#include <string>
#include <sys/socket.h>
#include <sys/time.h>
#include <thread>
#include <unistd.h>

namespace atalaya::net {

inline void answer_ok(const Request& request, Reply reply) {
    reply({200, {{"Content-Type", "text/plain"}}, request.method + " " + request.path, nullptr});
}

/// Waits for what another thread brings about; a test that needs the whole time has failed.
template <class Condition>
bool eventually(Condition condition) {
    const auto deadline = std::chrono::steady_clock::now() + std::chrono::seconds(10);
    while (!condition()) {
        if (std::chrono::steady_clock::now() > deadline)
            return false;
        std::this_thread::sleep_for(std::chrono::milliseconds(2));
    }
    return true;
}

inline std::size_t count(std::string_view text, std::string_view needle) {
    std::size_t found = 0;
    for (auto at = text.find(needle); at != text.npos; at = text.find(needle, at + 1))
        ++found;
    return found;
}

class TemporaryDirectory {
  public:
    TemporaryDirectory() {
        std::string pattern =
            (std::filesystem::temp_directory_path() / "atalaya-net-XXXXXX").string();
        if (!mkdtemp(pattern.data()))
            throw std::runtime_error("no temporary directory");
        path_ = pattern;
    }
    ~TemporaryDirectory() {
        std::error_code ignored;
        std::filesystem::remove_all(path_, ignored);
    }
    const std::filesystem::path& path() const { return path_; }

  private:
    std::filesystem::path path_;
};

/// A plain TCP connection to a port of this machine.
class RawSocket {
  public:
    explicit RawSocket(std::uint16_t port)
        : socket_(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)) {
        sockaddr_in address{};
        address.sin_family = AF_INET;
        address.sin_port = htons(port);
        address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
        const timeval patience{10, 0};
        setsockopt(socket_, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience);
        connected_ = connect(socket_, reinterpret_cast<sockaddr*>(&address), sizeof address) == 0;
    }
    ~RawSocket() { close(socket_); }
    RawSocket(const RawSocket&) = delete;
    RawSocket& operator=(const RawSocket&) = delete;

    bool connected() const { return connected_; }
    void send(std::string_view bytes) {
        (void)!::send(socket_, bytes.data(), bytes.size(), MSG_NOSIGNAL);
    }
    void end_sending() { shutdown(socket_, SHUT_WR); }
    /// Closing then resets the connection instead of ending it.
    void reset_on_close() {
        const linger now{1, 0};
        setsockopt(socket_, SOL_SOCKET, SO_LINGER, &now, sizeof now);
    }
    /// What comes until `needle` has come, or the end.
    std::string read_until(std::string_view needle) {
        std::string out;
        char piece[4096];
        while (needle.empty() || out.find(needle) == std::string::npos) {
            const ssize_t size = recv(socket_, piece, sizeof piece, 0);
            if (size <= 0)
                break;
            out.append(piece, static_cast<std::size_t>(size));
        }
        return out;
    }
    std::string read_all() { return read_until({}); }

  private:
    int socket_;
    bool connected_ = false;
};

/// Serves both ways; plain HTTP is the application's own when `in_proxy_mode`.
class ServerTest : public testing::Test {
  protected:
    ServerOptions make_options() {
        const auto files = ensure_local_certificate(directory_.path(), {}, clock_);
        ServerOptions options;
        options.https_address = "127.0.0.1:0";
        options.http_address = "127.0.0.1:0";
        options.certificate = files.certificate;
        options.key = files.key;
        options.headers = {{"X-Content-Type-Options", "nosniff"}};
        return options;
    }
    ServerOptions make_proxy_options() {
        ServerOptions options = make_options();
        options.proxy_mode = true;
        options.trusted_proxies = {"127.0.0.1"};
        return options;
    }
    void serve(ServerOptions options, Handler handler) {
        server_.emplace(std::move(options), std::move(handler));
        server_->start();
    }
    HttpClient make_client() {
        ClientOptions options;
        options.url = "https://localhost:" + std::to_string(server_->https_port());
        options.ca_file = directory_.path() / "ca.pem";
        return HttpClient(options);
    }
    /// Sends the bytes over plain HTTP and returns everything that comes back.
    std::string talk(std::string_view bytes) {
        RawSocket socket(server_->http_port());
        socket.send(bytes);
        socket.end_sending();
        return socket.read_all();
    }

    TemporaryDirectory directory_;
    SystemClock clock_;
    std::optional<Server> server_;
};

} // namespace atalaya::net
