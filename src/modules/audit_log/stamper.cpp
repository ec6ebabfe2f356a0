#include "modules/audit_log/stamper.hpp"

#include "base/log.hpp"
#include "base/retry.hpp"
#include "crypto/timestamp.hpp"
#include "db/tx.hpp"

#include <algorithm>

namespace atalaya::audit_log {
namespace {

constexpr std::chrono::seconds poll_interval{5};
constexpr Micros delay_min = std::chrono::minutes(1);
constexpr Micros delay_max = std::chrono::hours(1);
/// How far the authority's time may be from ours.
constexpr Micros difference_max = std::chrono::minutes(10);

std::optional<audit::StoredCheckpoint> find_unstamped(db::Tx& tx) {
    auto newest = audit::find_newest_checkpoint(tx);
    const auto stamped = audit::list_stamps(tx, audit::any_size, 1);
    const bool is_stamped = newest && !stamped.empty() && stamped.front().size == newest->size &&
                            stamped.front().vkey == newest->vkey;
    return is_stamped ? std::nullopt : newest;
}

} // namespace

Stamper::Stamper(db::ConnectionOptions connection, StamperParts parts)
    : parts_(std::move(parts)),
      connection_(std::move(connection)),
      task_("checkpoints not stamped", poll_interval, [this](std::stop_token) {
          run_once();
          return false;
      }) {}

void Stamper::run_once() {
    if (!next_at_)
        next_at_ = find_last_stamp() + parts_.interval;
    const Time now = parts_.clock.now();
    if (now < *next_at_)
        return;
    const auto entries = list_unstamped();
    connection_.check_in();
    if (entries.empty())
        return;
    std::vector<audit::Hash> hashes;
    for (const Entry& entry : entries)
        hashes.push_back(audit::checkpoint_entry(entry.note));
    auto stamp = ask(audit::stamped_root(hashes));
    if (!stamp) {
        failure_ = stamp.error().reason;
        if (attempts_++ == 0)
            log::warning("checkpoints not stamped", {{"reason", failure_}});
        next_at_ = now + retry_delay(attempts_, delay_min, std::min(delay_max, parts_.interval));
        return;
    }
    keep(entries, hashes, std::move(*stamp));
    if (std::exchange(attempts_, 0) > 0)
        log::info("checkpoints stamped again");
    failure_.clear();
    next_at_ = now + parts_.interval;
}

Time Stamper::find_last_stamp() {
    Time last{};
    for (const TeamId& team : parts_.list_teams()) {
        const auto newest = db::transact(connection_, {team, UserId{}}, [](db::Tx& tx) {
            return audit::list_stamps(tx, audit::any_size, 1);
        });
        if (!newest.empty())
            last = std::max(last, newest.front().at);
    }
    return last;
}

std::vector<Stamper::Entry> Stamper::list_unstamped() {
    std::vector<Entry> out;
    for (const TeamId& team : parts_.list_teams()) {
        auto found = db::transact(connection_, {team, UserId{}},
                                  [&](db::Tx& tx) { return find_unstamped(tx); });
        auto note = found ? audit::parse_note(found->note)
                          : Result<audit::Note>(ParseError{"nothing to stamp"});
        if (note)
            out.push_back({team, std::move(*found), std::move(*note)});
    }
    return out;
}

Result<audit::StoredStamp> Stamper::ask(const audit::Hash& root) {
    Reader random(parts_.random.bytes(sizeof(std::uint64_t)));
    const Bytes query = crypto::make_timestamp_query(root, random.u64());
    egress::Request request;
    request.method = "POST";
    request.url = parts_.url;
    request.headers = {{"Content-Type", "application/timestamp-query"}};
    request.body = as_text(query);
    request.https_only = false; // the token is signed
    const egress::Outcome outcome = parts_.send(request);
    if (const auto* failure = std::get_if<egress::Failure>(&outcome))
        return ParseError{std::string(egress::describe(*failure))};
    const auto& answer = std::get<egress::Answer>(outcome);
    if (answer.status != 200)
        return ParseError{"It answered " + std::to_string(answer.status) + "."};
    const Time now = parts_.clock.now();
    auto token =
        crypto::accept_timestamp_answer(as_bytes(answer.body), query, parts_.authorities, now);
    if (!token)
        return token.error();
    const auto said = crypto::parse_timestamp(*token);
    if (!said)
        return said.error();
    if (said->at > now + difference_max || said->at + difference_max < now)
        return ParseError{"its time is not the time here"};
    audit::StoredStamp out;
    out.at = said->at;
    out.stamp.token = std::move(*token);
    return out;
}

void Stamper::keep(const std::vector<Entry>& entries, const std::vector<audit::Hash>& hashes,
                   audit::StoredStamp stamp) {
    stamp.stamp.size = static_cast<std::int64_t>(entries.size());
    for (std::size_t i = 0; i < entries.size(); ++i) {
        const Entry& entry = entries[i];
        stamp.size = entry.checkpoint.size;
        stamp.vkey = entry.checkpoint.vkey;
        stamp.stamp.index = static_cast<std::int64_t>(i);
        stamp.stamp.hashes = audit::stamp_proof(hashes, stamp.stamp.index);
        db::transact(connection_, {entry.team, UserId{}},
                     [&](db::Tx& tx) { audit::add_stamp(tx, stamp); });
    }
    connection_.check_in();
}

} // namespace atalaya::audit_log
