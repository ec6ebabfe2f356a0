#include "api/event_streams.hpp"

namespace atalaya::api {
namespace {

constexpr std::chrono::seconds ping_interval{15};
constexpr std::chrono::minutes age_max{5};

} // namespace

EventStreams::EventStreams() : thread_([this] { tend(); }) {}

EventStreams::~EventStreams() { stop(); }

void EventStreams::add(std::shared_ptr<net::Stream> stream, std::shared_ptr<void> feed) {
    const Instant now = std::chrono::steady_clock::now();
    const std::lock_guard lock(mutex_);
    open_.push_back({std::move(stream), std::move(feed), now, now});
}

void EventStreams::stop() {
    {
        const std::lock_guard lock(mutex_);
        stopping_ = true;
    }
    changed_.notify_all();
    if (thread_.joinable())
        thread_.join();
    for (const Open& open : open_)
        open.stream->finish();
    open_.clear();
}

std::list<EventStreams::Open> EventStreams::sort_out(Instant now) {
    std::list<Open> over;
    for (auto it = open_.begin(); it != open_.end();) {
        const auto here = it++;
        if (now - here->pinged >= ping_interval) {
            here->stream->send(": ping\n\n");
            here->pinged = now;
        }
        if (now - here->opened >= age_max)
            here->stream->finish();
        if (here->stream->closed() || now - here->opened >= age_max)
            over.splice(over.end(), open_, here);
    }
    return over;
}

void EventStreams::tend() {
    std::unique_lock lock(mutex_);
    while (!stopping_) {
        changed_.wait_for(lock, std::chrono::seconds(1), [&] { return stopping_; });
        std::list<Open> over = sort_out(std::chrono::steady_clock::now());
        lock.unlock();
        over.clear(); // waits for running callbacks, so outside the lock
        lock.lock();
    }
}

std::string event_text(std::string_view event, std::string_view data) {
    return "event: " + std::string(event) + "\ndata: " + std::string(data) + "\n\n";
}

} // namespace atalaya::api
