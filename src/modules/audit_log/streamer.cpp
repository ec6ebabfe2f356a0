#include "modules/audit_log/streamer.hpp"

#include "audit_log_sql.hpp"
#include "base/log.hpp"
#include "base/retry.hpp"
#include "modules/audit_log/stream_message.hpp"

#include <algorithm>

namespace atalaya::audit_log {
namespace {

/// Between two looks at what has become due.
constexpr std::chrono::seconds poll_interval{2};
constexpr Micros delay_min = std::chrono::seconds(1);
constexpr Micros delay_max = std::chrono::minutes(10);
constexpr Micros paused_after = std::chrono::hours(72);
/// A webhook takes one event at a time; a syslog connection takes its batch at once.
constexpr std::int64_t webhook_batch = 50, syslog_batch = 400;

} // namespace

Micros stream_retry_delay(std::int64_t attempts) {
    return atalaya::retry_delay(attempts, delay_min, delay_max);
}

Streamer::Streamer(db::ConnectionOptions connection, StreamerParts parts)
    : parts_(std::move(parts)),
      connection_(std::move(connection)),
      task_("audit streams not reached", poll_interval,
            [this](std::stop_token stop) { return run_once(stop); }) {}

bool Streamer::run_once(std::stop_token stop) {
    bool busy = false;
    for (const TeamId& team : parts_.list_teams()) {
        const auto streams = db::transact(connection_, {team, UserId{}}, [&](db::Tx& tx) {
            return list_streams(tx, parts_.keyring);
        });
        for (const StoredStream& stream : streams) {
            if (stop.stop_requested())
                return false;
            busy = tend(team, stream, stop) || busy;
        }
    }
    return busy;
}

bool Streamer::tend(TeamId team, const StoredStream& stored, std::stop_token stop) {
    const Stream& stream = stored.shown;
    if (stream.test_pending)
        run_test(team, stored);
    const Time now = parts_.clock.now();
    const bool waits = stream.next_try_at && *stream.next_try_at > now;
    if (stream.state == "paused" || stream.lag <= 0 || waits)
        return stream.test_pending;
    std::vector<std::int64_t> seqs;
    const std::int64_t batch = stream.kind == "webhook" ? webhook_batch : syslog_batch;
    for (std::int64_t i = 1; i <= std::min(batch, stream.lag); ++i)
        seqs.push_back(stream.delivered_seq + i);
    const auto events = db::transact(connection_, {team, UserId{}}, [&](db::Tx& tx) {
        std::vector<EventSummary> out;
        for (const audit::EventView& view : audit::list_events_at(tx, parts_.sealer, seqs))
            out.push_back(to_summary(view));
        std::ranges::reverse(out);
        return out;
    });
    std::int64_t delivered = stream.delivered_seq;
    const auto failure = deliver(team, stored, events, delivered, stop);
    if (!failure && !stop.stop_requested())
        delivered = seqs.back(); // beyond what somebody may have deleted, too
    if (delivered > stream.delivered_seq) {
        db::transact(connection_, {team, UserId{}}, [&](db::Tx& tx) {
            tx.query(sql::audit_log::note_delivery, {{"team_id", team},
                                                     {"id", stream.id},
                                                     {"delivered_seq", delivered},
                                                     {"now", parts_.clock.now()}});
        });
    }
    if (failure)
        note_failure(team, stream, *failure);
    return !failure;
}

void Streamer::note_failure(TeamId team, const Stream& stream, const std::string& failure) {
    const Time now = parts_.clock.now();
    db::transact(connection_, {team, UserId{}}, [&](db::Tx& tx) {
        tx.query(sql::audit_log::note_failure,
                 {{"team_id", team},
                  {"id", stream.id},
                  {"failure", failure},
                  {"now", now},
                  {"next_try_at", now + stream_retry_delay(stream.attempts + 1)}});
    });
    if (stream.failing_since && now - *stream.failing_since >= paused_after)
        parts_.pause(team, stream);
}

void Streamer::run_test(TeamId team, const StoredStream& stored) {
    const Time now = parts_.clock.now();
    const auto failure =
        stored.shown.kind == "webhook"
            ? post(make_test_webhook(stored.body.url, stored.body.secret, team,
                                     parts_.random.uuid(), now))
            : send_syslog(stored.body.url, make_test_syslog(parts_.host, team, now));
    db::transact(connection_, {team, UserId{}}, [&](db::Tx& tx) {
        tx.query(sql::audit_log::note_test, {{"team_id", team},
                                             {"id", stored.shown.id},
                                             {"now", parts_.clock.now()},
                                             {"failure", failure}});
    });
}

std::optional<std::string> Streamer::deliver(TeamId team, const StoredStream& stored,
                                             const std::vector<EventSummary>& events,
                                             std::int64_t& delivered, std::stop_token stop) {
    if (stored.shown.kind == "syslog") {
        std::string frames;
        for (const EventSummary& event : events)
            frames += make_syslog(parts_.host, team, event);
        auto failure = send_syslog(stored.body.url, frames);
        if (!failure && !events.empty())
            delivered = events.back().seq;
        return failure;
    }
    for (const EventSummary& event : events) {
        if (stop.stop_requested())
            return std::nullopt;
        auto failure = post(
            make_webhook(stored.body.url, stored.body.secret, team, event, parts_.clock.now()));
        if (failure)
            return failure;
        delivered = event.seq;
    }
    return std::nullopt;
}

std::optional<std::string> Streamer::post(const egress::Request& request) const {
    const egress::Outcome outcome = parts_.ways.webhook(request);
    if (const auto* failure = std::get_if<egress::Failure>(&outcome))
        return std::string(egress::describe(*failure));
    const int status = std::get<egress::Answer>(outcome).status;
    if (status >= 200 && status <= 299)
        return std::nullopt;
    return "The collector answered " + std::to_string(status) + ".";
}

std::optional<std::string> Streamer::send_syslog(const std::string& url,
                                                 std::string_view bytes) const {
    const auto to = parse_syslog_url(url);
    if (!to)
        return to.error().reason;
    const auto failure = parts_.ways.syslog(*to, bytes);
    if (failure)
        return std::string(egress::describe(*failure));
    return std::nullopt;
}

} // namespace atalaya::audit_log
