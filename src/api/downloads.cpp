#include "api/downloads.hpp"

#include "base/log.hpp"
#include "base/problems.hpp"

namespace atalaya::api {
namespace {

/// The next piece is made when no more than this waits to be sent.
constexpr std::size_t waiting_bytes_max = net::Stream::queued_bytes_max / 4;
constexpr std::chrono::milliseconds pause{10};
constexpr int retry_after_s = 10;

} // namespace

Downloads::Downloads(std::size_t running_max) : running_max_(running_max) {}

Downloads::~Downloads() { stop(); }

std::shared_ptr<net::Stream> Downloads::start(Produce produce) {
    const std::lock_guard lock(mutex_);
    running_.remove_if([](const Running& one) { return one.over.load(); });
    if (stopping_ || running_.size() >= running_max_)
        throw Problem(problems::unavailable).retry_after(retry_after_s);
    auto stream = std::make_shared<net::Stream>();
    Running& running = running_.emplace_back();
    running.thread =
        std::jthread([this, &running, stream, produce = std::move(produce)](std::stop_token stop) {
            try {
                run(stop, *stream, produce);
            } catch (const std::exception& failure) {
                log::warning("download cut off", {{"reason", failure.what()}});
                stream->close();
            }
            running.over = true;
        });
    return stream;
}

void Downloads::run(std::stop_token stop, net::Stream& stream, const Produce& produce) {
    for (bool more = true; more;) {
        while (stream.queued() > waiting_bytes_max && !stream.closed() && !stop.stop_requested())
            std::this_thread::sleep_for(pause);
        if (stop.stop_requested())
            return stream.close();
        std::string piece;
        more = produce(piece);
        if (!stream.send(std::move(piece)))
            return;
    }
    stream.finish();
}

void Downloads::stop() {
    std::list<Running> ending;
    {
        const std::lock_guard lock(mutex_);
        stopping_ = true;
        ending.swap(running_);
    }
    for (Running& one : ending)
        one.thread.request_stop();
}

} // namespace atalaya::api
