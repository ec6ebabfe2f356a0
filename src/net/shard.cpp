#include "net/shard.hpp"

#include "base/log.hpp"
#include "base/time.hpp"
#include "net/answer.hpp"
#include "net/session.hpp"

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/post.hpp>
#include <unistd.h>
#include <vector>

namespace atalaya::net {
namespace {

constexpr auto sweep_interval = std::chrono::milliseconds(250);
constexpr auto sweep_interval_stopping = std::chrono::milliseconds(10);

} // namespace

Shard::Shard(Service& service)
    : service_(service),
      guard_(io_.get_executor()),
      sweep_timer_(io_.get_executor()),
      mailbox_(std::make_shared<Mailbox>(io_)) {
    sweep();
    thread_ = std::thread([this] { run(); });
}

Shard::~Shard() {
    stop();
    join();
}

void Shard::run() {
    for (;;) {
        try {
            io_.run();
            return;
        } catch (const std::exception&) {
            // One callback's fault, or no memory for one of them, must not take the other
            // connections along.
            log::error("net.callback_failed");
        }
    }
}

void Shard::adopt(const Accepted& accepted) {
    if (!mailbox_->deliver([this, accepted] { open(accepted); }))
        ::close(accepted.socket);
}

void Shard::open(const Accepted& accepted) {
    if (stopping_) {
        ::close(accepted.socket);
        return;
    }
    try {
        const auto session = std::make_shared<Session>(*this, accepted);
        sessions_.emplace(session.get(), session);
        const auto ended = [this, key = session.get()](const std::exception_ptr& fault) {
            if (fault)
                log::error("net.session_failed");
            sessions_.erase(key);
        };
        asio::co_spawn(executor(), session->run(), ended);
    } catch (const std::exception&) {
        log::error("net.session_not_opened");
    }
}

void Shard::stop() {
    mailbox_->deliver([this] {
        if (stopping_)
            return;
        stopping_ = true;
        stop_deadline_ = SteadyClock::now() + service_.options.stop_timeout;
        for (const auto& [key, session] : sessions_)
            session->stop();
        sweep_timer_.cancel();
    });
}

void Shard::join() {
    if (!thread_.joinable())
        return;
    thread_.join();
    mailbox_->close();
    // What came in meanwhile still has to close its sockets and streams.
    io_.restart();
    io_.poll();
}

void Shard::sweep() {
    const auto now = SteadyClock::now();
    date_ = http_date(SystemClock().now().us / 1'000'000);
    const bool over = stopping_ && now >= stop_deadline_;
    for (const auto& [key, session] : sessions_) {
        if (over) {
            session->abort();
        } else {
            session->sweep(now);
        }
    }
    if (stopping_ && sessions_.empty()) {
        guard_.reset();
        return;
    }
    schedule_sweep();
}

void Shard::schedule_sweep() {
    sweep_timer_.expires_after(stopping_ ? sweep_interval_stopping : sweep_interval);
    // Cancelled means: look now.
    sweep_timer_.async_wait([this](const boost::system::error_code&) { sweep(); });
}

} // namespace atalaya::net
