// Keeps server-sent event streams alive while somebody listens: pings them, ends them after a while
// so that the browser comes back and is identified anew, and lets go of what fed them once they are
// closed.
//
// Owned by the program; add() is for any thread. Feeds are released on this object's own thread,
// never inside one of their own callbacks.
#pragma once

#include "net/message.hpp"

#include <chrono>
#include <condition_variable>
#include <list>
#include <memory>
#include <mutex>
#include <thread>

namespace atalaya::api {

class EventStreams {
  public:
    EventStreams();
    /// Ends all streams.
    ~EventStreams();
    EventStreams(const EventStreams&) = delete;
    EventStreams& operator=(const EventStreams&) = delete;

    /// `feed` is whatever must live as long as the stream.
    void add(std::shared_ptr<net::Stream> stream, std::shared_ptr<void> feed);
    void stop();

  private:
    using Instant = std::chrono::steady_clock::time_point;
    struct Open {
        std::shared_ptr<net::Stream> stream;
        std::shared_ptr<void> feed;
        Instant opened, pinged;
    };
    void tend();
    /// Takes out what is over; pings what is quiet.
    std::list<Open> sort_out(Instant now);

    std::mutex mutex_;
    std::condition_variable changed_;
    std::list<Open> open_;
    bool stopping_ = false;
    std::thread thread_;
};

/// One event in the form of the HTML standard; `data` must be one line.
std::string event_text(std::string_view event, std::string_view data);

} // namespace atalaya::api
