// Mails to the operators while those who must be told of a security incident have not been: at half
// of the 72 hours, six hours before their end, and when they are over. Each once.
#include "base/log.hpp"
#include "mail/letters.hpp"
#include "modules/identity/identity.hpp"
#include "modules/outbox/outbox.hpp"
#include "modules/trust/incident.hpp"
#include "modules/trust/trust.hpp"
#include "trust_sql.hpp"

#include <array>
#include <vector>

namespace atalaya::trust {
namespace {

using std::chrono::hours;

struct Stage {
    std::string_view name;
    hours after; ///< the notice
};
constexpr std::array stages{Stage{"half", hours(36)}, Stage{"six_hours", hours(66)},
                            Stage{"over", hours(72)}};

std::vector<std::string> list_operator_addresses(api::Call& call) {
    std::vector<UserId> operators;
    for (const db::Row row : call.tx.query(sql::trust::list_operators))
        operators.push_back(row.get<UserId>("user_id"));
    std::vector<std::string> out;
    for (const auto& [user, person] : identity::list_people(call, operators))
        out.push_back(person.email);
    return out;
}

/// Notes every stage that has come; the latest that nobody had noted before is what there is to
/// say.
const Stage* note_stages(api::Call& call, const Uuid& incident, Micros since_notice) {
    const Stage* latest = nullptr;
    for (const Stage& stage : stages) {
        if (since_notice >= stage.after &&
            call.tx.query_optional(sql::trust::insert_reminder,
                                   {{"id", incident}, {"stage", stage.name}}))
            latest = &stage;
    }
    return latest;
}

} // namespace

void remind_of_incidents(api::Call& call) {
    const Time now = call.services.clock.now();
    for (const db::Row row : call.tx.query(sql::trust::list_untold_incidents)) {
        const auto id = row.get<Uuid>("id");
        const auto noticed = row.get<Time>("noticed_at");
        const Stage* stage = note_stages(call, id, now - noticed);
        if (!stage)
            continue;
        std::int64_t mails = 0;
        for (const std::string& address : list_operator_addresses(call)) {
            mails += outbox::enqueue(
                call, mail::make_incident_reminder(
                          address, {noticed, noticed + notify_within, stage->name == "over",
                                    call.services.public_url + "/operator"}));
        }
        call.record(
            "security_incident.remind", "security_incident", id,
            shape::Array{
                shape::json_object(
                    {{"field", "stage"}, {"before", nullptr}, {"after", std::string(stage->name)}}),
                shape::json_object({{"field", "mails"}, {"before", nullptr}, {"after", mails}})});
        if (mails == 0)
            log::warning("nobody could be reminded of a security incident",
                         {{"incident", to_string(id)}, {"stage", std::string(stage->name)}});
    }
}

} // namespace atalaya::trust
