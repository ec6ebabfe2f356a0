// Problems as answers: RFC 9457, with the stable code and the id of the request. Pure; any thread.
#pragma once

#include "base/problem.hpp"
#include "net/message.hpp"

#include <cstdint>
#include <string_view>

namespace atalaya::api {

/// In whose form a refusal is told.
enum class Dialect : std::uint8_t {
    house,
    prometheus, ///< what clients of Prometheus' HTTP API read; the code and the id stand beside it
};

net::Response problem_response(const Problem& problem, std::string_view request_id,
                               Dialect dialect = Dialect::house);
/// The same for whatever is being thrown: call it in a catch block. What is no Problem is our
/// fault, goes to the log and answers 500.
net::Response response_of_exception(std::string_view request_id, std::string_view route,
                                    Dialect dialect = Dialect::house);

} // namespace atalaya::api
