// Security incidents of the installation, from the first notice to the review: contain, assess,
// notify within 72 hours of the notice, remediate, review. Each step is an event of the platform's
// chain.
//
// Functions run in the caller's transaction, in the platform's scope. What is written about an
// incident lies sealed under the platform's key; public is only how many there were.
#pragma once

#include "api/endpoint.hpp"
#include "modules/trust/check.hpp"

namespace atalaya::trust {

enum class IncidentStep : std::uint8_t { contain, assess, notify, remediate, review, closed };

inline constexpr std::chrono::hours notify_within{72};

/// For operators.
std::span<const api::Endpoint> incident_endpoints();
std::span<const Check> incident_checks();

} // namespace atalaya::trust

namespace atalaya::shape {
template <>
struct EnumNames<trust::IncidentStep> {
    using Step = trust::IncidentStep;
    static constexpr std::array<std::pair<Step, std::string_view>, 6> names{
        {{Step::contain, "contain"},
         {Step::assess, "assess"},
         {Step::notify, "notify"},
         {Step::remediate, "remediate"},
         {Step::review, "review"},
         {Step::closed, "closed"}}};
};
} // namespace atalaya::shape
