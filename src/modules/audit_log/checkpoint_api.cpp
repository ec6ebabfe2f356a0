#include "modules/audit_log/checkpoint_api.hpp"

#include "audit/checkpoints.hpp"
#include "audit/reader.hpp"
#include "audit/rotation.hpp"
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

constexpr std::array stamp_fields{
    field<&StampView::size>("size", "Events of the checkpoint."),
    field<&StampView::at>("at", "When it was there, as the authority says."),
    field<&StampView::index>("index", "Its place in the tree of what was stamped together."),
    field<&StampView::tree_size>("tree_size", "How many checkpoints were."),
    field<&StampView::proof>("proof", "That it was among them (RFC 9162, 2.1.3), in base64."),
    field<&StampView::token>("token", "The token over the tree's root (RFC 3161), in base64."),
    field<&StampView::checkpoint>("checkpoint", "The signed note."),
};
static_assert(names_every_member<StampView>(stamp_fields));

constexpr std::array key_fields{
    field<&KeyView::vkey>("vkey", "The key (C2SP signed-note)."),
    field<&KeyView::since>("since", "When it took over from the key before; absent for the first."),
    field<&KeyView::until>("until", "When it was changed; absent for the one that signs now."),
    field<&KeyView::rotation>("rotation", "The note by which it took over, signed by both keys."),
};
static_assert(names_every_member<KeyView>(key_fields));

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

api::Page<StampView> list_stamps(api::Call& call) {
    const api::Query& query = call.query();
    const auto limit =
        query.find_integer("limit", 1, api::page_size_max).value_or(api::page_size_default);
    const auto before = query.find_integer("cursor", 1, audit::newest).value_or(audit::newest);
    api::Page<StampView> page;
    for (const audit::StoredStamp& one : audit::list_stamps(call.tx, before, limit))
        page.data.push_back({one.size, one.at, one.stamp.index, one.stamp.size,
                             to_texts(one.stamp.hashes), to_base64(one.stamp.token),
                             to_text(one.stamp.checkpoint)});
    if (static_cast<std::int64_t>(page.data.size()) == limit)
        page.next = std::to_string(page.data.back().size);
    return page;
}

api::Page<KeyView> list_keys(api::Call& call) {
    api::Page<KeyView> page;
    const auto newest = audit::find_newest_checkpoint(call.tx);
    const auto key = newest ? audit::parse_vkey(newest->vkey)
                            : Result<audit::NoteKey>(ParseError{"nothing was signed"});
    const auto notes = audit::list_rotations(call.tx);
    const auto history = audit::KeyHistory::from(notes);
    if (!key)
        return page;
    if (!history) {
        page.data.push_back({newest->vkey, {}, {}, {}});
        return page;
    }
    for (const audit::NoteKey& one : history->list_related(*key)) {
        KeyView& view = page.data.emplace_back();
        view.vkey = to_vkey(one);
        if (const auto* start = history->find_start(one)) {
            view.since = start->at;
            for (const audit::Note& note : notes) {
                if (const auto read = audit::parse_rotation(note); read && *read == *start)
                    view.rotation = to_text(note);
            }
        }
        if (const auto* end = history->find_end(one))
            view.until = end->at;
    }
    std::reverse(page.data.begin(), page.data.end());
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
        const auto row_hash = audit::find_row_hash(inner.tx, seq);
        if (!row_hash)
            throw Problem(problems::not_found);
        return InclusionView{seq, checkpoint->size, to_hex(*row_hash),
                             to_texts(audit::inclusion_proof(seq - 1, checkpoint->size,
                                                             audit::subtree_hash(inner.tx))),
                             checkpoint->note};
    });
}

ConsistencyView prove_consistency(api::SlowCall& call) {
    const std::int64_t from = get_number(call.query(), "from", 0);
    const std::int64_t to = get_number(call.query(), "to", 1);
    return read(call, [&](api::Call& inner) {
        if (to > audit::get_head(inner.tx).seq)
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
const Shape Described<audit_log::StampView>::shape{"AuditTimestamp", audit_log::stamp_fields};
const Shape Described<audit_log::KeyView>::shape{"AuditSignerKey", audit_log::key_fields};
const Shape Described<audit_log::InclusionView>::shape{"AuditInclusionProof",
                                                       audit_log::inclusion_fields};
const Shape Described<audit_log::ConsistencyView>::shape{"AuditConsistencyProof",
                                                         audit_log::consistency_fields};
} // namespace atalaya::shape
