// Follows every chain, one after the other, again and again, and takes little of the machine for
// it: for each second of work it rests twenty.
//
// Owned by the program; its own thread and connection. What it finds is the chain's last
// verification; a chain that does not hold is an error in the log, an event on that chain, once for
// each place, and keeps /readyz at 503 (watch_memory.hpp). It never stops the server.
#pragma once

#include "server/instance.hpp"
#include "server/watch_memory.hpp"

#include <condition_variable>
#include <mutex>
#include <thread>
#include <vector>

namespace atalaya::server_program {

class ChainWatch {
  public:
    /// Begins at once, behind the chain that was followed last.
    ChainWatch(Instance& instance, WatchMemory& memory);
    ~ChainWatch();
    ChainWatch(const ChainWatch&) = delete;
    ChainWatch& operator=(const ChainWatch&) = delete;

    /// Ends between two chains. Idempotent.
    void stop();

  private:
    void run();
    std::vector<TeamId> list_chains(db::Connection& directory) const;
    void follow(db::Connection& connection, TeamId team);
    Followed look(db::Tx& tx, const Followed& before) const;
    /// In the log and on the record.
    void tell(TeamId team, const Followed& followed);
    /// False when it is time to end.
    bool rest(std::chrono::milliseconds span);

    Instance& instance_;
    WatchMemory& memory_;
    std::mutex mutex_;
    std::condition_variable changed_;
    bool stopping_ = false;
    std::thread thread_;
};

} // namespace atalaya::server_program
