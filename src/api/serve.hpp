// From an HTTP request to its answer: route, identify, authorise, run the handler, encode.
//
// Owned by the program. handle() is called on network threads and never blocks: it hands the work
// to the pools. Order of refusals: unknown path 404, wrong method 405, cross-site or missing CSRF
// token 403, no identity 401, another team's path 404 (the same bytes as an unknown path), role
// without the permission 403. Denials of known callers go on the record.
#pragma once

#include "api/denials.hpp"
#include "api/identities.hpp"
#include "api/router.hpp"
#include "api/services.hpp"
#include "net/message.hpp"

#include <functional>

namespace atalaya::api {

inline constexpr std::string_view session_cookie = "__Host-atalaya_session";
inline constexpr std::string_view api_base = "/api/v1";

struct ServiceOptions {
    /// Answers /readyz: empty when ready, otherwise why not.
    std::function<std::string()> why_not_ready;
    /// Answers every path that is neither the API nor a probe: the page and its files.
    std::function<net::Response(const net::Request&)> page;
};

class Service {
  public:
    Service(Services& services, const Router& router, ServiceOptions options);

    void handle(net::Request request, net::Reply reply);
    /// Bytes of body that a request may have.
    std::size_t body_limit(const net::Request& head) const;

  private:
    struct Exchange;
    using Shared = std::shared_ptr<Exchange>;

    void route(const Shared& exchange);
    void identify(const Shared& exchange);
    void identify_user(const Shared& exchange);
    void identify_agent(const Shared& exchange);
    void take_session(const Shared& exchange, const std::optional<SessionIdentity>& identity);
    void take_agent(const Shared& exchange, const std::optional<AgentIdentity>& identity);
    /// Team, permission and CSRF token; then run.
    void admit(const Shared& exchange);
    void run(const Shared& exchange);
    void run_in_transaction(const Shared& exchange, db::Connection& connection);
    void run_slow(const Shared& exchange);
    void refuse_on_record(const Shared& exchange, TeamId chain, const Problem& problem);

    Services& services_;
    const Router& router_;
    const ServiceOptions options_;
    Denials denials_;
};

/// The token with which a session's unsafe requests show that they come from our page.
std::string csrf_token(Services& services, SessionId session);

} // namespace atalaya::api
