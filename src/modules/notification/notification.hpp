// What the system tells people, and in which words. The templates are the same for every team.
#pragma once

#include "api/endpoint.hpp"

namespace atalaya::notification {

std::span<const api::Endpoint> endpoints();

} // namespace atalaya::notification
