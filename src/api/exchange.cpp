#include "api/exchange.hpp"

#include "api/problem_response.hpp"
#include "base/problems.hpp"
#include "base/text.hpp"

#include <algorithm>
#include <iterator>

namespace atalaya::api {

void Exchange::answer(net::Response response) {
    bool cached = false;
    for (const net::Header& header : response.headers)
        cached = cached || equal_ignoring_case(header.name, "cache-control");
    if (!cached)
        response.headers.push_back({"Cache-Control", "no-store"});
    response.headers.push_back({"X-Request-Id", incoming.caller.request_id});
    response.not_before = start + time_floor;
    std::move(headers.begin(), headers.end(), std::back_inserter(response.headers));
    reply(std::move(response));
}

void Exchange::answer_method_refused(const std::string& allowed) {
    net::Response response =
        problem_response(Problem(problems::method_not_allowed), caller().request_id);
    response.headers.push_back({"Allow", allowed});
    answer(std::move(response));
}

void Exchange::answer_exception() {
    answer(response_of_exception(caller().request_id, route(), dialect()));
}

} // namespace atalaya::api
