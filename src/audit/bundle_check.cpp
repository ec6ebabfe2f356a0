#include "audit/bundle_check.hpp"

#include "audit/checkpoint_check.hpp"

#include <algorithm>

namespace atalaya::audit {
namespace {

/// The events that a bundle of this number on holds, by their place.
const BundleEvent* find_event(const Bundle& bundle, std::int64_t seq) {
    const std::int64_t at = seq - bundle.manifest.from_seq;
    const auto count = static_cast<std::int64_t>(bundle.events.size());
    return at >= 0 && at < count ? &bundle.events[static_cast<std::size_t>(at)] : nullptr;
}

/// Whether the tombstone that an erased part names can be one.
bool is_tombstone(const Bundle& bundle, std::int64_t erased, std::int64_t by) {
    if (by <= erased || by > bundle.manifest.head_seq)
        return false;
    const BundleEvent* event = find_event(bundle, by);
    if (!event)
        return true; // beyond this bundle
    const auto header = parse_header(event->link.header);
    return header && header->action == tombstone_action;
}

std::string find_fault(const Bundle& bundle, const BundleEvent& event, std::int64_t seq) {
    const Manifest& manifest = bundle.manifest;
    if (event.seq != seq)
        return "an event is missing or out of order";
    for (const PartState& part : event.link.parts) {
        if (part.kind == PartState::Kind::erased && !is_tombstone(bundle, seq, part.erased_by))
            return "a payload was erased without an event that says so";
    }
    if (seq > manifest.to_seq)
        return "there are more events than the manifest says";
    if (seq > manifest.head_seq)
        return "the head was rewound: the chain is longer";
    if (seq == manifest.head_seq && event.link.row_hash != manifest.head_hash)
        return "the head has another hash than the last event";
    return {};
}

Report follow(const Bundle& bundle) {
    const Manifest& manifest = bundle.manifest;
    const Uuid chain = chain_id(manifest.team, manifest.lane);
    ChainVerifier verifier(chain, manifest.from_seq - 1, manifest.previous);
    if (manifest.from_seq == 1 && manifest.previous != genesis(chain))
        verifier.fault(1, "the chain does not begin at its beginning");
    for (const BundleEvent& event : bundle.events) {
        const std::int64_t seq = verifier.report().seq + 1;
        verifier.step(event.link);
        if (std::string reason = find_fault(bundle, event, seq); !reason.empty())
            verifier.fault(seq, std::move(reason));
    }
    return verifier.report();
}

BundleReport& judge(BundleReport& report, Verdict verdict, std::string reason) {
    report.verdict = verdict;
    report.reason = std::move(reason);
    return report;
}

/// Those of this chain, the oldest first.
std::vector<Receipt> choose(const Manifest& manifest, const std::vector<Receipt>& receipts) {
    std::vector<Receipt> out;
    for (const Receipt& receipt : receipts) {
        if (receipt.chain == chain_id(manifest.team, manifest.lane) &&
            receipt.lane == manifest.lane)
            out.push_back(receipt);
    }
    std::stable_sort(out.begin(), out.end(), [](const Receipt& left, const Receipt& right) {
        return left.seq < right.seq;
    });
    return out;
}

} // namespace

std::string_view to_string(Verdict verdict) {
    switch (verdict) {
    case Verdict::valid:
        return "valid";
    case Verdict::unreadable:
        return "unreadable";
    case Verdict::with_erasures:
        return "valid with erasures";
    case Verdict::truncated:
        return "truncated";
    case Verdict::altered:
        return "altered";
    case Verdict::equivocation:
        return "equivocation";
    case Verdict::bad_signature:
        return "bad signature";
    }
    return "unknown";
}

BundleReport check_bundle(const Bundle& bundle, const Known& known) {
    const Manifest& manifest = bundle.manifest;
    const std::vector<Receipt>& receipts = known.receipts;
    const std::vector<Receipt> chosen = choose(manifest, receipts);
    BundleReport report;
    report.receipts = static_cast<std::int64_t>(chosen.size());
    if (!receipts.empty() && chosen.empty())
        return judge(report, Verdict::unreadable, "the receipt is of another chain");
    if (!chosen.empty() && chosen.front().seq < manifest.from_seq - 1)
        return judge(report, Verdict::unreadable, "the receipt is of an event before the bundle");

    CheckpointCheck signed_for(bundle, known);
    if (const auto fault = signed_for.find_note_fault())
        return judge(report, fault->verdict, fault->reason);

    const Report chain = follow(bundle);
    report.checked = chain.checked;
    report.erased = chain.erased;
    report.unopened = chain.unopened;
    report.last_seq = chain.seq;
    report.last_hash = chain.hash;
    report.first_bad = chain.first_bad;
    if (!chain.ok)
        return judge(report, Verdict::altered, chain.reason);
    for (const Receipt& receipt : chosen) {
        const BundleEvent* event = find_event(bundle, receipt.seq);
        const bool before = receipt.seq < manifest.from_seq;
        if ((before && receipt.row_hash != manifest.previous) ||
            (event && receipt.row_hash != event->link.row_hash)) {
            report.first_bad = receipt.seq;
            return judge(report, Verdict::altered, "the event has another hash than its receipt");
        }
    }
    if (const auto fault = signed_for.find_root_fault()) {
        report.first_bad = fault->seq;
        return judge(report, fault->verdict, fault->reason);
    }
    report.checkpoints = signed_for.held();
    report.signed_size = signed_for.held_size();
    report.stamped_size = signed_for.stamped_size();
    report.stamped_at = signed_for.stamped_at();
    if (signed_for.newest_size() > manifest.head_seq)
        return judge(report, Verdict::truncated, "a checkpoint of more events was signed");
    if (chain.seq < manifest.to_seq)
        return judge(report, Verdict::truncated, "events are missing at the end");
    if (!chosen.empty() && chosen.back().seq > chain.seq)
        return judge(report, Verdict::truncated, "the bundle ends before the event of the receipt");
    if (report.erased + report.unopened > 0)
        report.verdict = Verdict::with_erasures;
    return report;
}

} // namespace atalaya::audit
