#include "audit/exporter.hpp"

#include "audit/checkpoints.hpp"
#include "audit/reader.hpp"
#include "base/check.hpp"
#include "base/problems.hpp"

#include <algorithm>

namespace atalaya::audit {
namespace {

constexpr std::int64_t bundle_checkpoints = 100;
constexpr std::int64_t bundle_stamps = 20;

Hash hash_before(db::Tx& tx, std::int64_t seq) {
    if (seq == 1)
        return genesis(chain_id(tx.scope().team, 0));
    return find_row_hash(tx, seq - 1).value_or(Hash{}); // deleted: the first link will not fit
}

void add_key(Evidence& out, const std::string& vkey) {
    const auto key = parse_vkey(vkey);
    if (key && std::find(out.keys.begin(), out.keys.end(), *key) == out.keys.end())
        out.keys.push_back(*key);
}

/// The newest checkpoints that cover something of these events, and what ties the events to the
/// newest where that does not follow from the events themselves.
Evidence read_evidence(db::Tx& tx, std::int64_t from, std::int64_t to) {
    Evidence out;
    const auto stored = list_checkpoints(tx, newest, bundle_checkpoints);
    for (auto one = stored.rbegin(); one != stored.rend(); ++one) {
        const auto note = parse_note(one->note);
        if (one->size < from || !note)
            continue;
        out.checkpoints.push_back(*note);
        add_key(out, one->vkey);
    }
    for (StoredStamp& one : list_stamps(tx, newest, bundle_stamps)) {
        if (one.size < from)
            continue;
        out.stamps.insert(out.stamps.begin(), std::move(one.stamp));
        add_key(out, one.vkey);
    }
    if (!out.checkpoints.empty())
        out.rotations = list_rotations(tx);
    if (out.checkpoints.empty() || (from == 1 && stored.front().size <= to))
        return out;
    const std::int64_t index = std::min(stored.front().size, to) - 1;
    out.proofs.push_back({index, inclusion_proof(index, stored.front().size, subtree_hash(tx)),
                          out.checkpoints.back()});
    return out;
}

} // namespace

Bundle read_bundle(db::Tx& tx, const PayloadSealer& sealer, std::int64_t from, std::int64_t to) {
    CHECK_REQUEST(from >= 1 && to >= from && to - from < bundle_events_max);
    const Head head = get_head(tx);
    Bundle bundle;
    bundle.manifest.team = tx.scope().team;
    bundle.manifest.from_seq = from;
    bundle.manifest.to_seq = to;
    bundle.manifest.previous = hash_before(tx, from);
    bundle.manifest.head_seq = head.seq;
    bundle.manifest.head_hash = head.hash;
    std::size_t bodies_bytes = 0;
    for (std::int64_t after = from - 1; after < to;) {
        auto links = list_links(tx, sealer, after, std::min(links_batch_size, to - after));
        for (Link& link : links) {
            after = link.columns->seq;
            if (after > to)
                break;
            for (const PartState& part : link.parts) {
                CHECK_REQUEST(part.body.size() <= bundle_body_bytes_max);
                bodies_bytes += part.body.size();
            }
            if (bodies_bytes > bundle_bodies_bytes_max)
                throw Problem(problems::invalid)
                    .at("/to_seq", "range",
                        "What these events say is too large for one bundle. Ask for fewer.");
            bundle.events.push_back({after, std::move(link)});
        }
        if (links.empty())
            break;
    }
    bundle.evidence = read_evidence(tx, from, to);
    return bundle;
}

} // namespace atalaya::audit
