// One event loop with its thread and its connections. Everything of a connection happens on that
// thread.
//
// Inside this room only (it shows Asio). Owned by the server. `adopt` and `stop` may be called by
// any thread, the rest by sessions on the loop's own.
#pragma once

#include "net/address.hpp"
#include "net/server.hpp"
#include "net/tls.hpp"

#include <atomic>
#include <boost/asio/as_tuple.hpp>
#include <boost/asio/basic_stream_socket.hpp>
#include <boost/asio/basic_waitable_timer.hpp>
#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/generic/stream_protocol.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <chrono>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <thread>
#include <unordered_map>

namespace atalaya::net {

namespace asio = boost::asio;

// The concrete executor saves type erasure on every operation.
using Executor = asio::io_context::executor_type;
using Socket = asio::basic_stream_socket<asio::generic::stream_protocol, Executor>;
using SteadyClock = std::chrono::steady_clock;
using Timer = asio::basic_waitable_timer<SteadyClock, asio::wait_traits<SteadyClock>, Executor>;
template <class T>
using Awaitable = asio::awaitable<T, Executor>;
inline constexpr asio::as_tuple_t<asio::use_awaitable_t<Executor>> await_tuple{};

class Session;

/// What all shards of a server share; it outlives them.
struct Service {
    ServerOptions options;
    Handler handler;
    TrustedProxies proxies;
    std::unique_ptr<ServerTls> tls;
    std::uint16_t https_port = 0;
    std::atomic<std::size_t> connections{0};
};

/// Counts a connection for as long as it exists.
class ConnectionCount {
  public:
    explicit ConnectionCount(std::atomic<std::size_t>& count) : count_(count) { ++count_; }
    ~ConnectionCount() { --count_; }
    ConnectionCount(const ConnectionCount&) = delete;
    ConnectionCount& operator=(const ConnectionCount&) = delete;

  private:
    std::atomic<std::size_t>& count_;
};

/// A connection that was accepted and has no session yet.
struct Accepted {
    int socket = -1;
    Address peer;
    bool unix_socket = false;
    bool tls = false;
    bool overloaded = false; ///< to be told 503
};

/// The way into a loop from other threads, safe to hold for longer than the loop lives.
class Mailbox {
  public:
    explicit Mailbox(asio::io_context& io) : executor_(io.get_executor()) {}

    /// Runs `work` on the loop, at once when called there. False when the loop is gone.
    template <class Work>
    bool deliver(Work work) {
        std::unique_lock lock(mutex_);
        if (closed_)
            return false;
        if (executor_.running_in_this_thread()) {
            lock.unlock();
            work();
        } else {
            asio::post(executor_, std::move(work));
        }
        return true;
    }
    void close() {
        const std::lock_guard lock(mutex_);
        closed_ = true;
    }

  private:
    std::mutex mutex_;
    Executor executor_;
    bool closed_ = false;
};

class Shard {
  public:
    explicit Shard(Service& service);
    ~Shard();
    Shard(const Shard&) = delete;
    Shard& operator=(const Shard&) = delete;

    void adopt(const Accepted& accepted);
    /// Idle connections are closed; the others end after their exchange, or when the stop time-out
    /// is over.
    void stop();
    /// After stop(): returns when no connection is left.
    void join();

    Service& service() { return service_; }
    Executor executor() { return io_.get_executor(); }
    const std::shared_ptr<Mailbox>& mailbox() const { return mailbox_; }
    bool stopping() const { return stopping_; }
    std::string_view date() const { return date_; }

  private:
    void run();
    void open(const Accepted& accepted);
    void sweep();
    void schedule_sweep();

    Service& service_;
    asio::io_context io_{1};
    asio::executor_work_guard<Executor> guard_;
    Timer sweep_timer_;
    std::shared_ptr<Mailbox> mailbox_;
    std::unordered_map<const Session*, std::shared_ptr<Session>> sessions_;
    std::string date_;
    bool stopping_ = false;
    SteadyClock::time_point stop_deadline_;
    std::thread thread_; ///< last: it uses all of the above
};

} // namespace atalaya::net
