#include "api/idempotency.hpp"
#include "api/verifications.hpp"
#include "audit/reader.hpp"
#include "base/text.hpp"
#include "modules/audit_log/audit_log.hpp"
#include "modules/audit_log/bundle_api.hpp"
#include "modules/audit_log/checkpoint_api.hpp"
#include "modules/audit_log/erasure_api.hpp"
#include "modules/audit_log/export_api.hpp"
#include "modules/audit_log/link_api.hpp"
#include "modules/audit_log/query.hpp"
#include "modules/audit_log/shapes.hpp"

#include <algorithm>
#include <chrono>

namespace atalaya::audit_log {
namespace {

using access::Permission;
using api::team_endpoint;
using api::Verb;

constexpr auto list_parameters = with_search_parameters(
    std::array{api::Parameter{"limit", "Events of a page, 1 to 500; 50 if not given.",
                              api::ParameterKind::integer},
               api::Parameter{"cursor", "The `next` of the page before."},
               api::Parameter{"format", "`csv` gives the page as RFC 4180 instead."}});

api::SearchedPage<EventSummary> list(api::Call& call) {
    const api::Query& query = call.query();
    audit::SearchLimits limits;
    limits.count =
        query.find_integer("limit", 1, api::page_size_max).value_or(api::page_size_default);
    limits.before = query.find_integer("cursor", 1, audit::newest).value_or(audit::newest);
    const audit::Found found =
        audit::search_events(call.tx, call.services.payload_sealer, read_search(call), limits);
    api::SearchedPage<EventSummary> page;
    for (const audit::EventView& event : found.events)
        page.data.push_back(to_summary(event));
    page.looked_to = found.looked_to;
    if (found.looked_to > 1)
        page.next = std::to_string(found.looked_to);
    return page;
}

EventDetail get(api::Call& call) {
    const auto seq = parse_integer(call.path().text("seq"));
    const auto event =
        seq ? audit::find_event(call.tx, call.services.payload_sealer, *seq) : std::nullopt;
    if (!event)
        throw Problem(problems::not_found);
    EventDetail detail;
    detail.event = to_summary(*event);
    detail.proof.seq = event->header.seq;
    detail.proof.header = to_base64(event->header_bytes);
    for (const audit::Hash& commit : event->commits)
        detail.proof.commits.push_back(to_base64(commit));
    detail.proof.body = {event->subject, event->detail};
    detail.proof.prev_hash = detail.event.prev_hash;
    detail.proof.row_hash = detail.event.row_hash;
    return detail;
}

HeadView get_head(api::Call& call) {
    const audit::Head head = audit::get_head(call.tx);
    HeadView view;
    view.chain = audit::chain_id(call.team(), 0);
    view.seq = head.seq;
    view.hash = to_hex(head.hash);
    if (const auto last = call.services.verifications.find(call.team()))
        view.last_verified = VerifiedView{last->at, last->ok, last->seq, last->duration_ms};
    view.signing = get_signing(call, head.seq);
    return view;
}

ReportView to_view(const audit::Report& report, Time at, std::chrono::milliseconds elapsed) {
    ReportView view;
    view.ok = report.ok;
    view.checked = report.checked;
    view.erased = report.erased;
    view.first_bad = report.first_bad;
    if (!report.reason.empty())
        view.reason = report.reason;
    view.duration_ms = elapsed.count();
    view.seq = report.seq;
    view.hash = to_hex(report.hash);
    view.at = at;
    return view;
}

api::Concluded<ReportView> verify(api::SlowCall& call) {
    const auto team = call.incoming.path.id<TeamId>("team");
    const auto start = std::chrono::steady_clock::now();
    const db::Scope scope{team, call.caller().user};
    // Apart from the event about it, so that the team's writers need not wait for a long chain.
    const audit::Report report = call.transact(scope, {}, [](api::Call& inner) {
        return audit::verify_chain(inner.tx, inner.services.payload_sealer,
                                   inner.services.audit_seal_key);
    });
    const auto elapsed = std::chrono::duration_cast<std::chrono::milliseconds>(
        std::chrono::steady_clock::now() - start);
    const ReportView view = to_view(report, call.services.clock.now(), elapsed);
    return api::conclude(call, scope, {team}, [&](api::Call& inner) {
        shape::Json result = shape::Array{
            shape::json_object({{"field", "ok"}, {"before", nullptr}, {"after", report.ok}}),
            shape::json_object(
                {{"field", "checked"}, {"before", nullptr}, {"after", report.checked}})};
        inner.record("audit.verify", "chain", team, std::move(result));
        inner.after_commit([&verifications = inner.services.verifications, team, view] {
            verifications.set(team, {view.at, view.ok, view.seq, view.duration_ms});
        });
        return view;
    });
}

constexpr std::array table{
    team_endpoint<list>(Verb::get, "/teams/{team}/audit/events", Permission::audit_read,
                        "The record, newest first.")
        .with_parameters(list_parameters),
    team_endpoint<get>(Verb::get, "/teams/{team}/audit/events/{seq}", Permission::audit_read,
                       "One event, with what is needed to recompute its hash."),
    team_endpoint<erase_event>(Verb::post, "/teams/{team}/audit/events/{seq}/erasure",
                               Permission::audit_erase,
                               "Erase what an event says, for good; that it happened stays, and "
                               "the chain still verifies.")
        .with_step_up(),
    team_endpoint<get_head>(Verb::get, "/teams/{team}/audit/head", Permission::audit_read,
                            "Where the chain ends."),
    team_endpoint<start_export>(Verb::get, "/teams/{team}/audit/export", Permission::audit_export,
                                "The record as a table, as long as it is, newest event first.")
        .with_step_up_of_people()
        .with_parameters(export_parameters)
        .with_answer(200, "application/x-ndjson"),
    team_endpoint<list_links>(Verb::get, "/teams/{team}/audit/links", Permission::audit_read,
                              "The chain without its contents, to recompute hashes, newest first.")
        .with_parameters(link_parameters),
    team_endpoint<list_checkpoints>(Verb::get, "/teams/{team}/audit/checkpoints",
                                    Permission::audit_read,
                                    "Signed checkpoints of the chain, newest first.")
        .with_parameters(checkpoint_parameters),
    team_endpoint<list_keys>(Verb::get, "/teams/{team}/audit/keys", Permission::audit_read,
                             "The keys that sign the chain's checkpoints, the newest first."),
    team_endpoint<list_stamps>(Verb::get, "/teams/{team}/audit/timestamps", Permission::audit_read,
                               "Checkpoints that a timestamp authority stamped, newest first.")
        .with_parameters(checkpoint_parameters),
    team_endpoint<prove_inclusion>(Verb::get, "/teams/{team}/audit/proof/inclusion",
                                   Permission::audit_read,
                                   "That an event is covered by a checkpoint.")
        .with_parameters(inclusion_parameters),
    team_endpoint<prove_consistency>(Verb::get, "/teams/{team}/audit/proof/consistency",
                                     Permission::audit_read,
                                     "That a longer chain begins with a shorter one.")
        .with_parameters(consistency_parameters),
    team_endpoint<verify>(Verb::post, "/teams/{team}/audit/verify", Permission::audit_verify,
                          "Follow the chain from its first event to its head, now."),
    team_endpoint<make_bundle>(Verb::post, "/teams/{team}/audit/bundle", Permission::audit_export,
                               "A zip of events that anybody can verify offline.")
        .with_step_up_of_people()
        .with_answer(200, "application/zip"),
};

} // namespace

std::span<const api::Endpoint> endpoints() { return table; }

} // namespace atalaya::audit_log
