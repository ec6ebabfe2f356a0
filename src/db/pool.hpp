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
#include <list>
#include <mutex>
#include <span>
#include <thread>
#include <unordered_map>
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
        std::vector<TeamId> keys; ///< without repetition
        Task task;
        std::size_t waits_for = 0; ///< keys whose line it does not lead
    };
    using Jobs = std::list<Job>;

    void work();
    /// Lets go of the keys of a job that ended, and of those that waited behind it.
    void leave_lines(const Job& job);

    const PoolOptions options_;
    mutable std::mutex mutex_;
    std::condition_variable changed_;
    Jobs ready_, waiting_; ///< queued, in order; moved between the lists, never copied
    /// Who stands in line for a team; the first one may run or runs.
    std::unordered_map<TeamId, std::deque<Jobs::iterator>> lines_;
    std::size_t running_ = 0;
    bool stopping_ = false;
    std::vector<std::thread> workers_;
};

} // namespace atalaya::db
