// Worker threads, each with one connection of its own, behind one bounded queue.
//
// Owned by the program; submit() is for any thread. A task runs on a worker and must not throw
// (what it throws is logged and swallowed). Tasks that name teams as serial keys run one at a time
// for each team and in order, so that a team's audit head is never fought over; reads name none.
#pragma once

#include "base/ids.hpp"
#include "db/connection.hpp"

#include <condition_variable>
#include <cstddef>
#include <deque>
#include <functional>
#include <mutex>
#include <span>
#include <thread>
#include <unordered_set>
#include <vector>

namespace atalaya::db {

struct PoolOptions {
    ConnectionOptions connection;
    std::size_t connections = 8; ///< and workers
    std::size_t queue_max = 256;
};

class Pool {
  public:
    using Task = std::function<void(Connection&)>;

    explicit Pool(PoolOptions options);
    /// Stops.
    ~Pool();
    Pool(const Pool&) = delete;
    Pool& operator=(const Pool&) = delete;

    /// Queues a task; false when the queue is full or the pool is stopping: the task will not run.
    [[nodiscard]] bool submit(std::span<const TeamId> serial_keys, Task task);
    /// Refuses new tasks, runs the queued ones, joins the workers. Idempotent; not for a worker.
    void stop();

    struct Load {
        std::size_t queued, running, workers;
    };
    Load load() const;

  private:
    struct Job {
        std::vector<TeamId> keys;
        Task task;
    };

    void work();
    /// Takes the first job whose teams are neither being worked on nor waited for by an older job.
    bool take_runnable(Job& out);

    const PoolOptions options_;
    mutable std::mutex mutex_;
    std::condition_variable changed_;
    std::deque<Job> queue_;
    std::unordered_set<TeamId> busy_;
    std::size_t running_ = 0;
    bool stopping_ = false;
    std::vector<std::thread> workers_;
};

} // namespace atalaya::db
