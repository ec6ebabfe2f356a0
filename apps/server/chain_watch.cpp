#include "server/chain_watch.hpp"

#include "audit/checkpoints.hpp"
#include "audit/reader.hpp"
#include "base/log.hpp"
#include "modules/team/team.hpp"

#include <algorithm>
#include <tuple>

namespace atalaya::server_program {
namespace {

using namespace std::chrono_literals;

constexpr int rest_factor = 20;
constexpr auto rest_between_chains_min = 5ms;
constexpr auto rest_between_rounds = 10s;

api::Verification to_verification(const Followed& one) {
    return {one.at, one.is_ok(), one.is_ok() ? one.seq : one.bad_seq, one.duration_ms};
}

} // namespace

ChainWatch::ChainWatch(Instance& instance, WatchMemory& memory)
    : instance_(instance), memory_(memory) {
    for (const auto& [team, one] : memory_.chains())
        instance_.services().verifications.set(team, to_verification(one));
    thread_ = std::thread([this] { run(); });
}

ChainWatch::~ChainWatch() { stop(); }

void ChainWatch::stop() {
    {
        const std::lock_guard lock(mutex_);
        stopping_ = true;
    }
    changed_.notify_all();
    if (!thread_.joinable())
        return;
    thread_.join();
    memory_.save();
}

bool ChainWatch::rest(std::chrono::milliseconds span) {
    std::unique_lock lock(mutex_);
    return !changed_.wait_for(lock, span, [&] { return stopping_; });
}

void ChainWatch::run() {
    db::Connection connection(instance_.connection_options("atalaya_app"));
    db::Connection directory(instance_.connection_options("atalaya_sched"));
    do {
        try {
            const auto chains = list_chains(directory);
            directory.close(); // rarely needed: no connection is held meanwhile
            for (const TeamId& team : chains) {
                const auto start = std::chrono::steady_clock::now();
                follow(connection, team);
                const auto took = std::chrono::duration_cast<std::chrono::milliseconds>(
                    std::chrono::steady_clock::now() - start);
                if (!rest(std::max<std::chrono::milliseconds>(rest_between_chains_min,
                                                              rest_factor * took)))
                    return;
            }
        } catch (const std::exception& failure) {
            log::warning("chains not followed", {{"reason", failure.what()}});
        }
    } while (rest(rest_between_rounds));
}

/// Those that do not hold first, then from behind the last one on. A chain whose team is not there
/// any more is still looked for.
std::vector<TeamId> ChainWatch::list_chains(db::Connection& directory) const {
    const auto known = memory_.chains();
    auto chains = team::list_team_ids(directory);
    chains.push_back(platform_team);
    for (const auto& [team, unused] : known)
        chains.push_back(team);
    std::sort(chains.begin(), chains.end());
    chains.erase(std::unique(chains.begin(), chains.end()), chains.end());
    std::rotate(chains.begin(), std::upper_bound(chains.begin(), chains.end(), memory_.position()),
                chains.end());
    std::stable_partition(chains.begin(), chains.end(), [&](const TeamId& team) {
        const auto found = known.find(team);
        return found != known.end() && !found->second.is_ok();
    });
    return chains;
}

Followed ChainWatch::look(db::Tx& tx, const Followed& before) const {
    const api::Services& services = instance_.services();
    const auto verify = [&](std::optional<std::int64_t> last) {
        return audit::verify_chain(tx, services.payload_sealer, services.audit_seal_key, last);
    };
    const std::int64_t accepted = memory_.accepted_until(tx.scope().team);
    const audit::Report whole = verify(std::nullopt);
    audit::Report report = whole;
    const std::int64_t bad_seq = whole.first_bad.value_or(0);
    bool is_accepted = !whole.ok && 0 < bad_seq && bad_seq <= accepted;
    if (is_accepted)
        report = verify(std::max<std::int64_t>(whole.seq - accepted, 0));
    if (report.ok) {
        const std::string older = audit::find_contradiction(tx, before.seq, before.hash);
        is_accepted = is_accepted || !older.empty();
        if (!older.empty()) {
            report.ok = before.seq <= accepted;
            report.first_bad = before.seq;
            report.reason = older;
        }
    }
    Followed out = before;
    out.is_accepted = is_accepted && report.ok;
    const audit::Report& shown = report.reason.empty() ? whole : report;
    out.reason = shown.reason;
    out.bad_seq = shown.first_bad.value_or(0);
    if (report.ok) {
        out.seq = whole.seq;
        out.hash = whole.hash;
    }
    return out;
}

void ChainWatch::follow(db::Connection& connection, TeamId team) {
    const auto start = std::chrono::steady_clock::now();
    const Followed before = memory_.find(team).value_or(Followed{});
    Followed followed =
        db::transact(connection, {team, UserId{}}, [&](db::Tx& tx) { return look(tx, before); });
    connection.check_in();
    followed.duration_ms = std::chrono::duration_cast<std::chrono::milliseconds>(
                               std::chrono::steady_clock::now() - start)
                               .count();
    followed.at = instance_.services().clock.now();
    instance_.services().verifications.set(team, to_verification(followed));
    memory_.set(team, followed);
    const auto place = [](const Followed& one) {
        return std::tuple(one.is_ok(), one.is_ok() ? 0 : one.bad_seq, one.is_accepted);
    };
    if (place(before) != place(followed))
        tell(team, followed);
}

void ChainWatch::tell(TeamId team, const Followed& followed) {
    const std::string_view what = followed.is_ok()       ? "audit.mended"
                                  : followed.is_accepted ? "audit.accept"
                                                         : "audit.broken";
    if (what == "audit.broken")
        log::error("chain does not hold", {{"team", to_string(team)},
                                           {"seq", std::to_string(followed.bad_seq)},
                                           {"reason", followed.reason}});
    else
        log::warning(followed.is_ok() ? "chain holds again" : "broken chain accepted",
                     {{"team", to_string(team)}, {"seq", std::to_string(followed.bad_seq)}});
    api::Incoming incoming;
    incoming.caller.kind = access::CallerKind::system;
    incoming.caller.name = "chain watch";
    api::SlowCall call(instance_.services(), incoming);
    try {
        call.transact({team, UserId{}}, {team}, [&](api::Call& inner) {
            shape::Json found = shape::Array{
                shape::json_object(
                    {{"field", "seq"}, {"before", nullptr}, {"after", followed.bad_seq}}),
                shape::json_object(
                    {{"field", "reason"}, {"before", nullptr}, {"after", followed.reason}})};
            inner.record(std::string(what), "chain", team, std::move(found));
        });
    } catch (const std::exception& failure) {
        log::error("broken chain not recorded", {{"reason", failure.what()}});
    }
}

} // namespace atalaya::server_program
