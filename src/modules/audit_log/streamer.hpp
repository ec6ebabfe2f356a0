// Sends the record to the teams' collectors as it grows: one thread with one connection, a batch of
// each stream in turn.
//
// Owned by the instance; start() and stop() are for the owner's thread. At least once: how far a
// stream is moves on only after the collector took the events, so that whatever is killed or cut in
// between is sent again, with the same ids. A stream that fails waits a second, then two, up to ten
// minutes; after three days of it the stream is paused, which is an event.
#pragma once

#include "base/background_task.hpp"
#include "db/connection.hpp"
#include "egress/tls_channel.hpp"
#include "keyring/keyring.hpp"
#include "modules/audit_log/shapes.hpp"
#include "modules/audit_log/stream.hpp"

#include <functional>

namespace atalaya::audit_log {

/// How long until the next attempt after `attempts` failed ones; pure.
Micros stream_retry_delay(std::int64_t attempts);

/// The ways out; each blocks for as long as egress says.
struct StreamWays {
    egress::Send webhook;
    std::function<std::optional<egress::Failure>(const egress::Endpoint&, std::string_view)> syslog;
};

struct StreamerParts {
    keyring::Keyring& keyring;
    const audit::PayloadSealer& sealer;
    const Clock& clock;
    Random& random;
    StreamWays ways;
    std::string host; ///< of this installation, for syslog
    std::function<std::vector<TeamId>()> list_teams;
    /// Pauses a stream, on the record.
    std::function<void(TeamId, const Stream&)> pause;
};

class Streamer {
  public:
    Streamer(db::ConnectionOptions connection, StreamerParts parts);

    void start() { task_.start(); }
    /// After the delivery that is under way. Idempotent.
    void stop() { task_.stop(); }
    /// Looks at once instead of after its pause. Any thread.
    void wake() { task_.wake(); }

    /// One batch of each stream that is due; false when there was none. For the own thread, and for
    /// tests that start none.
    bool run_once(std::stop_token stop = {});

  private:
    bool tend(TeamId team, const StoredStream& stream, std::stop_token stop);
    void run_test(TeamId team, const StoredStream& stream);
    /// Why it failed, if it did; `delivered` moves on as far as the collector took them.
    std::optional<std::string> deliver(TeamId team, const StoredStream& stream,
                                       const std::vector<EventSummary>& events,
                                       std::int64_t& delivered, std::stop_token stop);
    std::optional<std::string> post(const egress::Request& request) const;
    std::optional<std::string> send_syslog(const std::string& url, std::string_view bytes) const;
    void note_failure(TeamId team, const Stream& stream, const std::string& failure);

    const StreamerParts parts_;
    db::Connection connection_;
    BackgroundTask task_;
};

} // namespace atalaya::audit_log
