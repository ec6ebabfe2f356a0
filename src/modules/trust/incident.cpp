#include "modules/trust/incident.hpp"

#include "base/problems.hpp"
#include "base/text.hpp"
#include "db/tx.hpp"
#include "keyring/keyring.hpp"
#include "shape/complete.hpp"
#include "trust_sql.hpp"

#include <map>

namespace atalaya::trust {

/// What an operator notices.
struct IncidentDraft {
    std::string title;
    std::optional<Time> noticed_at; ///< absent: now
};

struct StepDone {
    IncidentStep step{};
    std::string note;
};

/// One step of an incident, as it was done.
struct StepView {
    IncidentStep step{};
    Time done_at;
    std::string by;
    std::string note;
};

struct Incident {
    Uuid id;
    std::int64_t revision = 0;
    std::string title;
    Time opened_at;
    Time noticed_at;
    Time notify_by; ///< 72 hours after it was noticed
    IncidentStep next_step{};
    std::vector<StepView> steps;
};

/// The sealed bodies.
struct IncidentBody {
    std::string title;
};
struct StepBody {
    std::string by;
    std::string note;
};

} // namespace atalaya::trust

namespace atalaya::shape {
template <>
struct Described<trust::StepView> {
    static const Shape shape;
};
} // namespace atalaya::shape

namespace atalaya::trust {
namespace {

using api::Audience;
using api::endpoint;
using api::Verb;
using shape::field;
using shape::length;
using shape::names_every_member;

constexpr std::array draft_fields{
    field<&IncidentDraft::title>("title", "What happened, in a line.", length(1, 200)),
    field<&IncidentDraft::noticed_at>("noticed_at", "When it was noticed; now if not given."),
};
static_assert(names_every_member<IncidentDraft>(draft_fields));

constexpr std::array done_fields{
    field<&StepDone::step>("step", "The step that is next: contain, assess, notify, remediate or "
                                   "review."),
    field<&StepDone::note>("note", "What was done; of notify also whom, or why nobody.",
                           length(1, 4000)),
};
static_assert(names_every_member<StepDone>(done_fields));

constexpr std::array step_fields{
    field<&StepView::step>("step", "Which."),
    field<&StepView::done_at>("done_at", "When it was done."),
    field<&StepView::by>("by", "Who said so."),
    field<&StepView::note>("note", "What was done."),
};
static_assert(names_every_member<StepView>(step_fields));

constexpr std::array incident_fields{
    field<&Incident::id>("id", "The incident."),
    field<&Incident::revision>("revision", "Grows with every step."),
    field<&Incident::title>("title", "What happened, in a line."),
    field<&Incident::opened_at>("opened_at", "When it was recorded."),
    field<&Incident::noticed_at>("noticed_at", "When it was noticed."),
    field<&Incident::notify_by>("notify_by", "By when those have to be told who must be: 72 hours "
                                             "after it was noticed."),
    field<&Incident::next_step>("next_step", "What is to be done next; closed after the review."),
    field<&Incident::steps>("steps", "What was done, oldest first."),
};
static_assert(names_every_member<Incident>(incident_fields));

constexpr std::array incident_body_fields{field<&IncidentBody::title>("title", "What happened.")};
static_assert(names_every_member<IncidentBody>(incident_body_fields));
constexpr std::array step_body_fields{field<&StepBody::by>("by", "Who."),
                                      field<&StepBody::note>("note", "What was done.")};
static_assert(names_every_member<StepBody>(step_body_fields));

} // namespace
} // namespace atalaya::trust

namespace atalaya::shape {
template <>
struct Described<trust::IncidentDraft> {
    static const Shape shape;
};
const Shape Described<trust::IncidentDraft>::shape{"SecurityIncidentDraft", trust::draft_fields};
template <>
struct Described<trust::StepDone> {
    static const Shape shape;
};
const Shape Described<trust::StepDone>::shape{"SecurityIncidentStepDone", trust::done_fields};
const Shape Described<trust::StepView>::shape{"SecurityIncidentStep", trust::step_fields};
template <>
struct Described<trust::Incident> {
    static const Shape shape;
};
const Shape Described<trust::Incident>::shape{"SecurityIncident", trust::incident_fields};
template <>
struct Described<trust::IncidentBody> {
    static const Shape shape;
};
const Shape Described<trust::IncidentBody>::shape{"SecurityIncidentBody",
                                                  trust::incident_body_fields};
template <>
struct Described<trust::StepBody> {
    static const Shape shape;
};
const Shape Described<trust::StepBody>::shape{"SecurityIncidentStepBody", trust::step_body_fields};
} // namespace atalaya::shape

namespace atalaya::trust {
namespace {

/// So long before the time is over, somebody has to look.
constexpr std::chrono::hours reminded_before{24};
constexpr std::string_view incident_purpose = "security_incident.body";
constexpr std::string_view step_purpose = "security_incident_step.body";
constexpr api::Listing listing{{"opened_at", "noticed_at"}, "-opened_at", {"next_step"}};

template <class Body>
Bytes seal(api::Call& call, std::string_view purpose, const Uuid& id, const Body& body) {
    return call.services.keyring.seal(platform_team, purpose, id,
                                      as_bytes(shape::write_json(shape::to_json(body))));
}

template <class Body>
Body open(api::Call& call, std::string_view purpose, const Uuid& id, const db::Row& row) {
    const auto plain =
        call.services.keyring.open_sealed(platform_team, purpose, id, row.get<Bytes>("body"));
    return plain ? shape::read_stored<Body>(shape::parse_json(as_text(*plain)).value()) : Body{};
}

IncidentStep step_of(const db::Row& row, std::string_view column) {
    const auto step = shape::parse_enum<IncidentStep>(row.get<std::string>(column));
    CHECK_REQUEST(step.has_value());
    return *step;
}

Incident read_incident(api::Call& call, const db::Row& row) {
    Incident incident;
    incident.id = row.get<Uuid>("id");
    incident.revision = row.get<std::int64_t>("revision");
    incident.opened_at = row.get<Time>("opened_at");
    incident.noticed_at = row.get<Time>("noticed_at");
    incident.notify_by = incident.noticed_at + notify_within;
    incident.next_step = step_of(row, "next_step");
    incident.title = open<IncidentBody>(call, incident_purpose, incident.id, row).title;
    return incident;
}

std::vector<Incident> read_all(api::Call& call) {
    std::map<Uuid, std::vector<StepView>> steps;
    for (const db::Row row : call.tx.query(sql::trust::list_incident_steps)) {
        const auto id = row.get<Uuid>("incident_id");
        StepBody body = open<StepBody>(call, step_purpose, id, row);
        steps[id].push_back({step_of(row, "step"), row.get<Time>("done_at"), std::move(body.by),
                             std::move(body.note)});
    }
    std::vector<Incident> incidents;
    for (const db::Row row : call.tx.query(sql::trust::list_incidents)) {
        incidents.push_back(read_incident(call, row));
        incidents.back().steps = std::move(steps[incidents.back().id]);
    }
    return incidents;
}

Incident get_incident(api::Call& call, const Uuid& id) {
    for (Incident& one : read_all(call)) {
        if (one.id == id)
            return std::move(one);
    }
    throw Problem(problems::not_found);
}

api::Page<Incident> list(api::Call& call) {
    return api::list_from(read_all(call), call.query(), listing);
}

Incident get(api::Call& call) { return get_incident(call, call.path().uuid("incident")); }

api::Created<Incident> open_incident(api::Call& call, const IncidentDraft& in) {
    const Uuid id = call.services.random.uuid();
    const Time now = call.services.clock.now();
    const Time noticed = in.noticed_at.value_or(now);
    if (noticed > now)
        throw Problem(problems::invalid).at("/noticed_at", "future", "This is still to come.");
    call.tx.query(sql::trust::insert_incident,
                  {{"id", id},
                   {"noticed_at", noticed},
                   {"body", seal(call, incident_purpose, id, IncidentBody{in.title})}});
    call.record("security_incident.open", "security_incident", id, shape::all_added(in), in.title);
    return {get_incident(call, id)};
}

Incident take_step(api::Call& call, const StepDone& in) {
    const Uuid id = call.path().uuid("incident");
    const auto row = call.tx.query_optional(sql::trust::lock_incident, {{"id", id}});
    if (!row)
        throw Problem(problems::not_found);
    const Incident before = read_incident(call, *row);
    if (in.step != before.next_step || in.step == IncidentStep::closed) {
        throw Problem(problems::conflict)
            .detail("The next step is another: " + std::string(shape::enum_name(before.next_step)) +
                    ".");
    }
    const auto after = static_cast<IncidentStep>(static_cast<int>(in.step) + 1);
    const std::string step(shape::enum_name(in.step));
    call.tx.query(sql::trust::insert_incident_step,
                  {{"id", id},
                   {"step", step},
                   {"body", seal(call, step_purpose, id, StepBody{call.caller().name, in.note})}});
    call.tx.query(sql::trust::advance_incident,
                  {{"id", id}, {"next_step", std::string(shape::enum_name(after))}});
    call.record("security_incident." + step, "security_incident", id, shape::all_added(in),
                before.title);
    return get_incident(call, id);
}

Finding look_at_incidents(const Surroundings& around) {
    db::Connection connection(around.app);
    const Time now = around.services.clock.now();
    return db::transact(connection, {}, [&](db::Tx& tx) -> Finding {
        const db::Row row = tx.query_one(sql::trust::count_incidents);
        const auto total = row.get<std::int64_t>("total");
        if (total == 0)
            return {true, "No security incident is recorded."};
        const std::string figures = std::to_string(total) + " security incidents are recorded, " +
                                    std::to_string(row.get<std::int64_t>("open")) +
                                    " of them not closed";
        const auto untold = row.get<std::optional<Time>>("oldest_untold");
        if (untold && *untold + notify_within < now)
            return {false, figures + "; the 72 hours to tell of one are over."};
        if (untold && *untold + notify_within - reminded_before < now)
            return {false, figures + "; less than a day is left to tell of one."};
        return {true, figures + "; those to be told were told, or there is time."};
    });
}

constexpr std::array table{
    endpoint<list>(Verb::get, "/admin/incidents", Audience::operator_only, std::nullopt,
                   "Security incidents of the installation, and what was done about them.")
        .with_listing(listing),
    endpoint<open_incident>(Verb::post, "/admin/incidents", Audience::operator_only, std::nullopt,
                            "Record one; from its notice run 72 hours."),
    endpoint<get>(Verb::get, "/admin/incidents/{incident}", Audience::operator_only, std::nullopt,
                  "One of them."),
    endpoint<take_step>(Verb::post, "/admin/incidents/{incident}/steps", Audience::operator_only,
                        std::nullopt, "Say that its next step was done."),
};

constexpr std::array checks{
    Check{"incidents", "nobody who must be told of a security incident waits too long",
          std::chrono::minutes(10), look_at_incidents},
};

} // namespace

std::span<const api::Endpoint> incident_endpoints() { return table; }

std::span<const Check> incident_checks() { return checks; }

} // namespace atalaya::trust
