// What the server does once an hour: what has had its time goes, and what is due leaves.
#include "api/idempotency.hpp"
#include "base/log.hpp"
#include "modules/api_key/api_key.hpp"
#include "modules/audit_log/digest.hpp"
#include "modules/dashboard/dashboard.hpp"
#include "modules/identity/identity.hpp"
#include "modules/mailed_link/mailed_link.hpp"
#include "modules/outbox/outbox.hpp"
#include "modules/team/team.hpp"
#include "modules/trust/trust.hpp"
#include "server/instance.hpp"

namespace atalaya::server_program {
namespace {

constexpr Micros unacknowledged_keys_kept_for = std::chrono::hours(24);
/// What became of a mail is told for so long; its content goes as soon as it is sent.
constexpr Micros mails_kept_for = std::chrono::hours(30 * 24);
constexpr Micros trash_kept_for = std::chrono::hours(7 * 24);

} // namespace

void Instance::run_jobs() {
    const Time now = options_.clock->now();
    db::Connection connection(connection_options("atalaya_app"));
    const auto dropped = compactor_->drop_before(now - std::chrono::hours(24) *
                                                           options_.config->metrics.retention_days);

    api::Incoming incoming;
    incoming.caller.kind = access::CallerKind::system;
    incoming.caller.name = "jobs";
    api::SlowCall call(*services_, incoming);
    const auto expired = call.transact({}, {platform_team}, identity::delete_expired_sessions);
    call.transact({}, {platform_team}, trust::remind_of_incidents);

    db::transact(connection, {}, [&](db::Tx& tx) {
        outbox::delete_settled(tx, now - mails_kept_for);
        mailed_link::delete_expired(tx, now);
    });

    db::Connection directory(connection_options("atalaya_sched"));
    auto teams = team::list_team_ids(directory);
    for (const TeamId& team : teams)
        call.transact({team, UserId{}}, {team}, [&](api::Call& inner) {
            api_key::discard_unacknowledged(inner, now - unacknowledged_keys_kept_for);
            dashboard::purge_trash(inner, now - trash_kept_for);
        });
    teams.push_back(platform_team);
    audit_log::send_digest(call, teams);
    for (const TeamId& team : teams)
        db::transact(connection, {team, UserId{}}, [](db::Tx& tx) { api::delete_old_answers(tx); });
    if (dropped > 0 || expired > 0)
        log::info("retention", {{"weeks_dropped", std::to_string(dropped)},
                                {"sessions_expired", std::to_string(expired)}});
}

} // namespace atalaya::server_program
