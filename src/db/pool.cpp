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
    Jobs one;
    Job& job = one.emplace_back(Job{{serial_keys.begin(), serial_keys.end()}, std::move(task)});
    std::sort(job.keys.begin(), job.keys.end());
    job.keys.erase(std::unique(job.keys.begin(), job.keys.end()), job.keys.end());

    const std::lock_guard lock(mutex_);
    if (stopping_ || ready_.size() + waiting_.size() >= options_.queue_max)
        return false;
    for (const TeamId& key : job.keys) {
        auto& line = lines_[key];
        job.waits_for += line.empty() ? 0 : 1;
        line.push_back(one.begin());
    }
    if (job.waits_for > 0) {
        waiting_.splice(waiting_.end(), one);
    } else {
        ready_.splice(ready_.end(), one);
        changed_.notify_one();
    }
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
    return {ready_.size() + waiting_.size(), running_, options_.connections};
}

void Pool::leave_lines(const Job& job) {
    std::size_t freed = 0;
    for (const TeamId& key : job.keys) {
        const auto line = lines_.find(key);
        line->second.pop_front();
        if (line->second.empty()) {
            lines_.erase(line);
            continue;
        }
        const Jobs::iterator next = line->second.front();
        if (--next->waits_for == 0) {
            ready_.splice(ready_.end(), waiting_, next);
            ++freed;
        }
    }
    // The caller takes one itself, at once.
    for (; freed > 1; --freed)
        changed_.notify_one();
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
        const auto is_over = [&] { return stopping_ && waiting_.empty(); };
        changed_.wait(lock, [&] { return !ready_.empty() || is_over(); });
        if (ready_.empty())
            return;
        Jobs mine;
        mine.splice(mine.end(), ready_, ready_.begin());
        Job& job = mine.front();
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
        leave_lines(job);
        if (is_over())
            changed_.notify_all();
    }
}

} // namespace atalaya::db
