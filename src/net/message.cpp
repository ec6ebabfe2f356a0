#include "net/message.hpp"

#include "base/check.hpp"
#include "base/log.hpp"

#include <utility>

namespace atalaya::net {

std::string_view Request::header(std::string_view name) const {
    for (const Header& header : headers) {
        if (header.name == name)
            return header.value;
    }
    return {};
}

bool Stream::send(std::string chunk) {
    std::function<void()> wake;
    std::function<void()> gone;
    bool open = true;
    {
        const std::lock_guard lock(mutex_);
        if (closed_ || finished_)
            return false;
        if (queued_bytes_ + chunk.size() > queued_bytes_max) {
            closed_ = true;
            open = false;
            chunks_.clear();
            queued_bytes_ = 0;
            gone = std::exchange(on_close_, nullptr);
        } else if (!chunk.empty()) {
            queued_bytes_ += chunk.size();
            chunks_.push_back(std::move(chunk));
        }
        wake = wake_;
    }
    if (wake)
        wake();
    if (gone)
        gone();
    return open;
}

void Stream::finish() {
    std::function<void()> wake;
    {
        const std::lock_guard lock(mutex_);
        finished_ = true;
        wake = wake_;
    }
    if (wake)
        wake();
}

bool Stream::closed() const {
    const std::lock_guard lock(mutex_);
    return closed_;
}

std::size_t Stream::queued() const {
    const std::lock_guard lock(mutex_);
    return queued_bytes_;
}

void Stream::on_close(std::function<void()> callback) {
    {
        const std::lock_guard lock(mutex_);
        if (!closed_) {
            on_close_ = std::move(callback);
            return;
        }
    }
    callback();
}

Stream::Taken Stream::take() {
    // One write of about this size keeps the TLS records full and the copy small.
    constexpr std::size_t bytes_per_write = 64 * 1024;
    Taken taken;
    const std::lock_guard lock(mutex_);
    while (!chunks_.empty() && taken.bytes.size() < bytes_per_write) {
        queued_bytes_ -= chunks_.front().size();
        if (taken.bytes.empty()) {
            taken.bytes = std::move(chunks_.front());
        } else {
            taken.bytes += chunks_.front();
        }
        chunks_.pop_front();
    }
    taken.last = finished_ && chunks_.empty();
    return taken;
}

void Stream::attach(std::function<void()> wake) {
    const std::lock_guard lock(mutex_);
    wake_ = std::move(wake);
}

void Stream::close() {
    std::function<void()> gone;
    {
        const std::lock_guard lock(mutex_);
        closed_ = true;
        chunks_.clear();
        queued_bytes_ = 0;
        wake_ = nullptr;
        gone = std::exchange(on_close_, nullptr);
    }
    if (gone)
        gone();
}

Reply& Reply::operator=(Reply&& other) noexcept {
    if (this != &other) {
        drop();
        sink_ = std::exchange(other.sink_, nullptr);
    }
    return *this;
}

void Reply::operator()(Response response) {
    CHECK_REQUEST(sink_ != nullptr);
    const Sink sink = std::exchange(sink_, nullptr);
    sink(std::move(response));
}

void Reply::drop() noexcept {
    if (!sink_)
        return;
    const Sink sink = std::exchange(sink_, nullptr);
    try {
        sink(std::nullopt);
    } catch (const std::exception&) {
        log::error("net.reply_lost");
    }
}

} // namespace atalaya::net
