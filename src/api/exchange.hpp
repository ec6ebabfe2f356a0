// One request on its way to its answer. Shared by the steps that handle it one after the other, on
// whatever thread each of them runs; gone when it was answered. For this room alone.
#pragma once

#include "api/call.hpp"
#include "api/endpoint.hpp"

#include <memory>

namespace atalaya::api {

struct Exchange : std::enable_shared_from_this<Exchange> {
    Exchange(net::Request request, net::Reply reply_) : reply(std::move(reply_)) {
        incoming.request = std::move(request);
    }
    Incoming incoming;
    net::Reply reply;
    const Endpoint* endpoint = nullptr;
    const std::chrono::steady_clock::time_point start = std::chrono::steady_clock::now();
    std::chrono::milliseconds time_floor{0}; ///< after `start`; no answer leaves earlier
    std::vector<net::Header> headers;        ///< that go with whatever is answered

    access::Caller& caller() { return incoming.caller; }
    std::string_view route() const {
        return endpoint ? endpoint->path : std::string_view("unknown");
    }
    Dialect dialect() const { return endpoint ? endpoint->dialect : Dialect::house; }
    std::shared_ptr<const Incoming> shared_incoming() { return {shared_from_this(), &incoming}; }

    void answer(net::Response response);
    /// 405 with the methods that the path has.
    void answer_method_refused(const std::string& allowed);
    /// The answer for what is being thrown; what is no Problem is our fault and goes to the log.
    void answer_exception();
};
using SharedExchange = std::shared_ptr<Exchange>;

} // namespace atalaya::api
