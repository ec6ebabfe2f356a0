#include "modules/audit_log/digest.hpp"

#include "audit/checkpoints.hpp"
#include "audit/evidence.hpp"
#include "audit/signer.hpp"
#include "audit_log_sql.hpp"
#include "config/config.hpp"
#include "modules/outbox/outbox.hpp"

namespace atalaya::audit_log {
namespace {

std::optional<audit::Note> find_newest_note(api::SlowCall& call, TeamId team, std::int16_t lane) {
    const auto found = call.transact({team, UserId{}}, {}, [&](api::Call& inner) {
        return audit::list_checkpoints(inner.tx, audit::any_size, 1, lane);
    });
    const auto note = found.empty() ? Result<audit::Note>(ParseError{"there is none"})
                                    : audit::parse_note(found.front().note);
    return note ? std::optional(*note) : std::nullopt;
}

/// The one over all chains first.
std::vector<audit::Note> list_newest_notes(api::SlowCall& call, const std::vector<TeamId>& teams) {
    std::vector<audit::Note> out;
    if (auto note = find_newest_note(call, platform_team, audit::log_lane))
        out.push_back(std::move(*note));
    for (const TeamId& team : teams) {
        if (out.size() > digest_chains_max)
            break;
        if (auto note = find_newest_note(call, team, 0))
            out.push_back(std::move(*note));
    }
    return out;
}

} // namespace

bool send_digest(api::SlowCall& call, const std::vector<TeamId>& teams) {
    const auto& addresses = call.services.config.audit.digest_to;
    if (addresses.empty() || !outbox::is_configured(call.services))
        return false;
    const Time now = call.services.clock.now();
    const std::string day = to_rfc3339(now).substr(0, 10);
    const auto was_sent = call.transact({}, {}, [&](api::Call& inner) {
        return !inner.tx.query(sql::audit_log::find_digest, {{"day", day}}).empty();
    });
    const auto notes = was_sent ? std::vector<audit::Note>{} : list_newest_notes(call, teams);
    if (notes.empty())
        return false;
    const std::string text = audit::encode_notes(notes);
    return call.transact({}, {}, [&](api::Call& inner) {
        const bool is_ours =
            inner.tx.query(sql::audit_log::insert_digest, {{"day", day}, {"queued_at", now}})
                .affected() > 0;
        for (const std::string& to : addresses) {
            if (is_ours)
                outbox::enqueue(inner, mail::make_checkpoint_digest(to, now, text));
        }
        return is_ours;
    });
}

} // namespace atalaya::audit_log
