#include "base/problems.hpp"
#include "net/server_fixture.hpp"

#include <atomic>
#include <thread>

namespace atalaya::net {
namespace {

void echo(const Request& request, Reply reply) { reply({200, {}, request.body, nullptr}); }

class ServerIo : public ServerTest {};

TEST_F(ServerIo, AnswersOverTlsAndKeepsTheConnection) {
    std::vector<std::string> peers;
    serve(make_options(), [&](const Request& request, Reply reply) {
        EXPECT_TRUE(request.secure);
        peers.push_back(request.peer);
        answer_ok(request, std::move(reply));
    });
    HttpClient client = make_client();
    for (int i = 0; i < 3; ++i) {
        const auto response = client.send("GET", "/a%20b?c");
        ASSERT_TRUE(response.has_value()) << response.error().reason;
        EXPECT_EQ(response->status, 200);
        EXPECT_EQ(response->body, "GET /a b");
        EXPECT_EQ(response->header("x-content-type-options"), "nosniff");
        EXPECT_FALSE(response->header("date").empty());
    }
    EXPECT_EQ(server_->connections(), 1u);
    EXPECT_EQ(peers, std::vector<std::string>(3, "127.0.0.1"));
}

TEST_F(ServerIo, AnswersPipelinedRequestsInOrderThoughRepliesComeFromOtherThreads) {
    std::vector<std::jthread> workers;
    serve(make_proxy_options(), [&](Request request, Reply reply) {
        workers.emplace_back([request = std::move(request), reply = std::move(reply)]() mutable {
            reply({200, {}, "<" + request.body + request.query + ">", nullptr});
        });
    });
    const std::string answers = talk("POST /a HTTP/1.1\r\nHost: a\r\nContent-Length: 3\r\n\r\none"
                                     "GET /b?two HTTP/1.1\r\nHost: a\r\n\r\n"
                                     "POST /c HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: "
                                     "chunked\r\n\r\n3\r\nthr\r\n2\r\nee\r\n0\r\n\r\n"
                                     "GET /d?four HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n"
                                     "GET /e?never HTTP/1.1\r\nHost: a\r\n\r\n");
    EXPECT_EQ(count(answers, "HTTP/1.1 200"), 4u) << answers;
    std::size_t at = 0;
    for (const std::string_view body : {"<one>", "<two>", "<three>", "<four>"}) {
        at = answers.find(body, at);
        EXPECT_NE(at, std::string::npos) << body;
    }
    EXPECT_EQ(answers.find("never"), std::string::npos);
}

TEST_F(ServerIo, HoldsAnAnswerBackUntilItsTime) {
    const auto floor = std::chrono::milliseconds(300);
    serve(make_options(), [&](const Request& request, Reply reply) {
        Response response{200, {}, "ok", nullptr};
        if (request.path == "/held")
            response.not_before = std::chrono::steady_clock::now() + floor;
        reply(std::move(response));
    });
    HttpClient client = make_client();
    for (const char* path : {"/held", "/free", "/held"}) {
        const auto start = std::chrono::steady_clock::now();
        ASSERT_TRUE(client.send("GET", path).has_value());
        if (std::string_view(path) == "/held") {
            EXPECT_GE(std::chrono::steady_clock::now() - start, floor);
        }
    }
}

TEST_F(ServerIo, ReadsRequestsThatArriveByteByByte) {
    serve(make_proxy_options(), echo);
    RawSocket socket(server_->http_port());
    for (const char c :
         std::string_view("POST /x HTTP/1.1\r\nHost: a\r\nContent-Length: 2\r\n\r\nhi"))
        socket.send({&c, 1});
    EXPECT_NE(socket.read_until("\r\n\r\nhi").find("200 OK"), std::string::npos);
}

TEST_F(ServerIo, RefusesAndClosesWhatIsNotStrictlyHttp) {
    std::atomic<int> handled = 0;
    serve(make_proxy_options(), [&](const Request& request, Reply reply) {
        ++handled;
        answer_ok(request, std::move(reply));
    });
    const std::string smuggled = "GET /smuggled HTTP/1.1\r\nHost: a\r\n\r\n";
    const std::vector<std::string> bad{
        "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 3\r\nTransfer-Encoding: "
        "chunked\r\n\r\n0\r\n\r\n",
        "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 0\r\nContent-Length: 5\r\n\r\n",
        "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n0;a=b\r\n\r\n",
        "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n0\r\nA: b\r\n\r\n",
        "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n0\n\n",
        "GET / HTTP/1.1\nHost: a\n\n",
        "GET / HTTP/1.1\r\nHost: a\r\nX: y\r\n z\r\n\r\n",
        "GET /../etc/passwd HTTP/1.1\r\nHost: a\r\n\r\n",
        "GET /%2e%2e%2fetc HTTP/1.1\r\nHost: a\r\n\r\n",
        "\x16\x03\x01\x02",
    };
    for (const std::string& request : bad) {
        const std::string answer = talk(request + smuggled);
        EXPECT_TRUE(answer.starts_with("HTTP/1.1 400 ")) << request << "\n->\n" << answer;
        EXPECT_NE(answer.find("X-Content-Type-Options: nosniff"), std::string::npos);
        EXPECT_EQ(count(answer, "HTTP/1.1 "), 1u) << request;
    }
    EXPECT_EQ(handled, 0);
    EXPECT_TRUE(talk("TRACE / HTTP/1.1\r\nHost: a\r\n\r\n").starts_with("HTTP/1.1 405 "));
    const std::string long_field = "X: " + std::string(17 * 1024, 'y');
    EXPECT_TRUE(talk("GET / HTTP/1.1\r\nHost: a\r\n" + long_field).starts_with("HTTP/1.1 431 "));
}

TEST_F(ServerIo, BoundsBodies) {
    ServerOptions options = make_proxy_options();
    options.body_limit = [](const Request& head) -> std::size_t {
        return head.path == "/big" ? 3'000'000 : 10;
    };
    serve(std::move(options), echo);
    const std::string big(3'000'000, 'x');
    EXPECT_TRUE(talk("POST /a HTTP/1.1\r\nHost: a\r\nContent-Length: 11\r\n\r\n")
                    .starts_with("HTTP/1.1 413 "));
    EXPECT_TRUE(talk("POST /a HTTP/1.1\r\nHost: a\r\nContent-Length: 3000000\r\n\r\n" + big)
                    .starts_with("HTTP/1.1 413 "));
    EXPECT_TRUE(talk("POST /a HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: "
                     "chunked\r\n\r\nb\r\n12345678901\r\n0\r\n\r\n")
                    .starts_with("HTTP/1.1 413 "));
    HttpClient client = make_client();
    const auto whole = client.send("POST", "/big", {}, big);
    ASSERT_TRUE(whole.has_value()) << whole.error().reason;
    EXPECT_TRUE(whole->body == big);
    const auto refused = client.send("POST", "/big", {}, big + "x");
    ASSERT_TRUE(refused.has_value()) << refused.error().reason;
    EXPECT_EQ(refused->status, 413);
}

TEST_F(ServerIo, AsksForABodyThatWaits) {
    serve(make_proxy_options(), echo);
    RawSocket socket(server_->http_port());
    socket.send("POST /x HTTP/1.1\r\nHost: a\r\nContent-Length: 2\r\nExpect: 100-continue\r\n\r\n");
    EXPECT_EQ(socket.read_until("\r\n\r\n"), "HTTP/1.1 100 Continue\r\n\r\n");
    socket.send("hi");
    EXPECT_NE(socket.read_until("\r\n\r\nhi").find("200 OK"), std::string::npos);
}

TEST_F(ServerIo, AnswersForHandlersThatFail) {
    serve(make_proxy_options(), [](const Request& request, Reply reply) {
        if (request.path == "/throw")
            throw std::runtime_error("handler");
        if (request.path == "/split")
            reply({200, {{"Location", "a\r\nSet-Cookie: b"}}, {}, nullptr});
    });
    for (const std::string path : {"/throw", "/drop", "/split"}) {
        const std::string answer = talk("GET " + path + " HTTP/1.1\r\nHost: a\r\n\r\n");
        EXPECT_TRUE(answer.starts_with("HTTP/1.1 500 ")) << path << answer;
        EXPECT_EQ(answer.find("Set-Cookie"), std::string::npos);
    }
}

TEST_F(ServerIo, SendsNoBodyForHead) {
    serve(make_options(), [](const Request&, Reply reply) { reply({200, {}, "12345", nullptr}); });
    HttpClient client = make_client();
    for (int i = 0; i < 2; ++i) {
        const auto response = client.send("HEAD", "/");
        ASSERT_TRUE(response.has_value()) << response.error().reason;
        EXPECT_EQ(response->header("content-length"), "5");
        EXPECT_EQ(response->body, "");
    }
    EXPECT_EQ(server_->connections(), 1u);
}

TEST_F(ServerIo, RedirectsPagesAndRefusesTheApiInClear) {
    serve(make_options(), answer_ok);
    const std::string page = talk("GET /servers?x HTTP/1.1\r\nHost: example.com\r\n\r\n");
    EXPECT_TRUE(page.starts_with("HTTP/1.1 308 ")) << page;
    EXPECT_NE(page.find("Location: https://example.com:" + std::to_string(server_->https_port()) +
                        "/servers?x\r\n"),
              std::string::npos)
        << page;
    EXPECT_NE(page.find("X-Content-Type-Options"), std::string::npos);
    EXPECT_TRUE(talk("GET /api/v1/me HTTP/1.1\r\nHost: a\r\n\r\n").starts_with("HTTP/1.1 403 "));
    EXPECT_TRUE(talk("POST /agent/push HTTP/1.1\r\nHost: a\r\nContent-Length: 9\r\n\r\nsome body")
                    .starts_with("HTTP/1.1 403 "));
    EXPECT_TRUE(talk("GET / HTTP/1.1\r\nHost: a\"><x\r\n\r\n").starts_with("HTTP/1.1 400 "));
}

TEST_F(ServerIo, BelievesOnlyTrustedProxies) {
    const auto tell = [](const Request& request, Reply reply) {
        reply({200, {}, request.peer + (request.secure ? " secure" : " clear"), nullptr});
    };
    const std::string request =
        "GET / HTTP/1.1\r\nHost: a\r\nX-Forwarded-For: 198.51.100.1, 192.0.2.7\r\n"
        "X-Forwarded-Proto: https\r\nConnection: close\r\n\r\n";
    serve(make_proxy_options(), tell);
    EXPECT_TRUE(talk(request).ends_with("192.0.2.7 secure"));
    EXPECT_TRUE(talk("GET / HTTP/1.1\r\nHost: a\r\nX-Forwarded-For: me\r\n\r\n")
                    .starts_with("HTTP/1.1 400 "));
    const std::string page =
        talk("GET /me HTTP/1.1\r\nHost: a\r\nX-Forwarded-Proto: http\r\nConnection: close\r\n\r\n");
    EXPECT_TRUE(page.starts_with("HTTP/1.1 308 ")) << page;
    EXPECT_NE(page.find("Location: https://a/me\r\n"), std::string::npos) << page;
    EXPECT_TRUE(talk("GET /api/v1/me HTTP/1.1\r\nHost: a\r\nX-Forwarded-Proto: http\r\n\r\n")
                    .starts_with("HTTP/1.1 403 "));
    ServerOptions options = make_proxy_options();
    options.trusted_proxies = {"10.0.0.0/8"};
    serve(std::move(options), tell);
    EXPECT_TRUE(talk(request).ends_with("127.0.0.1 clear"));
}

TEST_F(ServerIo, SaysPlainlyWhyItCannotStart) {
    serve(make_options(), answer_ok);
    ServerOptions options = make_options();
    options.https_address = "127.0.0.1:" + std::to_string(server_->https_port());
    Server second(options, answer_ok);
    try {
        second.start();
        FAIL() << "the port is taken";
    } catch (const std::system_error& error) {
        EXPECT_EQ(std::string(error.what()),
                  "Cannot listen on " + options.https_address + ": Address already in use");
    }
    ServerOptions proxy = make_proxy_options();
    proxy.http_address = "0.0.0.0:0";
    EXPECT_THROW(Server(proxy, answer_ok), std::runtime_error);
    proxy.http_address = "127.0.0.1:0";
    proxy.trusted_proxies = {};
    EXPECT_THROW(Server(proxy, answer_ok), std::runtime_error);
    proxy.trusted_proxies = {"10.0.0.1/8"};
    EXPECT_THROW(Server(proxy, answer_ok), std::runtime_error);
    options.certificate = directory_.path() / "none.pem";
    EXPECT_THROW(Server(options, answer_ok).start(), std::runtime_error);
}

TEST_F(ServerIo, ListensOnAUnixSocketAndReplacesOneLeftOver) {
    ServerOptions options = make_proxy_options();
    options.http_address = "unix:" + (directory_.path() / "socket").string();
    options.trusted_proxies = {"unix"};
    {
        Server first(options, answer_ok);
        first.start();
        Server second(options, answer_ok);
        EXPECT_THROW(second.start(), std::system_error) << "in use";
        EXPECT_TRUE(std::filesystem::exists(directory_.path() / "socket"));
    }
    EXPECT_FALSE(std::filesystem::exists(directory_.path() / "socket"));
}

} // namespace
} // namespace atalaya::net
