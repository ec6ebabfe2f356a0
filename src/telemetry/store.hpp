// What the agents of servers measured: taken in push by push, read back as charts want it, and
// passed on while it is fresh.
//
// TelemetryStore is the seam between the endpoints of servers and the series; FrameStore
// (frame_store.hpp) makes a series of each column. One object, owned by the program; every function
// is for any thread. The team is always that of the transaction's scope. Failures are those of
// db::Tx; samples are never a reason to throw, unless there is no room for any (Problem
// unavailable).
//
// How the endpoint for agents uses it, after wire::parse_push:
//
//     const Appended done = transact(connection, scope, [&](db::Tx& tx) {
//         return store.append(tx, server, {push, frame, find_name});
//     });
//     store.publish(push, done);
//     // done.result: stored and too_old are acknowledged; unknown_table is 409 series_unknown; the
//     // others are 422
#pragma once

#include "base/ids.hpp"
#include "base/time.hpp"
#include "telemetry/subscribers.hpp"
#include "wire/frame.hpp"

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace atalaya::db {
class Tx;
} // namespace atalaya::db

namespace atalaya::telemetry {

enum class AppendResult {
    stored,
    unknown_table, ///< nothing was stored: send it again with its series table
    wrong_table,   ///< refused: the table's id is not the hash of the table, its size is not the
                   ///< push's, or it has labels that no agent may set
    too_wide,      ///< refused: the server would have too many active series
    rejected_time, ///< refused: a tick lies too far in the future
    too_old,       ///< every tick is older than what is kept; acknowledged and forgotten
};

/// A push, the bytes that it came as, and how to learn what its server is called: asked only when
/// the table is new.
struct Frame {
    const wire::Push& push;
    BytesView bytes;
    const std::function<std::string()>& find_name;
};

/// What must happen in memory once the push has committed; made and read by the store alone.
struct PreparedPush;

struct Appended {
    AppendResult result;
    std::shared_ptr<const PreparedPush> prepared{}; ///< when it was stored
};

inline constexpr std::size_t points_max = 5'000;

struct RangeQuery {
    Time from;
    Time to;                      ///< itself outside; later than `from`
    std::size_t max_points = 600; ///< at most this many buckets, give or take one; 1 to points_max
    std::vector<std::string> names{}; ///< of metrics; none means all
};

/// NaN is a gap: no tick of this series fell into that bucket.
struct RangeSeries {
    std::string name;
    std::vector<wire::Label> labels;
    wire::Unit unit = wire::Unit::count;
    std::vector<double> average;
    std::vector<double> least;
    std::vector<double> greatest;
};

struct Range {
    Time from;
    Time to;
    std::int64_t step_s = 0;
    std::vector<Time>
        times; ///< where each bucket starts: multiples of step_s since 1970, without holes
    std::vector<RangeSeries> series; ///< by name, then labels
};

/// How loaded a server was at its last tick; absent is what it did not report.
struct Usage {
    Time at;
    std::optional<double> cpu_percent{}; ///< everything but idle
    std::optional<double> memory_used_bytes{};
    std::optional<double> memory_total_bytes{};
    std::optional<double> filesystem_percent{}; ///< of the fullest filesystem
};

class TelemetryStore {
  public:
    virtual ~TelemetryStore() = default;

    /// Has no effect outside the transaction, so the body may run again. A push may come again: of
    /// two values for the same series and tick the later written one counts.
    virtual Appended append(db::Tx& tx, ServerId server, const Frame& frame) = 0;
    /// After the commit: shows the push to readers and to subscribers. Does nothing when nothing
    /// was stored.
    virtual void publish(const wire::Push& push, const Appended& done) = 0;

    /// Throws Problem too_large when series times points is more than one answer may hold.
    virtual Range range(db::Tx& tx, ServerId server, const RangeQuery& query) = 0;
    /// Empty when the server has been silent for hours. Sends no statement when it was asked for or
    /// has sent something since the start.
    virtual std::optional<Usage> find_usage(db::Tx& tx, ServerId server) = 0;
    /// Ticks of this team's servers as they arrive; see LivePoint.
    [[nodiscard]] virtual Subscription subscribe(TeamId team, OnPoint on_point) = 0;

    /// After the commit of another name: what the agent sends from now on are other series.
    virtual void note_renamed(TeamId team, ServerId server) = 0;
    /// Removes everything about a server that is being deleted; behind the statement that deletes
    /// it, so that no push of its agent is under way.
    virtual void erase_server(db::Tx& tx, ServerId server) = 0;
    /// After the commit.
    virtual void note_erased(TeamId team, ServerId server) = 0;
};

} // namespace atalaya::telemetry
