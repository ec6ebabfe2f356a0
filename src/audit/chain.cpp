#include "audit/chain.hpp"

#include "audit/stretches.hpp"
#include "shape/json.hpp"

#include <algorithm>

namespace atalaya::audit {
namespace {

/// What a tombstone says under this field; empty when it says nothing.
std::string read_named(const std::string& body, std::string_view field) {
    const auto json = shape::parse_json(body);
    const shape::Json* changes = json ? json->find("changes") : nullptr;
    const shape::Array* entries = changes ? changes->if_array() : nullptr;
    for (std::size_t i = 0; entries && i < entries->size(); ++i) {
        const shape::Json* name = (*entries)[i].find("field");
        const shape::Json* after = (*entries)[i].find("after");
        if (name && after && name->if_string() && after->if_string() && *name->if_string() == field)
            return *after->if_string();
    }
    return {};
}

} // namespace

ChainVerifier::ChainVerifier(const Uuid& chain, const Secret* seal_key)
    : ChainVerifier(chain, 0, genesis(chain), seal_key) {}

ChainVerifier::ChainVerifier(const Uuid& chain, std::int64_t seq, const Hash& hash,
                             const Secret* seal_key)
    : chain_(chain) {
    if (seal_key)
        seal_key_.emplace(seal_key->reveal());
    report_.seq = seq;
    report_.hash = hash;
}

void ChainVerifier::step(const Link& link) {
    if (std::string reason = find_fault(link); !reason.empty())
        fault(report_.seq + 1, std::move(reason));
    check_erasures(link);
    for (const PartState& part : link.parts) {
        report_.erased += part.kind == PartState::Kind::erased;
        report_.unopened += part.kind == PartState::Kind::unopened;
    }
    report_.checked += 1;
    report_.seq += 1;
    report_.hash = link.row_hash;
}

/// An erased part names a later event, and that one is a tombstone. Whoever can switch triggers off
/// can still not make a body disappear without one.
void ChainVerifier::check_erasures(const Link& link) {
    const std::int64_t seq = report_.seq + 1;
    for (std::size_t part = 0; part < std::min(link.parts.size(), parts.size()); ++part) {
        const PartState& state = link.parts[part];
        if (state.kind != PartState::Kind::erased)
            continue;
        if (state.erased_by <= seq) {
            fault(seq, untold_erasure);
            continue;
        }
        Awaited& awaited = awaited_.try_emplace(state.erased_by, Awaited{seq}).first->second;
        awaited.seqs[part].push_back(seq);
    }
    const auto due = awaited_.find(seq);
    if (due == awaited_.end())
        return;
    if (!is_told(link, due->second))
        fault(due->second.first, untold_erasure);
    awaited_.erase(due);
}

/// Whether it is a tombstone and, as far as this server wrote it and can read it, names all of
/// them.
bool ChainVerifier::is_told(const Link& tombstone, const Awaited& erased) const {
    const auto header = parse_header(tombstone.header);
    if (!header || header->action != tombstone_action)
        return false;
    const auto detail = static_cast<std::size_t>(Part::detail);
    if (!seal_key_ || tombstone.parts.size() <= detail ||
        tombstone.parts[detail].kind != PartState::Kind::open)
        return true;
    const std::string body(as_text(tombstone.parts[detail].body));
    return names_all(read_named(body, named_subjects), erased.seqs[0]) &&
           names_all(read_named(body, named_details), erased.seqs[1]);
}

void ChainVerifier::finish(std::int64_t head_seq, const Hash& head_hash) {
    if (head_seq > report_.seq) {
        fault(report_.seq + 1, "the chain is shorter than its head says");
    } else if (head_seq < report_.seq) {
        fault(head_seq + 1, "the head was rewound: the chain is longer");
    } else if (head_hash != report_.hash) {
        fault(head_seq, "the head has another hash than the last event");
    }
}

void ChainVerifier::fault(std::int64_t seq, std::string reason) {
    if (!report_.ok)
        return;
    report_.ok = false;
    report_.first_bad = seq;
    report_.reason = std::move(reason);
}

std::string ChainVerifier::find_fault(const Link& link) const {
    const auto header = parse_header(link.header);
    if (!header)
        return header.error().reason;
    if (header->chain != chain_)
        return "the event belongs to another chain";
    if (header->seq != report_.seq + 1)
        return "an event is missing or out of order";
    if (link.columns && *link.columns != *header)
        return "the columns differ from the header that was hashed";
    if (link.previous != report_.hash)
        return "the event is not linked to the one before it";
    if (link.commits.size() != parts.size() ||
        row_hash(link.previous, link.header, link.commits) != link.row_hash)
        return "the hash does not match the event";
    if (seal_key_ && (!link.seal || !crypto::equal_constant_time(
                                        *link.seal, seal(*seal_key_, link.header, link.commits))))
        return "the seal is not this server's";
    if (link.parts.empty())
        return {};
    if (link.parts.size() != link.commits.size())
        return "a payload is missing";
    for (const Part part : parts) {
        const auto index = static_cast<std::size_t>(part);
        const PartState& state = link.parts[index];
        if (state.kind == PartState::Kind::broken)
            return "a payload does not open";
        if (state.kind == PartState::Kind::open &&
            commit(state.salt, part, chain_, header->seq, state.body) != link.commits[index])
            return "a payload differs from its commitment";
    }
    return {};
}

} // namespace atalaya::audit
