// What servers measured: taken in push by push, read back as series, and passed on while it is
// fresh.
//
// TelemetryStore is the seam between the product and whatever keeps the samples; PushStore
// (push_store.hpp) keeps them as sealed rows in PostgreSQL. One object, owned by the program; every
// function is for any thread. The team is always that of the transaction's scope. Failures are
// those of db::Tx; samples are never a reason to throw.
//
// How the endpoint for agents uses it, after wire::parse_push:
//
//     const Appended done =
//         transact(connection, scope, [&](db::Tx& tx) { return store.append(tx, server, push); });
//     store.publish(scope.team, server, push, done);
//     // done.result: stored, duplicate and too_old are acknowledged; unknown_table is 409
//     // series_unknown; wrong_table and rejected_time are 422
#pragma once

#include "base/ids.hpp"
#include "base/time.hpp"
#include "telemetry/subscribers.hpp"
#include "telemetry/tick.hpp"
#include "wire/frame.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace atalaya::db {
class Connection;
class Tx;
} // namespace atalaya::db

namespace atalaya::telemetry {

enum class AppendResult {
    stored,
    duplicate,     ///< all of it was here already
    unknown_table, ///< nothing was stored: send it again with its series table
    wrong_table,   ///< refused: the table's id is not the hash of the table, or its size is not the
                   ///< push's
    rejected_time, ///< refused: a tick lies too far in the future
    too_old,       ///< every tick is older than what is kept; acknowledged and forgotten
};

struct Appended {
    AppendResult result;
    TablePtr table{}; ///< of the push, when it was stored or a duplicate
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

struct Stats {
    std::int64_t rows = 0;
    std::int64_t bytes = 0; ///< of the sealed bodies
};

class TelemetryStore {
  public:
    virtual ~TelemetryStore() = default;

    /// Has no effect outside the transaction, so the body may run again.
    virtual Appended append(db::Tx& tx, ServerId server, const wire::Push& push) = 0;
    /// After the commit: shows the push to readers of the recent past and to subscribers. Does
    /// nothing when nothing was stored.
    virtual void publish(TeamId team, ServerId server, const wire::Push& push,
                         const Appended& done) = 0;

    /// Sends no statement when memory holds the whole range. Of two values for the same series and
    /// tick the later written one counts. Throws Problem too_large when series times points is more
    /// than one answer may hold.
    virtual Range range(db::Tx& tx, ServerId server, const RangeQuery& query) = 0;
    /// Empty when the server has been silent for longer than memory reaches.
    virtual std::optional<Usage> find_usage(db::Tx& tx, ServerId server) = 0;
    /// Ticks of this team's servers as they arrive; see LivePoint.
    [[nodiscard]] virtual Subscription subscribe(TeamId team, OnPoint on_point) = 0;

    /// Removes everything about a server that is being deleted.
    virtual void erase_server(db::Tx& tx, ServerId server) = 0;
    /// Retention, for all teams: drops what ended before `time`, but never the last day. Gives the
    /// number of hours.
    virtual std::int64_t drop_before(db::Connection& connection, Time time) = 0;
    /// Of the whole team; counts every row.
    virtual Stats stats(db::Tx& tx) = 0;
};

} // namespace atalaya::telemetry
