// Work that is done again and again on a thread of its own, with a pause between the rounds.
//
// Owned by whoever's work it is, as the last member, so that the thread is gone before what it
// uses. start() and stop() are for the owner's thread, wake() for any. A round that throws ends in
// one warning in the log and is done again after the pause: a database may be away for a while.
#pragma once

#include <chrono>
#include <condition_variable>
#include <functional>
#include <mutex>
#include <string>
#include <thread>

namespace atalaya {

class BackgroundTask {
  public:
    /// One round; true asks for the next one at once.
    using Round = std::function<bool(std::stop_token)>;

    /// `complaint` is what the log says of a round that throws.
    BackgroundTask(std::string complaint, std::chrono::milliseconds pause, Round round);
    ~BackgroundTask();
    BackgroundTask(const BackgroundTask&) = delete;
    BackgroundTask& operator=(const BackgroundTask&) = delete;

    void start();
    /// Ends the pause, or leaves out the next one.
    void wake();
    /// After the round that is under way, which is asked to be quick. Idempotent.
    void stop();

  private:
    void work(std::stop_token stop);
    bool do_round(std::stop_token stop) const;

    const std::string complaint_;
    const std::chrono::milliseconds pause_;
    const Round round_;
    std::mutex mutex_;
    std::condition_variable_any changed_;
    bool woken_ = false;
    std::jthread thread_;
};

} // namespace atalaya
