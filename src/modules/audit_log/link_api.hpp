// The links of the chain without their contents: what a reader needs to recompute the hashes of
// many events. Private to this module.
#pragma once

#include "api/endpoint.hpp"

namespace atalaya::audit_log {

struct LinkView {
    std::int64_t seq = 0;
    std::string header;
    std::vector<std::string> commits;
    std::string prev_hash;
    std::string row_hash;
};

api::Page<LinkView> list_links(api::Call& call);

inline constexpr std::array link_parameters{
    api::Parameter{"limit", "Links of a page, 1 to 500; 50 if not given.",
                   api::ParameterKind::integer},
    api::Parameter{"cursor", "The `next` of the page before: links below this number.",
                   api::ParameterKind::integer},
    api::Parameter{"format", "`csv` gives the page as RFC 4180 instead."}};

} // namespace atalaya::audit_log

namespace atalaya::shape {
template <>
struct Described<audit_log::LinkView> {
    static const Shape shape;
};
} // namespace atalaya::shape
