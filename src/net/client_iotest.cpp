#include "net/client.hpp"

#include "net/server_fixture.hpp"
#include "net/tls.hpp"

#include <atomic>
#include <fstream>
#include <memory>
#include <openssl/ssl.h>
#include <thread>

namespace atalaya::net {
namespace {

using namespace std::chrono_literals;

class ClientIo : public ServerTest {
  protected:
    void SetUp() override {
        serve(make_options(), [this](const Request& request, Reply reply) {
            ++handled_;
            reply({200, {}, request.body, nullptr});
        });
    }
    ClientOptions client_options(const std::string& host = "127.0.0.1") {
        ClientOptions options;
        options.url = "https://" + host + ":" + std::to_string(server_->https_port());
        return options;
    }
    std::string pin() {
        std::ifstream in(directory_.path() / "server.pem");
        return *spki_pin(std::string(std::istreambuf_iterator<char>(in), {}));
    }
    static std::string get(const ClientOptions& options) {
        const auto response = HttpClient(options).send("GET", "/");
        return response ? "ok" : response.error().reason;
    }

    std::atomic<int> handled_ = 0;
};

TEST_F(ClientIo, TrustsItsAuthorityForTheRightName) {
    ClientOptions options = client_options();
    options.ca_file = directory_.path() / "ca.pem";
    EXPECT_EQ(get(options), "ok");
    options.url = client_options("localhost").url;
    EXPECT_EQ(get(options), "ok");
    options.url = client_options("127.0.0.2").url;
    ServerOptions elsewhere = make_options();
    elsewhere.https_address = "127.0.0.2:0";
    serve(std::move(elsewhere), [](const Request&, Reply) { FAIL(); });
    options.url = client_options("127.0.0.2").url;
    EXPECT_EQ(get(options), "the server's identity could not be established: IP address mismatch");
}

TEST_F(ClientIo, TrustsNobodyElse) {
    EXPECT_NE(get(client_options()), "ok") << "the system does not know our authority";
    TemporaryDirectory other;
    ClientOptions options = client_options();
    options.ca_file = ensure_local_certificate(other.path(), {}, clock_).ca;
    EXPECT_NE(get(options), "ok");
    EXPECT_EQ(handled_, 0);
}

TEST_F(ClientIo, TrustsThePinAlone) {
    ClientOptions options = client_options();
    options.pin = pin();
    EXPECT_EQ(get(options), "ok");
    const std::string wrong = "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=";
    options.pin = wrong;
    EXPECT_EQ(get(options), "the server's key is not the pinned one");
    options.pin = wrong + ", " + pin();
    EXPECT_EQ(get(options), "ok");
    TemporaryDirectory other;
    options.ca_file = ensure_local_certificate(other.path(), {}, clock_).ca;
    EXPECT_NE(get(options), "ok") << "with a CA as well, both must hold";
    EXPECT_EQ(handled_, 2);
}

TEST_F(ClientIo, ReconnectsWhenTheServerClosedMeanwhile) {
    ServerOptions options = make_options();
    options.idle_timeout = 10ms;
    serve(std::move(options), [](const Request& request, Reply reply) {
        reply({200, {}, request.body, nullptr});
    });
    HttpClient client = make_client();
    for (int i = 0; i < 3; ++i) {
        const auto response = client.send("POST", "/", {{"X-A", "b"}}, "body");
        ASSERT_TRUE(response.has_value()) << response.error().reason;
        EXPECT_EQ(response->body, "body");
        const auto deadline = std::chrono::steady_clock::now() + 10s;
        while (server_->connections() > 0 && std::chrono::steady_clock::now() < deadline)
            std::this_thread::sleep_for(5ms);
    }
}

TEST_F(ClientIo, SaysWhatIsWrong) {
    const std::uint16_t port = server_->https_port();
    ClientOptions options = client_options();
    options.ca_file = directory_.path() / "ca.pem";
    HttpClient client(options);
    EXPECT_TRUE(client.send("GET", "/").has_value());
    server_.reset();
    EXPECT_EQ(client.send("GET", "/").error().reason,
              "the server cannot be reached: Connection refused");
    ServerOptions again = make_options();
    again.https_address = "127.0.0.1:" + std::to_string(port);
    serve(std::move(again), [](const Request&, Reply reply) { reply({200, {}, "back", nullptr}); });
    EXPECT_TRUE(client.send("GET", "/").has_value());
}

TEST_F(ClientIo, HasATimeLimit) {
    std::vector<Reply> held;
    ServerOptions impatient = make_options();
    impatient.stop_timeout = 10ms;
    serve(std::move(impatient),
          [&](const Request&, Reply reply) { held.push_back(std::move(reply)); });
    ClientOptions options = client_options();
    options.ca_file = directory_.path() / "ca.pem";
    options.answer_timeout = 50ms;
    HttpClient client(options);
    EXPECT_EQ(client.send("POST", "/").error().reason, "the server did not answer in time");
    server_->stop();
}

TEST_F(ClientIo, BoundsTheAnswer) {
    ClientOptions options = client_options();
    options.ca_file = directory_.path() / "ca.pem";
    options.body_bytes_max = 10;
    HttpClient client(options);
    EXPECT_TRUE(client.send("POST", "/", {}, "1234567890").has_value());
    EXPECT_EQ(client.send("POST", "/", {}, "12345678901").error().reason,
              "the answer is too large");
}

TEST_F(ClientIo, RefusesOptionsThatCannotWork) {
    for (const std::string url : {"", "ftp://a", "https://", "https://a/b", "https://a b",
                                  "http://example.com", "https://u@a"}) {
        ClientOptions options;
        options.url = url;
        EXPECT_THROW(HttpClient{options}, std::invalid_argument) << url;
    }
    ClientOptions options = client_options();
    options.pin = "abc";
    EXPECT_THROW(HttpClient{options}, std::invalid_argument);
}

// OpenSSL says by itself what a handshake with narrower offers comes to.
TEST_F(ClientIo, MeetsAServerThatSpeaksModernTlsOnly) {
    const auto handshake = [&](int version_max, const char* suites) {
        const TlsContext context(SSL_CTX_new(TLS_client_method()));
        SSL_CTX_set_security_level(context.get(), 0);
        SSL_CTX_set_min_proto_version(context.get(), TLS1_VERSION);
        SSL_CTX_set_max_proto_version(context.get(), version_max);
        SSL_CTX_set_cipher_list(context.get(), suites);
        BIO* bio = BIO_new_ssl_connect(context.get());
        const std::unique_ptr<BIO, decltype(&BIO_free_all)> owned(bio, BIO_free_all);
        BIO_set_conn_hostname(bio, ("127.0.0.1:" + std::to_string(server_->https_port())).c_str());
        return BIO_do_handshake(bio) == 1;
    };
    EXPECT_TRUE(handshake(TLS1_3_VERSION, "ALL"));
    EXPECT_TRUE(handshake(TLS1_2_VERSION, "ALL"));
    EXPECT_TRUE(handshake(TLS1_2_VERSION, "ECDHE-ECDSA-AES128-GCM-SHA256"));
    EXPECT_FALSE(handshake(TLS1_2_VERSION, "ECDHE-ECDSA-AES128-SHA256")) << "CBC";
    EXPECT_FALSE(handshake(TLS1_1_VERSION, "ALL"));
    EXPECT_FALSE(handshake(TLS1_VERSION, "ALL"));
}

TEST_F(ClientIo, SeesANewCertificateAfterReload) {
    ClientOptions options = client_options();
    options.ca_file = directory_.path() / "ca.pem";
    HttpClient before(options);
    EXPECT_TRUE(before.send("GET", "/").has_value());
    std::filesystem::remove(directory_.path() / "server.key");
    ensure_local_certificate(directory_.path(), {}, clock_);
    options.pin = pin();
    EXPECT_EQ(get(options), "the server's key is not the pinned one");
    server_->reload_certificate();
    EXPECT_EQ(get(options), "ok");
    EXPECT_TRUE(before.send("GET", "/").has_value()) << "connections go on";
    std::ofstream(directory_.path() / "server.key") << "garbage";
    EXPECT_THROW(server_->reload_certificate(), std::runtime_error);
    EXPECT_EQ(get(options), "ok") << "the old one stays";
}

} // namespace
} // namespace atalaya::net
