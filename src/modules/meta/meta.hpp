// What the product says about itself: instance, permission matrix, API document.
#pragma once

#include "api/endpoint.hpp"

namespace atalaya::meta {

std::span<const api::Endpoint> endpoints();

} // namespace atalaya::meta
