#include "egress/http.hpp"

#include <arpa/inet.h>
#include <atomic>
#include <cstdlib>
#include <functional>
#include <gtest/gtest.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <thread>
#include <unistd.h>

namespace atalaya::egress {
namespace {

/// Listens on a loopback port, reads one request of each connection and writes what it was told.
class Site {
  public:
    explicit Site(std::string answer) : answer_(std::move(answer)) {
        listener_ = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
        sockaddr_in address{};
        address.sin_family = AF_INET;
        address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
        socklen_t size = sizeof address;
        auto* generic = reinterpret_cast<sockaddr*>(&address);
        if (bind(listener_, generic, size) != 0 || listen(listener_, 8) != 0 ||
            getsockname(listener_, generic, &size) != 0)
            throw std::runtime_error("no port");
        port_ = std::to_string(ntohs(address.sin_port));
        thread_ = std::thread([this] { serve(); });
    }
    ~Site() {
        shutdown(listener_, SHUT_RDWR);
        thread_.join();
        close(listener_);
    }

    std::string url(const std::string& host = "127.0.0.1") const {
        return "http://" + host + ":" + port_ + "/";
    }
    int connections() const { return connections_; }
    const std::string& request() const { return request_; }

  private:
    void serve() {
        for (int one = accept(listener_, nullptr, nullptr); one >= 0;
             one = accept(listener_, nullptr, nullptr)) {
            ++connections_;
            std::array<char, 4096> buffer{};
            const auto got = recv(one, buffer.data(), buffer.size(), 0);
            if (got > 0)
                request_.assign(buffer.data(), static_cast<std::size_t>(got));
            if (answer_.empty()) // never answers: waits until the other side gives up
                while (recv(one, buffer.data(), buffer.size(), 0) > 0) {
                }
            else
                static_cast<void>(send(one, answer_.data(), answer_.size(), MSG_NOSIGNAL));
            close(one);
        }
    }

    const std::string answer_;
    int listener_ = -1;
    std::string port_;
    std::atomic<int> connections_ = 0;
    std::string request_;
    std::thread thread_;
};

ClientOptions loopback_opened() {
    ClientOptions options;
    options.opened = {parse_network("127.0.0.0/8").value(), parse_network("::1").value()};
    return options;
}

Request plain(const std::string& url) {
    Request request;
    request.url = url;
    request.https_only = false;
    return request;
}

std::optional<Failure> failure(const Outcome& outcome) {
    const auto* found = std::get_if<Failure>(&outcome);
    return found ? std::optional(*found) : std::nullopt;
}

const std::string hello = "HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\nContent-Length: 5\r\n"
                          "Connection: close\r\n\r\nhello";

TEST(EgressClient, ReachesWhatTheOperatorOpened) {
    const Site site(hello);
    const Outcome outcome = Client(loopback_opened()).send(plain(site.url()));
    const auto* answer = std::get_if<Answer>(&outcome);
    ASSERT_TRUE(answer);
    EXPECT_EQ(answer->status, 200);
    EXPECT_EQ(answer->content_type, "text/plain");
    EXPECT_EQ(answer->body, "hello");
}

TEST(EgressClient, PostsTheBody) {
    const Site site(hello);
    Request request = plain(site.url());
    request.method = "POST";
    request.body = "a=b";
    ASSERT_FALSE(failure(Client(loopback_opened()).send(request)));
    EXPECT_TRUE(site.request().starts_with("POST / HTTP/1.1\r\n"));
    EXPECT_TRUE(site.request().ends_with("\r\n\r\na=b"));
}

// However the address is written and whatever name leads to it: what counts is where the
// connection would go.
TEST(EgressClient, NoNameAndNoSpellingLeadsToADeniedAddress) {
    const Site site(hello);
    const Client client{ClientOptions{}};
    for (const char* host :
         {"127.0.0.1", "localhost", "127.1", "0x7f000001", "2130706433", "0177.0.0.1", "0.0.0.0",
          "[::1]", "[::ffff:127.0.0.1]", "[::ffff:7f00:1]"}) {
        EXPECT_EQ(failure(client.send(plain(site.url(host)))), Failure::denied) << host;
    }
    EXPECT_EQ(site.connections(), 0);
}

// One of a name's addresses is opened, the one that a connection would go to is not: a name that
// changes its address between a check and the connection is in the same place.
TEST(EgressClient, EachAddressOfANameIsJudgedByItself) {
    const Site site(hello);
    ClientOptions options;
    options.opened = {parse_network("127.0.0.2").value()};
    const Client client(options);
    EXPECT_EQ(failure(client.send(plain(site.url("localhost")))), Failure::denied);
    EXPECT_EQ(site.connections(), 0);
    EXPECT_EQ(failure(client.send(plain(site.url("127.0.0.2")))), Failure::unreachable);
}

TEST(EgressClient, TakesNoOtherSchemeAndNoPassword) {
    const Client client(loopback_opened());
    for (const char* url : {"file:///etc/passwd", "gopher://127.0.0.1/", "ftp://127.0.0.1/", "",
                            "http://ada:secret@127.0.0.1/", "dict://127.0.0.1/"})
        EXPECT_EQ(failure(client.send(plain(url))), Failure::bad_url) << url;
    Request request = plain("http://127.0.0.1/");
    request.https_only = true;
    EXPECT_EQ(failure(client.send(request)), Failure::bad_url);
}

TEST(EgressClient, KnowsThePortsOfOtherProtocols) {
    const Client client(loopback_opened());
    EXPECT_EQ(failure(client.send(plain("http://127.0.0.1:6379/"))), Failure::denied);
    EXPECT_EQ(failure(client.send(plain("http://127.0.0.1:25/"))), Failure::denied);
}

TEST(EgressClient, DoesNotFollowARedirect) {
    const Site target(hello);
    const Site site("HTTP/1.1 302 Found\r\nLocation: " + target.url() +
                    "\r\nContent-Length: 0\r\nConnection: close\r\n\r\n");
    const Outcome outcome = Client(loopback_opened()).send(plain(site.url()));
    ASSERT_TRUE(std::get_if<Answer>(&outcome));
    EXPECT_EQ(std::get<Answer>(outcome).status, 302);
    EXPECT_EQ(target.connections(), 0);
}

TEST(EgressClient, RefusesMoreThanItTakes) {
    ClientOptions options = loopback_opened();
    options.body_max = 4;
    const Client client(options);
    const Site announced(hello);
    EXPECT_EQ(failure(client.send(plain(announced.url()))), Failure::too_large);
    const Site unannounced("HTTP/1.1 200 OK\r\nConnection: close\r\n\r\nhello");
    EXPECT_EQ(failure(client.send(plain(unannounced.url()))), Failure::too_large);
}

TEST(EgressClient, WaitsNoLongerThanItMay) {
    ClientOptions options = loopback_opened();
    options.total_max = std::chrono::milliseconds(200);
    const Site site("");
    EXPECT_EQ(failure(Client(options).send(plain(site.url()))), Failure::too_slow);
}

TEST(EgressClient, UsesNoProxyOfTheEnvironment) {
    const Site proxy(hello);
    const Site site(hello);
    setenv("http_proxy", proxy.url().c_str(), 1);
    const Outcome outcome = Client(loopback_opened()).send(plain(site.url()));
    unsetenv("http_proxy");
    EXPECT_FALSE(failure(outcome));
    EXPECT_EQ(proxy.connections(), 0);
    EXPECT_EQ(site.connections(), 1);
}

} // namespace
} // namespace atalaya::egress
