// A few threads for work that takes long and needs no connection meanwhile: password hashing,
// verifying a chain.
//
// Owned by the program; submit() is for any thread. The number of threads is the bound on how much
// of the machine such work may take, so that a flood of log-ins leaves the rest responsive.
#pragma once

#include <condition_variable>
#include <deque>
#include <functional>
#include <mutex>
#include <thread>
#include <vector>

namespace atalaya::api {

class SlowWorkers {
  public:
    SlowWorkers(unsigned threads, std::size_t queue_max);
    ~SlowWorkers();
    SlowWorkers(const SlowWorkers&) = delete;
    SlowWorkers& operator=(const SlowWorkers&) = delete;

    /// False when the queue is full or the workers are stopping. The task must not throw.
    [[nodiscard]] bool submit(std::function<void()> task);
    /// Runs what is queued, then joins. Idempotent.
    void stop();

  private:
    void work();

    const std::size_t queue_max_;
    std::mutex mutex_;
    std::condition_variable changed_;
    std::deque<std::function<void()>> queue_;
    bool stopping_ = false;
    std::vector<std::thread> threads_;
};

} // namespace atalaya::api
