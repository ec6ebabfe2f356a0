#include "server/chain_watch.hpp"

#include "audit/reader.hpp"
#include "base/log.hpp"
#include "modules/team/team.hpp"

#include <algorithm>

namespace atalaya::server_program {
namespace {

using namespace std::chrono_literals;

constexpr int rest_factor = 20;
constexpr auto rest_between_chains_min = 5ms;
constexpr auto rest_between_rounds = 10s;

} // namespace

ChainWatch::ChainWatch(Instance& instance) : instance_(instance), thread_([this] { run(); }) {}

ChainWatch::~ChainWatch() { stop(); }

void ChainWatch::stop() {
    {
        const std::lock_guard lock(mutex_);
        stopping_ = true;
    }
    changed_.notify_all();
    if (thread_.joinable())
        thread_.join();
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
            auto teams = team::list_team_ids(directory);
            teams.push_back(platform_team);
            directory.close(); // rarely needed: no connection is held meanwhile
            for (const TeamId& team : teams) {
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

void ChainWatch::follow(db::Connection& connection, TeamId team) {
    api::Services& services = instance_.services();
    const auto start = std::chrono::steady_clock::now();
    const audit::Report report = db::transact(connection, {team, UserId{}}, [&](db::Tx& tx) {
        return audit::verify_chain(tx, services.payload_sealer, services.audit_seal_key);
    });
    connection.check_in();
    const auto took = std::chrono::duration_cast<std::chrono::milliseconds>(
        std::chrono::steady_clock::now() - start);
    services.verifications.set(team, {services.clock.now(), report.ok, report.seq, took.count()});
    if (report.ok)
        told_.erase(team);
    else
        raise(team, report);
}

void ChainWatch::raise(TeamId team, const audit::Report& report) {
    const std::int64_t seq = report.first_bad.value_or(0);
    const auto told = told_.find(team);
    if (told != told_.end() && told->second == seq)
        return;
    told_[team] = seq;
    log::error(
        "chain does not hold",
        {{"team", to_string(team)}, {"seq", std::to_string(seq)}, {"reason", report.reason}});
    api::Incoming incoming;
    incoming.caller.kind = access::CallerKind::system;
    incoming.caller.name = "chain watch";
    api::SlowCall call(instance_.services(), incoming);
    try {
        call.transact({team, UserId{}}, {team}, [&](api::Call& inner) {
            shape::Json found = shape::Array{
                shape::json_object({{"field", "seq"}, {"before", nullptr}, {"after", seq}}),
                shape::json_object(
                    {{"field", "reason"}, {"before", nullptr}, {"after", report.reason}})};
            inner.record("audit.broken", "chain", team, std::move(found));
        });
    } catch (const std::exception& failure) {
        log::error("broken chain not recorded", {{"reason", failure.what()}});
    }
}

} // namespace atalaya::server_program
