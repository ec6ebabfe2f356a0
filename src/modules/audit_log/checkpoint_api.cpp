#include "modules/audit_log/checkpoint_api.hpp"

#include "audit/checkpoints.hpp"
#include "audit/reader.hpp"
#include "base/text.hpp"
#include "config/config.hpp"
#include "shape/complete.hpp"

#include <algorithm>

namespace atalaya::audit_log {
namespace {

using shape::field;
using shape::names_every_member;

constexpr std::array checkpoint_fields{
    field<&CheckpointView::size>("size", "Events that it covers."),
    field<&CheckpointView::at>("at", "When it was made."),
    field<&CheckpointView::root>("root", "Root of their Merkle tree (RFC 9162), in base64."),
    field<&CheckpointView::note>("note", "The signed note (C2SP tlog-checkpoint)."),
    field<&CheckpointView::vkey>("vkey", "The key that signed it (C2SP signed-note)."),
    field<&CheckpointView::log_index>("log_index", "Its place in the tree over all checkpoints."),
};
static_assert(names_every_member<CheckpointView>(checkpoint_fields));

constexpr std::array inclusion_fields{
    field<&InclusionView::seq>("seq", "The event; its place in the tree is one less."),
    field<&InclusionView::size>("size", "Size of the tree."),
    field<&InclusionView::row_hash>("row_hash", "Hash of the event, in hex."),
    field<&InclusionView::proof>("proof", "Hashes of the proof (RFC 9162, 2.1.3), in base64."),
    field<&InclusionView::checkpoint>("checkpoint", "The signed note of that size."),
};
static_assert(names_every_member<InclusionView>(inclusion_fields));

constexpr std::array consistency_fields{
    field<&ConsistencyView::from>("from", "Events of the shorter chain."),
    field<&ConsistencyView::to>("to", "Events of the longer chain."),
    field<&ConsistencyView::proof>("proof", "Hashes of the proof (RFC 9162, 2.1.4), in base64."),
};
static_assert(names_every_member<ConsistencyView>(consistency_fields));

std::int64_t get_number(const api::Query& query, const char* name, std::int64_t least) {
    const auto value = query.find_integer(name, least, audit::newest - 1);
    if (!value)
        throw Problem(problems::invalid)
            .at("?" + std::string(name), "required", "Say which: a number.");
    return *value;
}

Problem out_of_reach(const char* name, std::string words) {
    return Problem(problems::invalid).at("?" + std::string(name), "range", std::move(words));
}

std::vector<std::string> to_texts(const std::vector<audit::Hash>& hashes) {
    std::vector<std::string> out;
    for (const audit::Hash& hash : hashes)
        out.push_back(to_base64(hash));
    return out;
}

template <class Body>
auto read(api::SlowCall& call, Body body) {
    const db::Scope scope{call.incoming.path.id<TeamId>("team"), call.caller().user};
    return call.transact(scope, {}, body);
}

} // namespace

SigningView get_signing(api::Call& call, std::int64_t head_seq) {
    using State = audit::SignerStanding::State;
    const Micros patience = std::max<Micros>(
        audit::signer_patience, std::chrono::seconds(3 * call.services.config.signer.interval_s));
    const audit::SignerStanding standing =
        audit::judge_signer(call.tx, head_seq, call.services.clock.now(), patience);
    SigningView view;
    view.state = standing.state == State::refused ? "refused"
                 : standing.state == State::late  ? "late"
                                                  : "current";
    if (standing.last) {
        view.size = standing.last->size;
        view.at = standing.last->made_at;
    }
    view.unsigned_since = standing.unsigned_since;
    view.bad_seq = standing.bad_seq;
    if (!standing.reason.empty())
        view.reason = standing.reason;
    return view;
}

api::Page<CheckpointView> list_checkpoints(api::Call& call) {
    const api::Query& query = call.query();
    const auto limit =
        query.find_integer("limit", 1, api::page_size_max).value_or(api::page_size_default);
    const auto before = query.find_integer("cursor", 1, audit::newest).value_or(audit::newest);
    api::Page<CheckpointView> page;
    for (audit::StoredCheckpoint& one : audit::list_checkpoints(call.tx, before, limit))
        page.data.push_back({one.size, one.made_at, to_base64(one.root), std::move(one.note),
                             std::move(one.vkey), one.log_index});
    if (static_cast<std::int64_t>(page.data.size()) == limit)
        page.next = std::to_string(page.data.back().size);
    return page;
}

InclusionView prove_inclusion(api::SlowCall& call) {
    const std::int64_t seq = get_number(call.query(), "seq", 1);
    const auto size = call.query().find_integer("size", 1, audit::newest - 1);
    return read(call, [&](api::Call& inner) {
        const auto checkpoint = size ? audit::find_checkpoint(inner.tx, *size)
                                     : audit::find_newest_checkpoint(inner.tx);
        if (!checkpoint)
            throw out_of_reach("size", "There is no checkpoint of that size.");
        if (seq > checkpoint->size)
            throw out_of_reach("seq", "That checkpoint does not reach so far.");
        const auto event = audit::find_event(inner.tx, inner.services.payload_sealer, seq);
        if (!event)
            throw Problem(problems::not_found);
        return InclusionView{seq, checkpoint->size, to_hex(event->row_hash),
                             to_texts(audit::inclusion_proof(seq - 1, checkpoint->size,
                                                             audit::subtree_hash(inner.tx))),
                             checkpoint->note};
    });
}

ConsistencyView prove_consistency(api::SlowCall& call) {
    const std::int64_t from = get_number(call.query(), "from", 0);
    const std::int64_t to = get_number(call.query(), "to", 1);
    return read(call, [&](api::Call& inner) {
        const auto head = audit::find_head(inner.tx);
        CHECK_REQUEST(head.has_value());
        if (to > head->seq)
            throw out_of_reach("to", "The chain does not reach that far.");
        if (from > to)
            throw out_of_reach("from", "The shorter chain is longer than the other.");
        return ConsistencyView{
            from, to, to_texts(audit::consistency_proof(from, to, audit::subtree_hash(inner.tx)))};
    });
}

} // namespace atalaya::audit_log

namespace atalaya::shape {
const Shape Described<audit_log::CheckpointView>::shape{"AuditCheckpoint",
                                                        audit_log::checkpoint_fields};
const Shape Described<audit_log::InclusionView>::shape{"AuditInclusionProof",
                                                       audit_log::inclusion_fields};
const Shape Described<audit_log::ConsistencyView>::shape{"AuditConsistencyProof",
                                                         audit_log::consistency_fields};
} // namespace atalaya::shape
