// The signer beside a running server: this same program as a child, started again when it dies.
//
// Owned by the program; its own thread does the work. What goes wrong is logged and never stops the
// server: a signer that is silent shows in every chain's state.
#pragma once

#include <condition_variable>
#include <mutex>
#include <thread>

namespace atalaya::server_program {

class SignerProcess {
  public:
    /// Starts it at once, with the words that this process was started with, unless it is not
    /// wanted.
    explicit SignerProcess(bool wanted);
    ~SignerProcess();
    SignerProcess(const SignerProcess&) = delete;
    SignerProcess& operator=(const SignerProcess&) = delete;

    /// Ends it and waits for it. Idempotent.
    void stop();

  private:
    void supervise();

    std::mutex mutex_;
    std::condition_variable changed_;
    int child_ = 0;
    bool stopping_ = false;
    std::thread thread_;
};

} // namespace atalaya::server_program
