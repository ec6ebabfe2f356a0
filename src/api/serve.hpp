// From an HTTP request to its answer: route, identify, authorise, run the handler, encode.
//
// Owned by the program. handle() is called on network threads and never blocks: it hands the work
// to the pools. Unknown path 404, wrong method 405; then admission.hpp decides.
#pragma once

#include "api/admission.hpp"
#include "api/router.hpp"
#include "api/services.hpp"
#include "net/message.hpp"

#include <atomic>
#include <functional>
#include <optional>

namespace atalaya::api {

inline constexpr std::string_view api_base = "/api/v1";

struct ServiceOptions {
    /// Answers /readyz: empty when ready, otherwise why not.
    std::function<std::string()> why_not_ready;
    /// While it is true, changes are refused; who is not in yet may still sign in, to read.
    std::function<bool()> is_disk_low;
    /// Answers every path that is neither the API nor a probe: the page and its files.
    std::function<net::Response(const net::Request&)> page;
    /// An answer to a GET of the API that stands ready in memory, the same for everybody; nullopt:
    /// its endpoint is asked.
    std::function<std::optional<net::Response>(const net::Request&)> find_drawn =
        [](const net::Request&) { return std::nullopt; };
};

class Service {
  public:
    Service(Services& services, const Router& router, ServiceOptions options);

    void handle(net::Request request, net::Reply reply);
    /// Bytes of body that a request may have.
    std::size_t body_limit(const net::Request& head) const;

  private:
    void route(const SharedExchange& exchange);
    void run(const SharedExchange& exchange);
    TeamId choose_lane(TeamId team, const Endpoint& endpoint);
    void run_in_transaction(const SharedExchange& exchange, db::Connection& connection);
    void run_slow(const SharedExchange& exchange);

    Services& services_;
    const Router& router_;
    const ServiceOptions options_;
    Admission admission_;
    std::atomic<std::size_t> next_lane_ = 0;
};

} // namespace atalaya::api
