// A child process that is kept alive: started, and started again when it ends.
//
// Owned by the program; its own thread forks, each time: the kernel ends the child when this
// process dies. Nothing throws: a child that cannot be started is logged and tried again.
#pragma once

#include <chrono>
#include <condition_variable>
#include <functional>
#include <mutex>
#include <optional>
#include <string>
#include <thread>
#include <vector>

namespace atalaya::server_program {

struct ChildCommand {
    std::string program;
    std::vector<std::string> words; ///< argv, with the name first
    std::vector<std::string> environment;
};

class KeptChild {
  public:
    /// `command` is asked on the child's thread before every start; with nullopt there is nothing
    /// to start, and it is asked again after wake().
    KeptChild(std::string name, std::chrono::seconds pause,
              std::function<std::optional<ChildCommand>()> command);
    ~KeptChild();
    KeptChild(const KeptChild&) = delete;
    KeptChild& operator=(const KeptChild&) = delete;

    void start();
    void wake();
    /// Ends the child and waits for it. Idempotent.
    void stop();

  private:
    void supervise();

    const std::string name_;
    const std::chrono::seconds pause_;
    const std::function<std::optional<ChildCommand>()> command_;
    std::mutex mutex_;
    std::condition_variable changed_;
    bool awake_ = false;
    bool stopping_ = false;
    int child_ = 0;
    std::thread thread_;
};

} // namespace atalaya::server_program
