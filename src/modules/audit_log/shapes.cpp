#include "modules/audit_log/shapes.hpp"

#include "base/text.hpp"
#include "shape/complete.hpp"

namespace atalaya::audit_log {
namespace {

using shape::field;
using shape::names_every_member;

constexpr std::array actor_fields{
    field<&ActorView::kind>("kind", "user, agent, system, operator or anonymous."),
    field<&ActorView::id>("id", "The user or the agent's server; null when unknown or erased."),
    field<&ActorView::name>("name", "The name at that time; null when unknown or erased."),
};
static_assert(names_every_member<ActorView>(actor_fields));

constexpr std::array summary_fields{
    field<&EventSummary::seq>("seq", "Number in the chain."),
    field<&EventSummary::id>("id", "The event."),
    field<&EventSummary::at>("at", "When it happened."),
    field<&EventSummary::action>("action", "What was done: server.update."),
    field<&EventSummary::outcome>("outcome", "ok, denied or failed."),
    field<&EventSummary::actor>("actor", "Who did it."),
    field<&EventSummary::resource_type>("resource_type", "To what kind of thing."),
    field<&EventSummary::resource_id>("resource_id", "To which."),
    field<&EventSummary::resource_name>("resource_name", "Its name at that time."),
    field<&EventSummary::ip>("ip", "From which address."),
    field<&EventSummary::user_agent>("user_agent", "With which program."),
    field<&EventSummary::request_id>("request_id", "In which request."),
    field<&EventSummary::changes>("changes", "Fields with their values before and after."),
    field<&EventSummary::prev_hash>("prev_hash", "Hash of the event before, in hex."),
    field<&EventSummary::row_hash>("row_hash", "Hash of this event, in hex."),
    field<&EventSummary::erased>("erased",
                                 "Whether a body was erased; the chain holds all the same."),
    field<&EventSummary::who_erased_by>("who_erased_by",
                                        "Number of the event that erased who did it."),
    field<&EventSummary::what_erased_by>("what_erased_by",
                                         "Number of the event that erased what changed."),
};
static_assert(names_every_member<EventSummary>(summary_fields));

constexpr std::array proof_fields{
    field<&EventProof::seq>("seq", "Number in the chain."),
    field<&EventProof::header>("header", "The hashed header, in base64."),
    field<&EventProof::commits>("commits", "Commitments to the bodies, in base64."),
    field<&EventProof::body>("body", "The bodies that were committed to; null when erased."),
    field<&EventProof::prev_hash>("prev_hash", "Hash of the event before, in hex."),
    field<&EventProof::row_hash>("row_hash", "Hash of this event, in hex."),
};
static_assert(names_every_member<EventProof>(proof_fields));

constexpr std::array detail_fields{
    field<&EventDetail::event>("event", "For readers."),
    field<&EventDetail::proof>("proof", "For verifiers."),
};
static_assert(names_every_member<EventDetail>(detail_fields));

constexpr std::array verified_fields{
    field<&VerifiedView::at>("at", "When."),
    field<&VerifiedView::ok>("ok", "Whether the chain held."),
    field<&VerifiedView::seq>("seq", "Up to which number."),
    field<&VerifiedView::duration_ms>("duration_ms", "How long it took."),
};
static_assert(names_every_member<VerifiedView>(verified_fields));

constexpr std::array signing_fields{
    field<&SigningView::state>("state", "current; late when the signer is silent; refused when it "
                                        "says that the chain contradicts what it signed."),
    field<&SigningView::size>("size", "Events that the newest checkpoint covers."),
    field<&SigningView::at>("at", "When the newest checkpoint was made."),
    field<&SigningView::unsigned_since>("unsigned_since",
                                        "Time of the oldest event that no checkpoint covers."),
    field<&SigningView::bad_seq>("bad_seq", "Number of the event at which the signer refuses."),
    field<&SigningView::reason>("reason", "Why it refuses."),
};
static_assert(names_every_member<SigningView>(signing_fields));

constexpr std::array head_fields{
    field<&HeadView::chain>("chain", "The chain; for lane 0 the team's id."),
    field<&HeadView::lane>("lane", "The lane."),
    field<&HeadView::seq>("seq", "Number of the last event."),
    field<&HeadView::hash>("hash", "Hash of the last event, in hex."),
    field<&HeadView::last_verified>("last_verified",
                                    "The last verification since the server started."),
    field<&HeadView::signing>("signing", "How far signed checkpoints cover it."),
};
static_assert(names_every_member<HeadView>(head_fields));

constexpr std::array report_fields{
    field<&ReportView::ok>("ok", "Whether the chain holds from its first event to its head."),
    field<&ReportView::checked>("checked", "Events checked."),
    field<&ReportView::erased>("erased", "Bodies that were erased; the chain holds without them."),
    field<&ReportView::first_bad>("first_bad", "Number of the first event that does not hold."),
    field<&ReportView::reason>("reason", "What is wrong with it."),
    field<&ReportView::duration_ms>("duration_ms", "How long it took."),
    field<&ReportView::seq>("seq", "Number of the last event."),
    field<&ReportView::hash>("hash", "Hash of the last event, in hex."),
    field<&ReportView::at>("at", "When it was checked."),
};
static_assert(names_every_member<ReportView>(report_fields));

constexpr auto seq_bounds = shape::range(1, (std::int64_t{1} << 53) - 1);
constexpr std::array wish_fields{
    field<&BundleWish::from_seq>("from_seq", "The first event; without it the chain's first.",
                                 seq_bounds),
    field<&BundleWish::to_seq>("to_seq",
                               "The last event, at most 20000 in all; without it this export's "
                               "own, which is the chain's last.",
                               seq_bounds),
};
static_assert(names_every_member<BundleWish>(wish_fields));

constexpr std::array erasure_fields{
    field<&ErasureWish::body>("body", "who (did it, and from where), what (changed), or both."),
    field<&ErasureWish::basis>("basis", "On what ground."),
    field<&ErasureWish::note>("note", "Why, in a line that stays on the record; may be empty.",
                              shape::length(0, 500)),
};
static_assert(names_every_member<ErasureWish>(erasure_fields));

} // namespace

EventSummary to_summary(const audit::EventView& view) {
    const audit::Header& header = view.header;
    EventSummary out;
    out.seq = header.seq;
    out.id = header.event_id;
    out.at = header.occurred_at;
    out.action = header.action;
    out.outcome = audit::to_string(header.outcome);
    out.actor.kind = audit::to_string(header.actor_kind);
    out.actor.id = view.subject_text(header.actor_kind == audit::ActorKind::key ? "key" : "actor");
    if (!out.actor.id)
        out.actor.id = view.subject_text("device");
    out.actor.name = view.subject_text("name");
    out.resource_type = header.resource_type;
    if (!header.resource_id.is_nil())
        out.resource_id = header.resource_id;
    else if (const auto person = view.detail_text("person"))
        out.resource_id = parse_uuid(*person);
    out.resource_name = view.detail_text("name");
    out.ip = view.subject_text("ip");
    out.user_agent = view.subject_text("user_agent");
    out.request_id = view.subject_text("request_id");
    out.changes = view.changes();
    out.prev_hash = to_hex(view.previous);
    out.row_hash = to_hex(view.row_hash);
    out.erased = view.is_erased();
    const auto number = [](std::int64_t by) { return by > 0 ? std::optional(by) : std::nullopt; };
    out.who_erased_by = number(view.erased_by[0]);
    out.what_erased_by = number(view.erased_by[1]);
    return out;
}

} // namespace atalaya::audit_log

namespace atalaya::shape {
const Shape Described<audit_log::ActorView>::shape{"AuditActor", audit_log::actor_fields};
const Shape Described<audit_log::EventSummary>::shape{"AuditEvent", audit_log::summary_fields};
const Shape Described<audit_log::EventProof>::shape{"AuditProof", audit_log::proof_fields};
const Shape Described<audit_log::EventDetail>::shape{"AuditEventDetail", audit_log::detail_fields};
const Shape Described<audit_log::VerifiedView>::shape{"AuditVerified", audit_log::verified_fields};
const Shape Described<audit_log::SigningView>::shape{"AuditSigning", audit_log::signing_fields};
const Shape Described<audit_log::HeadView>::shape{"AuditHead", audit_log::head_fields};
const Shape Described<audit_log::ReportView>::shape{"AuditReport", audit_log::report_fields};
const Shape Described<audit_log::BundleWish>::shape{"AuditBundleWish", audit_log::wish_fields};
const Shape Described<audit_log::ErasureWish>::shape{"AuditErasure", audit_log::erasure_fields};
} // namespace atalaya::shape
