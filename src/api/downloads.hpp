// Long downloads: answers that are made piece by piece while the client takes them, so that their
// length costs no memory.
//
// Owned by the program; start() is for any thread. Each download has a thread of its own, which
// waits while the client is slow; their number is bounded. A download that fails is cut off, which
// the client can tell from a finished one.
#pragma once

#include "net/message.hpp"

#include <condition_variable>
#include <functional>
#include <list>
#include <memory>
#include <mutex>
#include <thread>

namespace atalaya::api {

class Downloads {
  public:
    /// Appends the next piece, of less than half of what a Stream holds, and says whether more
    /// follows. On the download's thread; what it throws ends the download.
    using Produce = std::function<bool(std::string& piece)>;

    explicit Downloads(std::size_t running_max = 8);
    /// Stops.
    ~Downloads();
    Downloads(const Downloads&) = delete;
    Downloads& operator=(const Downloads&) = delete;

    /// Throws Problem `unavailable` when too many are running, or none may be begun any more.
    std::shared_ptr<net::Stream> start(Produce produce);
    /// Cuts off what is running. Idempotent.
    void stop();

  private:
    struct Running {
        std::atomic<bool> over = false;
        std::jthread thread;
    };
    void run(std::stop_token stop, net::Stream& stream, const Produce& produce);

    const std::size_t running_max_;
    std::mutex mutex_;
    std::list<Running> running_;
    bool stopping_ = false;
};

} // namespace atalaya::api
