// Problems as answers: RFC 9457, with the stable code and the id of the request. Pure; any thread.
#pragma once

#include "base/problem.hpp"
#include "net/message.hpp"

#include <string_view>

namespace atalaya::api {

net::Response problem_response(const Problem& problem, std::string_view request_id);

} // namespace atalaya::api
