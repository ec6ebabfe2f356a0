#include "audit/exporter.hpp"

#include "audit/reader.hpp"
#include "audit_sql.hpp"
#include "base/check.hpp"
#include "base/problems.hpp"

#include <algorithm>

namespace atalaya::audit {
namespace {

Hash hash_before(db::Tx& tx, std::int64_t seq) {
    if (seq == 1)
        return genesis(chain_id(tx.scope().team, 0));
    const auto row = tx.query_optional(sql::audit::find_row_hash, {{"seq", seq - 1}});
    return row ? row->get<Hash>("row_hash") : Hash{}; // deleted: the first link will not fit
}

} // namespace

Bundle read_bundle(db::Tx& tx, const PayloadSealer& sealer, std::int64_t from, std::int64_t to) {
    CHECK_REQUEST(from >= 1 && to >= from && to - from < bundle_events_max);
    const auto head = find_head(tx);
    CHECK_REQUEST(head.has_value());
    Bundle bundle;
    bundle.manifest.team = tx.scope().team;
    bundle.manifest.from_seq = from;
    bundle.manifest.to_seq = to;
    bundle.manifest.previous = hash_before(tx, from);
    bundle.manifest.head_seq = head->seq;
    bundle.manifest.head_hash = head->hash;
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
    return bundle;
}

} // namespace atalaya::audit
