#include "modules/audit_log/link_api.hpp"

#include "audit/reader.hpp"
#include "base/text.hpp"
#include "shape/complete.hpp"

namespace atalaya::audit_log {
namespace {

using shape::field;
using shape::names_every_member;

constexpr std::array link_fields{
    field<&LinkView::seq>("seq", "Number of the event."),
    field<&LinkView::header>("header", "The header as it was hashed, in base64."),
    field<&LinkView::commits>("commits", "Commitments to the bodies, in base64."),
    field<&LinkView::prev_hash>("prev_hash", "Hash of the event before, in hex."),
    field<&LinkView::row_hash>("row_hash", "Hash of the event, in hex."),
};
static_assert(names_every_member<LinkView>(link_fields));

} // namespace

api::Page<LinkView> list_links(api::Call& call) {
    const api::Query& query = call.query();
    const auto limit =
        query.find_integer("limit", 1, api::page_size_max).value_or(api::page_size_default);
    const auto before = query.find_integer("cursor", 1, audit::newest).value_or(audit::newest);
    api::Page<LinkView> page;
    for (const audit::BareLink& one : audit::list_headers(call.tx, before, limit)) {
        LinkView& link = page.data.emplace_back();
        link.seq = one.seq;
        link.header = to_base64(one.header);
        for (const audit::Hash& commit : one.commits)
            link.commits.push_back(to_base64(commit));
        link.prev_hash = to_hex(one.previous);
        link.row_hash = to_hex(one.row_hash);
    }
    if (!page.data.empty() && page.data.back().seq > 1)
        page.next = std::to_string(page.data.back().seq);
    return page;
}

} // namespace atalaya::audit_log

namespace atalaya::shape {
const Shape Described<audit_log::LinkView>::shape{"AuditLink", audit_log::link_fields};
} // namespace atalaya::shape
