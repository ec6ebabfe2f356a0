// Two teams of the installation's own, whose members try to reach each other's data by the same
// ways as anybody: the API, the search of the record, and the tables below.
//
// On the watch's thread. What has not been there is made at the first look; what fails throws.
#pragma once

#include "modules/trust/check.hpp"

#include <array>

namespace atalaya::trust {

/// What their members are signed in with; lives as long as the watch.
struct CanarySession {
    std::string cookie; ///< empty: not yet
    std::string csrf;
};
using CanarySessions = std::array<CanarySession, 2>;

std::span<const Check> canary_checks();

} // namespace atalaya::trust
