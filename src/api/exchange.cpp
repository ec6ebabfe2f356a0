#include "api/exchange.hpp"

#include "api/problem_response.hpp"
#include "base/text.hpp"

namespace atalaya::api {

void Exchange::answer(net::Response response) {
    bool cached = false;
    for (const net::Header& header : response.headers)
        cached = cached || equal_ignoring_case(header.name, "cache-control");
    if (!cached)
        response.headers.push_back({"Cache-Control", "no-store"});
    response.headers.push_back({"X-Request-Id", incoming.caller.request_id});
    response.not_before = start + time_floor;
    reply(std::move(response));
}

void Exchange::answer_exception() { answer(response_of_exception(caller().request_id, route())); }

} // namespace atalaya::api
