// The OpenAPI 3.1 document, drawn from the endpoint and field tables. Pure; any thread.
#pragma once

#include "api/router.hpp"

namespace atalaya::api {

shape::Json make_document(const Router& router);

} // namespace atalaya::api
