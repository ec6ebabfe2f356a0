// Makes a dashboard of a Grafana dashboard's JSON, and says what could not be taken over.
//
// Pure; any thread. The document may be hostile: whatever is in it, what comes out keeps the bounds
// of body.hpp, and what is listed as left out is bounded too. docs/dashboards.md says what maps.
#pragma once

#include "base/result.hpp"
#include "modules/dashboard/body.hpp"

namespace atalaya::dashboard {

/// Something of the document that the dashboard lacks.
struct LeftOut {
    std::string panel; ///< its title; empty: of the dashboard as a whole
    std::string what;
    std::string why;
    bool operator==(const LeftOut&) const = default;
};

struct Conversion {
    Content content;
    std::vector<LeftOut> left_out;
};

/// `document` is a dashboard, or what Grafana's API wraps around one.
Result<Conversion> convert_grafana(const shape::Json& document);

} // namespace atalaya::dashboard

namespace atalaya::shape {
template <>
struct Described<dashboard::LeftOut> {
    static const Shape shape;
};
} // namespace atalaya::shape
