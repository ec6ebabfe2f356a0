// A request and its answer as plain values: all that the floors above know about HTTP.
//
// Request and Response are values of whoever holds them. A Reply answers one request, from any
// thread. A Stream is shared between its producer (any thread) and the session that sends it.
#pragma once

#include <atomic>
#include <chrono>
#include <cstddef>
#include <deque>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace atalaya::net {

/// Names are lower-case on input; on output in any case.
struct Header {
    std::string name;
    std::string value;
};

struct Request {
    std::string method;
    std::string target; ///< as it came, origin form
    std::string path;   ///< percent-decoded once, without dot segments, `//` or backslashes
    std::string query;  ///< as it came, without the question mark
    std::vector<Header> headers;
    std::string body;
    std::string peer; ///< the client's address, canonical, after the rule of trusted proxies
    bool secure = false;
    /// True from when the client has hung up, while an answer is waited for; null: nobody looks.
    std::shared_ptr<const std::atomic<bool>> hung_up{};

    bool is_client_gone() const { return hung_up && *hung_up; }
    /// The first field of this (lower-case) name; empty when absent.
    std::string_view header(std::string_view name) const;
};

/// A body that is written while it is being sent: server-sent events, long downloads. The session
/// ends the connection after it.
class Stream {
  public:
    static constexpr std::size_t queued_bytes_max = 1024 * 1024;

    /// False once the client is gone; also when the client is too slow to keep the queue below its
    /// bound, and then the stream closes.
    bool send(std::string chunk);
    /// Nothing more follows. Without it the client can tell that the body was cut.
    void finish();
    bool closed() const;
    /// Bytes that wait to be sent: producers of long downloads pace themselves by it.
    std::size_t queued() const;
    /// Called once when the client goes or everything was sent: on the session's thread, from the
    /// send() that overflowed, or at once when that has happened already. Must not block.
    void on_close(std::function<void()> callback);

    // The session's side.
    struct Taken {
        std::string bytes;
        bool last = false; ///< finished, and `bytes` is the rest
    };
    Taken take();
    /// `wake` is called, on the producer's thread, when there is something to take or the stream
    /// was closed.
    void attach(std::function<void()> wake);
    void close();

  private:
    mutable std::mutex mutex_;
    std::deque<std::string> chunks_;
    std::size_t queued_bytes_ = 0;
    bool finished_ = false;
    bool closed_ = false;
    std::function<void()> wake_;
    std::function<void()> on_close_;
};

/// Content-Length, Transfer-Encoding, Connection and Date are the session's; setting one is a
/// fault.
struct Response {
    int status = 200;
    std::vector<Header> headers;
    std::string body;
    std::shared_ptr<Stream> stream; ///< when set: the headers, then what the stream sends
    /// The session sends nothing of it earlier, so that how long it took tells the client nothing.
    std::chrono::steady_clock::time_point not_before{};
};

/// Answers one request: call it once, from any thread. Dropped without a call, the client gets a
/// 500.
class Reply {
  public:
    /// nullopt: dropped.
    using Sink = std::function<void(std::optional<Response>)>;

    explicit Reply(Sink sink) : sink_(std::move(sink)) {}
    Reply(Reply&& other) noexcept : sink_(std::exchange(other.sink_, nullptr)) {}
    Reply& operator=(Reply&& other) noexcept;
    ~Reply() { drop(); }

    void operator()(Response response);

  private:
    void drop() noexcept;
    Sink sink_;
};

/// Runs on the sessions' threads, several at once, and must not block: whoever has work to do hands
/// it to a worker.
using Handler = std::function<void(Request, Reply)>;

} // namespace atalaya::net
