// Streams, time limits, stopping, and clients that go away.
#include "net/server_fixture.hpp"

#include <atomic>
#include <future>
#include <mutex>
#include <random>
#include <thread>

namespace atalaya::net {
namespace {

using namespace std::chrono_literals;

class ServerLife : public ServerTest {};

TEST_F(ServerLife, StreamsUntilTheProducerFinishes) {
    std::jthread producer;
    serve(make_options(), [&](const Request&, Reply reply) {
        const auto stream = std::make_shared<Stream>();
        reply({200, {{"Content-Type", "text/csv"}}, {}, stream});
        producer = std::jthread([stream] {
            for (int i = 0; i < 2000; ++i) {
                while (stream->queued() > 100'000)
                    std::this_thread::yield();
                ASSERT_TRUE(stream->send(std::string(1000, static_cast<char>('a' + i % 26))));
            }
            stream->finish();
        });
    });
    HttpClient client = make_client();
    const auto response = client.send("GET", "/");
    ASSERT_TRUE(response.has_value()) << response.error().reason;
    EXPECT_EQ(response->body.size(), 2'000'000u);
    EXPECT_EQ(response->body.substr(1999), "b" + response->body.substr(2000));
    EXPECT_TRUE(eventually([&] { return server_->connections() == 0; }));
}

TEST_F(ServerLife, TellsTheProducerWhenTheClientGoes) {
    for (const bool reset : {false, true}) {
        std::promise<std::shared_ptr<Stream>> opened;
        std::atomic<int> closed = 0;
        serve(make_proxy_options(), [&](const Request&, Reply reply) {
            const auto stream = std::make_shared<Stream>();
            stream->on_close([&] { ++closed; });
            stream->send("data: 1\n\n");
            reply({200, {{"Content-Type", "text/event-stream"}}, {}, stream});
            opened.set_value(stream);
        });
        auto socket = std::make_optional<RawSocket>(server_->http_port());
        socket->send("GET / HTTP/1.1\r\nHost: a\r\n\r\n");
        EXPECT_NE(socket->read_until("data: 1\n\n").find("9\r\ndata: 1\n\n"), std::string::npos);
        const auto stream = opened.get_future().get();
        EXPECT_FALSE(stream->closed());
        if (reset)
            socket->reset_on_close();
        socket.reset();
        EXPECT_TRUE(eventually([&] { return stream->closed(); }));
        EXPECT_FALSE(stream->send("x"));
        EXPECT_TRUE(eventually([&] { return closed == 1; }));
        server_.reset();
        EXPECT_EQ(closed, 1);
    }
}

TEST_F(ServerLife, TellsTheHandlerThatTheClientHungUp) {
    for (const bool reset : {false, true}) {
        std::promise<std::pair<Request, Reply>> asked;
        serve(make_proxy_options(), [&](const Request& request, Reply reply) {
            asked.set_value({request, std::move(reply)});
        });
        auto socket = std::make_optional<RawSocket>(server_->http_port());
        socket->send("GET / HTTP/1.1\r\nHost: a\r\n\r\n");
        auto [request, reply] = asked.get_future().get();
        EXPECT_FALSE(request.is_client_gone());
        if (reset)
            socket->reset_on_close();
        socket.reset();
        EXPECT_TRUE(eventually([&waiting = request] { return waiting.is_client_gone(); }));
        reply({200, {}, "late", nullptr});
        server_.reset();
    }
}

TEST_F(ServerLife, CutsAStreamThatNobodyReads) {
    std::shared_ptr<Stream> stream;
    std::promise<void> opened;
    serve(make_proxy_options(), [&](const Request&, Reply reply) {
        stream = std::make_shared<Stream>();
        reply({200, {}, {}, stream});
        opened.set_value();
    });
    RawSocket socket(server_->http_port());
    socket.send("GET / HTTP/1.1\r\nHost: a\r\n\r\n");
    opened.get_future().wait();
    const std::string piece(100'000, 'x');
    EXPECT_TRUE(eventually([&] { return !stream->send(piece); }));
    EXPECT_TRUE(stream->closed());
    EXPECT_FALSE(socket.read_all().ends_with("0\r\n\r\n")) << "a cut body must not look whole";
}

TEST_F(ServerLife, EndsWhatTakesTooLong) {
    ServerOptions options = make_proxy_options();
    options.head_timeout = 100ms;
    options.body_timeout = 100ms;
    options.idle_timeout = 100ms;
    serve(std::move(options), answer_ok);
    RawSocket silent(server_->http_port());
    RawSocket head(server_->http_port());
    head.send("GET / HTTP/1.1\r\nHost:");
    RawSocket body(server_->http_port());
    body.send("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\n\r\nhi");
    RawSocket idle(server_->http_port());
    idle.send("GET / HTTP/1.1\r\nHost: a\r\n\r\n");
    RawSocket no_tls(server_->https_port());
    EXPECT_EQ(silent.read_all(), "");
    EXPECT_TRUE(head.read_all().starts_with("HTTP/1.1 408 "));
    EXPECT_TRUE(body.read_all().starts_with("HTTP/1.1 408 "));
    EXPECT_EQ(count(idle.read_all(), "HTTP/1.1 "), 1u);
    EXPECT_EQ(no_tls.read_all(), "");
}

TEST_F(ServerLife, TellsWhenItIsFull) {
    ServerOptions options = make_proxy_options();
    options.connections_max = 2;
    serve(std::move(options), answer_ok);
    RawSocket one(server_->http_port());
    RawSocket two(server_->http_port());
    ASSERT_TRUE(eventually([&] { return server_->connections() == 2; }));
    const std::string answer = talk("GET / HTTP/1.1\r\nHost: a\r\n\r\n");
    EXPECT_TRUE(answer.starts_with("HTTP/1.1 503 ")) << answer;
    EXPECT_NE(answer.find("Retry-After: 1\r\n"), std::string::npos);
}

TEST_F(ServerLife, FinishesRunningExchangesWhenItStops) {
    std::promise<Reply> asked;
    serve(make_proxy_options(),
          [&](const Request&, Reply reply) { asked.set_value(std::move(reply)); });
    RawSocket busy(server_->http_port());
    RawSocket idle(server_->http_port());
    busy.send("GET / HTTP/1.1\r\nHost: a\r\n\r\n");
    Reply reply = asked.get_future().get();
    std::jthread stopper([&] { server_->stop(); });
    EXPECT_EQ(idle.read_all(), "");
    EXPECT_TRUE(eventually([&] { return !RawSocket(server_->http_port()).connected(); }));
    reply({200, {}, "done", nullptr});
    const std::string answer = busy.read_all();
    EXPECT_TRUE(answer.ends_with("done")) << answer;
    EXPECT_NE(answer.find("Connection: close\r\n"), std::string::npos);
}

TEST_F(ServerLife, StopsThoughAHandlerNeverAnswersAndAReplyMayComeLate) {
    std::promise<Reply> asked;
    ServerOptions options = make_proxy_options();
    options.stop_timeout = 50ms;
    serve(std::move(options),
          [&](const Request&, Reply reply) { asked.set_value(std::move(reply)); });
    RawSocket busy(server_->http_port());
    busy.send("GET / HTTP/1.1\r\nHost: a\r\n\r\n");
    Reply reply = asked.get_future().get();
    server_.reset();
    const auto stream = std::make_shared<Stream>();
    reply({200, {}, {}, stream});
    EXPECT_TRUE(stream->closed()) << "its producer must not go on for ever";
}

TEST_F(ServerLife, EndsEventStreamsAtOnceWhenItStops) {
    std::promise<std::shared_ptr<Stream>> opened;
    serve(make_proxy_options(), [&](const Request&, Reply reply) {
        const auto stream = std::make_shared<Stream>();
        reply({200, {{"Content-Type", "text/event-stream"}}, {}, stream});
        opened.set_value(stream);
    });
    RawSocket socket(server_->http_port());
    socket.send("GET / HTTP/1.1\r\nHost: a\r\n\r\n");
    const auto stream = opened.get_future().get();
    socket.read_until("\r\n\r\n");
    const auto before = std::chrono::steady_clock::now();
    std::jthread stopper([&] { server_->stop(); });
    EXPECT_TRUE(socket.read_all().ends_with("0\r\n\r\n"));
    EXPECT_TRUE(eventually([&] { return stream->closed(); }));
    EXPECT_LT(std::chrono::steady_clock::now() - before, 4s);
}

TEST_F(ServerLife, SurvivesClientsThatGoAtAnyMoment) {
    struct Waiting {
        Reply reply;
        bool streams;
    };
    std::atomic<bool> stop = false;
    std::mutex mutex;
    std::vector<Waiting> all;
    std::jthread worker([&] {
        while (!stop) {
            std::vector<Waiting> now;
            {
                const std::lock_guard lock(mutex);
                now.swap(all);
            }
            for (Waiting& waiting : now) {
                Response response{200, {}, std::string(20'000, 'y'), nullptr};
                if (waiting.streams) {
                    response.stream = std::make_shared<Stream>();
                    response.stream->send("data: x\n\n");
                }
                waiting.reply(std::move(response));
            }
            std::this_thread::yield();
        }
    });
    std::atomic<int> asked = 0;
    serve(make_proxy_options(), [&](const Request& request, Reply reply) {
        const std::lock_guard lock(mutex);
        all.push_back({std::move(reply), request.method == "POST" && ++asked % 3 == 0});
    });
    std::mt19937 random(20261122); // NOLINT: the same every time
    const std::string request = "POST /x HTTP/1.1\r\nHost: a\r\nContent-Length: 4\r\n\r\nbody";
    for (int i = 0; i < 1000; ++i) {
        const bool to_tls = random() % 4 == 0;
        RawSocket socket(to_tls ? server_->https_port() : server_->http_port());
        ASSERT_TRUE(socket.connected());
        socket.send(std::string_view(request).substr(0, random() % (request.size() + 1)));
        if (random() % 2)
            socket.reset_on_close();
        if (random() % 3 == 0)
            std::this_thread::yield();
    }
    HttpClient client = make_client();
    const auto response = client.send("GET", "/");
    EXPECT_TRUE(response.has_value()) << response.error().reason;
    client.disconnect();
    EXPECT_TRUE(eventually([&] { return server_->connections() == 0; })) << server_->connections();
    EXPECT_GT(asked, 0);
    stop = true;
}

} // namespace
} // namespace atalaya::net
