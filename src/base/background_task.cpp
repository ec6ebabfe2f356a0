#include "base/background_task.hpp"

#include "base/log.hpp"

namespace atalaya {

BackgroundTask::BackgroundTask(std::string complaint, std::chrono::milliseconds pause, Round round)
    : complaint_(std::move(complaint)), pause_(pause), round_(std::move(round)) {}

BackgroundTask::~BackgroundTask() { stop(); }

void BackgroundTask::start() {
    thread_ = std::jthread([this](std::stop_token stop) { work(stop); });
}

void BackgroundTask::wake() {
    const std::lock_guard lock(mutex_);
    woken_ = true;
    changed_.notify_all();
}

void BackgroundTask::stop() {
    thread_.request_stop();
    if (thread_.joinable())
        thread_.join();
}

void BackgroundTask::work(std::stop_token stop) {
    while (!stop.stop_requested()) {
        if (do_round(stop))
            continue;
        std::unique_lock lock(mutex_);
        changed_.wait_for(lock, stop, pause_, [&] { return woken_; });
        woken_ = false;
    }
}

bool BackgroundTask::do_round(std::stop_token stop) const {
    try {
        return round_(stop);
    } catch (const std::exception& failure) {
        log::warning(complaint_, {{"reason", failure.what()}});
        return false;
    }
}

} // namespace atalaya
