#include "db/pool.hpp"

#include "base/check.hpp"
#include "base/log.hpp"

#include <algorithm>

namespace atalaya::db {

Pool::Pool(PoolOptions options) : options_(std::move(options)) {
    for (std::size_t i = 0; i < options_.connections; ++i)
        workers_.emplace_back([this] { work(); });
}

Pool::~Pool() { stop(); }

bool Pool::submit(std::span<const TeamId> serial_keys, Task task) {
    {
        const std::lock_guard lock(mutex_);
        if (stopping_ || queue_.size() >= options_.queue_max)
            return false;
        queue_.push_back({{serial_keys.begin(), serial_keys.end()}, std::move(task)});
    }
    changed_.notify_one();
    return true;
}

void Pool::stop() {
    {
        const std::lock_guard lock(mutex_);
        stopping_ = true;
    }
    changed_.notify_all();
    for (std::thread& worker : workers_) {
        if (worker.joinable())
            worker.join();
    }
}

Pool::Load Pool::load() const {
    const std::lock_guard lock(mutex_);
    return {queue_.size(), running_, options_.connections};
}

bool Pool::take_runnable(Job& out) {
    std::unordered_set<TeamId> taken = busy_;
    for (auto job = queue_.begin(); job != queue_.end(); ++job) {
        const auto is_taken = [&](const TeamId& key) { return taken.contains(key); };
        if (std::none_of(job->keys.begin(), job->keys.end(), is_taken)) {
            out = std::move(*job);
            queue_.erase(job);
            busy_.insert(out.keys.begin(), out.keys.end());
            return true;
        }
        taken.insert(job->keys.begin(), job->keys.end());
    }
    return false;
}

void Pool::work() {
    Connection connection(options_.connection);
    try {
        connection.ensure();
    } catch (const std::exception&) {
        // The first task will try again, and will be the one to be told.
    }
    std::unique_lock lock(mutex_);
    for (;;) {
        Job job;
        changed_.wait(lock, [&] { return take_runnable(job) || (stopping_ && queue_.empty()); });
        if (!job.task)
            return;
        ++running_;
        lock.unlock();
        try {
            job.task(connection);
        } catch (const std::exception& error) {
            log::error("db.task_threw", {{"what", error.what()}});
        }
        connection.check_in();
        job.task = nullptr; // what it captured goes before the next one waits
        lock.lock();
        --running_;
        for (const TeamId& key : job.keys)
            busy_.erase(key);
        // A team that came free may let several jobs go on; without one nothing changed for the
        // others.
        if (!job.keys.empty() || (stopping_ && queue_.empty()))
            changed_.notify_all();
    }
}

} // namespace atalaya::db
