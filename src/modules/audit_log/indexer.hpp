// Keeps the search index of the record behind the record: one thread with one connection, which
// indexes each block of events once it is full, and after an upgrade those of before, newest first.
//
// Owned by the instance; start() and stop() are for the owner's thread. Nothing is lost when it is
// interrupted, since a block is indexed in one transaction; until then it is searched event by
// event. Several servers on one database may do the same work twice, to the same effect.
#pragma once

#include "audit/payload_sealer.hpp"
#include "base/background_task.hpp"
#include "db/connection.hpp"

namespace atalaya::audit_log {

class Indexer {
  public:
    /// `list_teams` is called on the indexer's thread.
    Indexer(db::ConnectionOptions connection, const audit::PayloadSealer& sealer,
            std::function<std::vector<TeamId>()> list_teams);

    void start() { task_.start(); }
    /// Idempotent.
    void stop() { task_.stop(); }

    /// Indexes what is due. For the own thread, and for tests that start none.
    void run_once(std::stop_token stop = {});

  private:
    const audit::PayloadSealer& sealer_;
    const std::function<std::vector<TeamId>()> list_teams_;
    db::Connection connection_;
    BackgroundTask task_;
};

} // namespace atalaya::audit_log
