#include "net/session.hpp"

#include <algorithm>
#include <boost/asio/write.hpp>
#include <poll.h>

// g++ 12 destroys braced temporaries and capturing lambdas in a co_await expression twice: name
// them first.

namespace atalaya::net {
namespace {

constexpr std::size_t write_bytes = 256 * 1024;
constexpr std::size_t drained_bytes_max = 1024 * 1024;
constexpr auto close_timeout = std::chrono::seconds(2);

} // namespace

Session::Session(Shard& shard, const Accepted& accepted)
    : shard_(shard),
      service_(shard.service()),
      counted_(service_.connections),
      accepted_(accepted),
      socket_(shard.executor(),
              asio::generic::stream_protocol(
                  accepted.unix_socket ? AF_UNIX : (accepted.peer.v4 ? AF_INET : AF_INET6), 0),
              accepted.socket),
      wake_(shard.executor(), SteadyClock::time_point::max()),
      buffer_(std::make_unique_for_overwrite<char[]>(head_bytes_max)) {
    if (accepted.tls)
        tls_.emplace(socket_, service_.tls->make_session().release());
}

Session::~Session() = default;

Awaitable<void> Session::run() {
    if (tls_) {
        arm(service_.options.head_timeout);
        const auto result =
            co_await tls_->async_handshake(asio::ssl::stream_base::server, await_tuple);
        if (std::get<0>(result))
            co_return;
    }
    for (;;) {
        const bool goes_on = co_await exchange();
        if (!goes_on)
            break;
    }
    co_await close();
}

Awaitable<void> Session::close() {
    if (aborted_)
        co_return;
    arm(close_timeout);
    if (tls_) {
        // Our good-bye is sent; the client's is not waited for.
        SSL_set_shutdown(tls_->native_handle(), SSL_RECEIVED_SHUTDOWN);
        co_await tls_->async_shutdown(await_tuple);
    }
    boost::system::error_code ignored;
    socket_.shutdown(asio::socket_base::shutdown_send, ignored);
    // Closing with unread bytes would reset the connection and could destroy the answer under way.
    std::size_t drained = 0;
    const asio::mutable_buffer into(buffer_.get(), head_bytes_max);
    while (more_may_come_ && drained < drained_bytes_max && !aborted_ && !expired_) {
        const auto result = co_await socket_.async_read_some(into, await_tuple);
        if (std::get<0>(result))
            break;
        drained += std::get<1>(result);
    }
}

Awaitable<std::size_t> Session::fill() {
    const std::size_t size = co_await read_some(buffer_.get() + end_, head_bytes_max - end_);
    end_ += size;
    co_return size;
}

Awaitable<std::size_t> Session::read_some(char* into, std::size_t size) {
    const asio::mutable_buffer buffer(into, size);
    if (tls_) {
        const auto result = co_await tls_->async_read_some(buffer, await_tuple);
        co_return std::get<0>(result) ? 0 : std::get<1>(result);
    }
    const auto result = co_await socket_.async_read_some(buffer, await_tuple);
    co_return std::get<0>(result) ? 0 : std::get<1>(result);
}

Awaitable<bool> Session::write(std::string_view bytes) {
    while (!bytes.empty()) {
        arm(service_.options.write_timeout);
        const asio::const_buffer slice(bytes.data(), std::min(bytes.size(), write_bytes));
        bool failed = false;
        if (tls_) {
            const auto result = co_await asio::async_write(*tls_, slice, await_tuple);
            failed = std::get<0>(result).failed();
        } else {
            const auto result = co_await asio::async_write(socket_, slice, await_tuple);
            failed = std::get<0>(result).failed();
        }
        if (failed) {
            abort();
            co_return false;
        }
        bytes.remove_prefix(slice.size());
    }
    co_return true;
}

Awaitable<void> Session::wait() { co_await wake_.async_wait(await_tuple); }

Awaitable<void> Session::wait_until(SteadyClock::time_point time) {
    while (SteadyClock::now() < time && !aborted_) {
        wake_.expires_at(time);
        co_await wait();
    }
    wake_.expires_at(SteadyClock::time_point::max());
}

void Session::arm(SteadyClock::duration timeout) {
    deadline_ = SteadyClock::now() + timeout;
    expired_ = false;
}

/// Nothing is read while an answer is made, so the end of what the client sends is asked for. One
/// that only ends its sending looks the same, which hardly any client does that waits for more.
void Session::notice_hang_up() {
    pollfd socket{socket_.native_handle(), POLLRDHUP, 0};
    if (poll(&socket, 1, 0) == 1)
        *hung_up_ = true;
}

void Session::sweep(SteadyClock::time_point now) {
    if (hung_up_)
        notice_hang_up();
    if (now < deadline_)
        return;
    if (expired_) {
        abort();
        return;
    }
    // First the operation is ended, so that the client can still be told; then the connection.
    expired_ = true;
    deadline_ = now + close_timeout;
    boost::system::error_code ignored;
    socket_.cancel(ignored);
}

void Session::stop() {
    if (idle_ && !head_ && !refusal_) {
        abort();
    } else if (stream_ && endless_) {
        stream_->finish();
    }
}

void Session::abort() {
    aborted_ = true;
    boost::system::error_code ignored;
    socket_.close(ignored);
    wake_.cancel();
}

} // namespace atalaya::net
