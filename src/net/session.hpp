// One connection: reads requests strictly one after the other, hands each to the handler, writes
// its answer.
//
// Inside this room only (it shows Asio). Shared between its coroutine and its shard; lives on the
// shard's thread. Faults end the connection, never the server.
#pragma once

#include "net/answer.hpp"
#include "net/chunked.hpp"
#include "net/head.hpp"
#include "net/shard.hpp"

#include <boost/asio/ssl/stream.hpp>
#include <memory>
#include <optional>
#include <string>

namespace atalaya::net {

class Session : public std::enable_shared_from_this<Session> {
  public:
    Session(Shard& shard, const Accepted& accepted);
    ~Session();
    Session(const Session&) = delete;
    Session& operator=(const Session&) = delete;

    /// The whole life of the connection.
    Awaitable<void> run();
    /// Called every fraction of a second; ends what takes too long. A sweep over all connections
    /// costs less than a timer for each operation.
    void sweep(SteadyClock::time_point now);
    /// The server stops: ends an idle connection and an endless stream.
    void stop();
    /// Closes at once.
    void abort();

  private:
    // Each returns false when the connection cannot go on.
    Awaitable<bool> exchange();
    Awaitable<void> read_head();
    Awaitable<void> read_body();
    Awaitable<void> read_sized_body(std::uint64_t size);
    Awaitable<void> read_chunked_body(std::size_t bytes_max);
    Awaitable<Response> ask();
    Awaitable<bool> send(Response response);
    Awaitable<bool> send_stream(std::shared_ptr<Stream> stream, bool chunked);
    Awaitable<void> watch(std::shared_ptr<Stream> stream);
    Awaitable<void> close();

    /// Zero: the connection is over or the deadline has passed.
    Awaitable<std::size_t> read_some(char* into, std::size_t size);
    Awaitable<std::size_t> fill();
    Awaitable<bool> write(std::string_view bytes);
    Awaitable<void> wait();
    Awaitable<void> wait_until(SteadyClock::time_point time);

    bool identify();
    void refuse(const ProblemKind& kind, std::string detail = {});
    Response make_failure();
    void deliver(std::optional<Response> response);
    void arm(SteadyClock::duration timeout);
    std::string_view unread() const { return {buffer_.get() + begin_, end_ - begin_}; }

    void notice_hang_up();

    Shard& shard_;
    Service& service_;
    const ConnectionCount counted_;
    const Accepted accepted_;
    Socket socket_;
    std::optional<asio::ssl::stream<Socket&>> tls_;
    Timer wake_; ///< cancelling it wakes the coroutine; expires in wait_until() only
    SteadyClock::time_point deadline_ = SteadyClock::time_point::max();
    bool expired_ = false;
    bool aborted_ = false;
    bool idle_ = true;
    bool first_ = true;
    bool clear_before_proxy_ = false; ///< a trusted proxy says that its client speaks plain HTTP
    bool more_may_come_ = false;      ///< the client was cut short: it may still be sending

    std::shared_ptr<std::atomic<bool>> hung_up_; ///< of the request that is being answered
    std::unique_ptr<char[]> buffer_;             ///< head_bytes_max bytes
    std::size_t begin_ = 0;
    std::size_t end_ = 0;

    // The exchange that is going on.
    std::optional<RequestHead> head_;
    std::optional<Refusal> refusal_;
    bool answered_ = false;
    std::optional<Response> answer_;
    std::shared_ptr<Stream> stream_;
    bool endless_ = false; ///< stream_ is server-sent events
    bool watching_ = false;
    bool client_gone_ = false;
    std::string out_;
};

} // namespace atalaya::net
