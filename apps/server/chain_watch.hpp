// Follows every chain, one after the other, again and again, and takes little of the machine for
// it: for each second of work it rests twenty.
//
// Owned by the program; its own thread and connection. What it finds is the chain's last
// verification; a chain that does not hold is an error in the log and an event on that chain, once
// for each place. It never stops the server.
#pragma once

#include "server/instance.hpp"

#include <condition_variable>
#include <map>
#include <mutex>
#include <thread>

namespace atalaya::server_program {

class ChainWatch {
  public:
    /// Begins at once.
    explicit ChainWatch(Instance& instance);
    ~ChainWatch();
    ChainWatch(const ChainWatch&) = delete;
    ChainWatch& operator=(const ChainWatch&) = delete;

    /// Ends between two chains. Idempotent.
    void stop();

  private:
    void run();
    void follow(db::Connection& connection, TeamId team);
    void raise(TeamId team, const audit::Report& report);
    /// False when it is time to end.
    bool rest(std::chrono::milliseconds span);

    Instance& instance_;
    std::map<TeamId, std::int64_t> told_; ///< where each broken chain breaks
    std::mutex mutex_;
    std::condition_variable changed_;
    bool stopping_ = false;
    std::thread thread_;
};

} // namespace atalaya::server_program
