// Has a timestamp authority (RFC 3161) stamp the newest checkpoints of all chains together, now and
// then: one thread with one connection.
//
// Owned by the program; start() and stop() are for the owner's thread. One token is for all chains
// whose newest checkpoint was not stamped yet (audit/stamp.hpp). It is kept only when it answers
// our question, its authority is one of ours, and its time is about the time here. When the
// authority gives none it is asked again after a minute, then two, up to an hour; the log says so
// once.
#pragma once

#include "audit/checkpoints.hpp"
#include "base/background_task.hpp"
#include "base/random.hpp"
#include "db/connection.hpp"
#include "egress/http.hpp"

#include <functional>

namespace atalaya::audit_log {

struct StamperParts {
    const Clock& clock;
    Random& random;
    egress::Send send;
    std::function<std::vector<TeamId>()> list_teams;
    std::string url;
    std::string authorities; ///< PEM
    Micros interval;
};

class Stamper {
  public:
    Stamper(db::ConnectionOptions connection, StamperParts parts);

    void start() { task_.start(); }
    /// After the authority that is being asked. Idempotent.
    void stop() { task_.stop(); }

    /// Asks when it is time to and something moved. For the own thread, and for tests that start
    /// none.
    void run_once();

    /// Why there was no token the last time; empty when there was one. For tests.
    const std::string& failure() const { return failure_; }

  private:
    struct Entry {
        TeamId team;
        audit::StoredCheckpoint checkpoint;
        audit::Note note;
    };

    Time find_last_stamp();
    std::vector<Entry> list_unstamped();
    Result<audit::StoredStamp> ask(const audit::Hash& root);
    void keep(const std::vector<Entry>& entries, const std::vector<audit::Hash>& hashes,
              audit::StoredStamp stamp);

    const StamperParts parts_;
    db::Connection connection_;
    std::optional<Time> next_at_;
    std::int64_t attempts_ = 0; ///< failed ones in a row
    std::string failure_;
    BackgroundTask task_;
};

} // namespace atalaya::audit_log
