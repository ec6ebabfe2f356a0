#include "api/serve.hpp"

#include "api/idempotency.hpp"
#include "api/problem_response.hpp"
#include "api/slow_workers.hpp"
#include "base/log.hpp"
#include "base/text.hpp"
#include "crypto/hash.hpp"
#include "crypto/token.hpp"
#include "db/pool.hpp"
#include "keyring/keyring.hpp"

#include <chrono>

namespace atalaya::api {
namespace {

constexpr std::size_t user_agent_length_max = 300;
constexpr std::size_t body_bytes_max = std::size_t{1} << 20;
constexpr std::string_view agent_token_prefix = "sha_";

/// The value of a cookie, or empty. A name that stands twice counts as absent: somebody planted
/// one.
std::string_view cookie_value(std::string_view header, std::string_view name) {
    std::string_view found;
    for (std::string_view pair : split(header, ';')) {
        pair = trim(pair);
        if (pair.size() > name.size() && pair.starts_with(name) && pair[name.size()] == '=') {
            if (!found.empty())
                return {};
            found = pair.substr(name.size() + 1);
        }
    }
    return found;
}

std::string_view bearer_token(const net::Request& request) {
    const std::string_view value = request.header("authorization");
    constexpr std::string_view scheme = "bearer ";
    if (value.size() < scheme.size() ||
        !equal_ignoring_case(value.substr(0, scheme.size()), scheme))
        return {};
    return trim(value.substr(scheme.size()));
}

/// True when a browser says that another site made it send this (Fetch Metadata; the Origin for
/// older ones).
bool is_cross_site(const net::Request& request) {
    const std::string_view site = request.header("sec-fetch-site");
    if (!site.empty())
        return site != "same-origin" && site != "none";
    const std::string_view origin = request.header("origin");
    if (origin.empty())
        return false;
    const auto host_at = origin.find("://");
    return host_at == std::string_view::npos ||
           !equal_ignoring_case(origin.substr(host_at + 3), request.header("host"));
}

bool is_api_path(std::string_view path) {
    for (const std::string_view root :
         {"/api", "/agent", "/prometheus", "/otlp", "/loki", "/ping", "/probe", "/admin"}) {
        if (path == root || (path.starts_with(root) && path[root.size()] == '/'))
            return true;
    }
    return false;
}

net::Response plain_text(int status, std::string body) {
    net::Response response;
    response.status = status;
    response.headers.push_back({"Content-Type", "text/plain; charset=utf-8"});
    response.headers.push_back({"Cache-Control", "no-store"});
    response.body = std::move(body);
    return response;
}

/// Turns whatever was thrown into the answer; what is no Problem is our fault and goes to the log.
net::Response response_of_exception(const access::Caller& caller, std::string_view route) {
    try {
        throw;
    } catch (const Problem& problem) {
        if (!problem.private_reason().empty()) {
            log::warning("request refused", {{"request_id", caller.request_id},
                                             {"code", std::string(problem.kind().code)},
                                             {"reason", problem.private_reason()}});
        }
        return problem_response(problem, caller.request_id);
    } catch (const std::exception& fault) {
        log::error("request failed", {{"request_id", caller.request_id},
                                      {"route", std::string(route)},
                                      {"reason", fault.what()}});
        return problem_response(Problem(problems::internal), caller.request_id);
    }
}

void add_receipts(net::Response& response, const std::vector<audit::Receipt>& receipts) {
    if (receipts.empty())
        return;
    std::string value;
    for (const audit::Receipt& receipt : receipts)
        value += (value.empty() ? "" : ", ") + audit::to_header(receipt);
    response.headers.push_back({"Audit-Receipt", std::move(value)});
}

} // namespace

struct Service::Exchange : std::enable_shared_from_this<Exchange> {
    Exchange(net::Request request, net::Reply reply_) : reply(std::move(reply_)) {
        incoming.request = std::move(request);
    }
    Incoming incoming;
    net::Reply reply;
    const Endpoint* endpoint = nullptr;

    access::Caller& caller() { return incoming.caller; }
    std::string_view route() const {
        return endpoint ? endpoint->path : std::string_view("unknown");
    }
    std::shared_ptr<const Incoming> shared_incoming() { return {shared_from_this(), &incoming}; }

    void answer(net::Response response) {
        bool cached = false;
        for (const net::Header& header : response.headers)
            cached = cached || equal_ignoring_case(header.name, "cache-control");
        if (!cached)
            response.headers.push_back({"Cache-Control", "no-store"});
        response.headers.push_back({"X-Request-Id", incoming.caller.request_id});
        reply(std::move(response));
    }
};

std::string csrf_token(Services& services, SessionId session) {
    const Secret key = services.keyring.system_key("csrf");
    return to_base64url(crypto::hmac_sha256(key.reveal(), session.bytes));
}

Service::Service(Services& services, const Router& router, ServiceOptions options)
    : services_(services), router_(router), options_(std::move(options)), denials_(services) {}

std::size_t Service::body_limit(const net::Request&) const { return body_bytes_max; }

void Service::handle(net::Request request, net::Reply reply) {
    const auto exchange = std::make_shared<Exchange>(std::move(request), std::move(reply));
    access::Caller& caller = exchange->caller();
    caller.request_id = "req_" + to_hex(services_.random.bytes(10));
    caller.address = exchange->incoming.request.peer;
    const std::string_view user_agent = exchange->incoming.request.header("user-agent");
    if (is_utf8(user_agent))
        caller.user_agent = user_agent.substr(0, user_agent_length_max);
    try {
        route(exchange);
    } catch (...) {
        exchange->answer(response_of_exception(caller, exchange->route()));
    }
}

void Service::route(const Shared& exchange) {
    const net::Request& request = exchange->incoming.request;
    const bool reading = request.method == "GET" || request.method == "HEAD";
    if (request.path == "/healthz" && reading)
        return exchange->answer(plain_text(200, "ok\n"));
    if (request.path == "/readyz" && reading) {
        const std::string reason = options_.why_not_ready();
        return exchange->answer(reason.empty() ? plain_text(200, "ready\n")
                                               : plain_text(503, reason + "\n"));
    }
    if (!is_api_path(request.path)) {
        if (!reading)
            throw Problem(problems::method_not_allowed);
        return exchange->answer(options_.page(request));
    }
    Router::Match match = router_.find(request.method, request.path);
    if (!match.endpoint) {
        if (match.allowed.empty())
            throw Problem(problems::not_found);
        net::Response response =
            problem_response(Problem(problems::method_not_allowed), exchange->caller().request_id);
        response.headers.push_back({"Allow", match.allowed});
        return exchange->answer(std::move(response));
    }
    exchange->endpoint = match.endpoint;
    exchange->incoming.path = std::move(match.path);
    exchange->incoming.query = Query(request.query);
    identify(exchange);
}

void Service::identify(const Shared& exchange) {
    const Endpoint& endpoint = *exchange->endpoint;
    const net::Request& request = exchange->incoming.request;
    if (endpoint.audience == Audience::agent)
        return identify_agent(exchange);
    if (endpoint.mutates() && is_cross_site(request))
        throw Problem(problems::csrf_failed).detail("The request came from another site.");
    if (endpoint.audience == Audience::anyone)
        return run(exchange);
    identify_user(exchange);
}

void Service::identify_user(const Shared& exchange) {
    const net::Request& request = exchange->incoming.request;
    const std::string_view token = cookie_value(request.header("cookie"), session_cookie);
    if (token.empty() || !request.header("authorization").empty())
        throw Problem(problems::unauthenticated);
    const auto hash = crypto::token_hash(token);
    if (const auto known = services_.identities.remembered_session(hash))
        return take_session(exchange, known);
    const bool queued =
        services_.auth.submit({}, [this, exchange, hash](db::Connection& connection) {
            try {
                take_session(exchange, services_.identities.look_up_session(connection, hash));
            } catch (...) {
                exchange->answer(response_of_exception(exchange->caller(), exchange->route()));
            }
        });
    if (!queued)
        throw Problem(problems::unavailable).retry_after(2).because("auth queue full");
}

void Service::identify_agent(const Shared& exchange) {
    const std::string_view token = bearer_token(exchange->incoming.request);
    if (!token.starts_with(agent_token_prefix))
        throw Problem(problems::unauthenticated);
    const auto hash = crypto::token_hash(token);
    if (const auto known = services_.identities.remembered_agent(hash))
        return take_agent(exchange, known);
    const bool queued =
        services_.auth.submit({}, [this, exchange, hash](db::Connection& connection) {
            try {
                take_agent(exchange, services_.identities.look_up_agent(connection, hash));
            } catch (...) {
                exchange->answer(response_of_exception(exchange->caller(), exchange->route()));
            }
        });
    if (!queued)
        throw Problem(problems::unavailable).retry_after(2).because("auth queue full");
}

void Service::take_session(const Shared& exchange, const std::optional<SessionIdentity>& identity) {
    if (!identity || identity->expires_at <= services_.clock.now())
        throw Problem(problems::unauthenticated);
    access::Caller& caller = exchange->caller();
    caller.kind = access::CallerKind::user;
    caller.user = identity->user;
    caller.session = identity->session;
    caller.name = identity->name;
    caller.memberships = identity->memberships;
    admit(exchange);
}

void Service::take_agent(const Shared& exchange, const std::optional<AgentIdentity>& identity) {
    if (!identity)
        return refuse_on_record(exchange, platform_team, Problem(problems::unauthenticated));
    access::Caller& caller = exchange->caller();
    caller.kind = access::CallerKind::agent;
    caller.server = identity->server;
    caller.membership = access::Membership{identity->team, access::Role::viewer};
    run(exchange);
}

void Service::admit(const Shared& exchange) {
    const Endpoint& endpoint = *exchange->endpoint;
    access::Caller& caller = exchange->caller();
    TeamId chain = platform_team;
    if (endpoint.audience == Audience::team) {
        const auto team = exchange->incoming.path.id<TeamId>("team");
        const access::Membership* membership = caller.find_membership(team);
        if (!membership)
            return refuse_on_record(exchange, platform_team, Problem(problems::not_found));
        caller.membership = *membership;
        chain = team;
    }
    if (endpoint.mutates()) {
        const std::string wanted = csrf_token(services_, caller.session);
        const std::string_view sent = exchange->incoming.request.header("x-csrf-token");
        if (!crypto::equal_constant_time(as_bytes(wanted), as_bytes(sent)))
            return refuse_on_record(exchange, chain, Problem(problems::csrf_failed));
    }
    if (endpoint.permission && !caller.may(*endpoint.permission))
        return refuse_on_record(exchange, chain, Problem(problems::forbidden));
    run(exchange);
}

void Service::run(const Shared& exchange) {
    const Endpoint& endpoint = *exchange->endpoint;
    bool queued;
    if (endpoint.slow) {
        queued = services_.slow.submit([this, exchange] { run_slow(exchange); });
    } else {
        std::vector<TeamId> serial_keys;
        if (endpoint.mutates() && endpoint.audience != Audience::agent) {
            serial_keys.push_back(exchange->caller().membership
                                      ? exchange->caller().membership->team
                                      : platform_team);
        }
        queued = services_.app.submit(serial_keys, [this, exchange](db::Connection& connection) {
            run_in_transaction(exchange, connection);
        });
    }
    if (!queued)
        throw Problem(problems::unavailable).retry_after(2).because("queue full");
}

void Service::run_in_transaction(const Shared& exchange, db::Connection& connection) {
    const access::Caller& caller = exchange->caller();
    const db::Scope scope{caller.membership ? caller.membership->team : platform_team, caller.user};
    const Endpoint& endpoint = *exchange->endpoint;
    net::Response response;
    try {
        const auto once = read_once_key(services_, exchange->incoming, endpoint);
        const auto receipts =
            run_recorded(services_, exchange->incoming, connection, scope, [&](Call& call) {
                response = answer_once(call, once, [&] { return endpoint.handler(call); });
            });
        add_receipts(response, receipts);
    } catch (...) {
        response = response_of_exception(caller, exchange->route());
    }
    exchange->answer(std::move(response));
}

void Service::run_slow(const Shared& exchange) {
    net::Response response;
    SlowCall call(services_, exchange->incoming);
    try {
        response = answer_slow_once(call, *exchange->endpoint);
        add_receipts(response, call.receipts);
    } catch (...) {
        response = response_of_exception(exchange->caller(), exchange->route());
    }
    exchange->answer(std::move(response));
}

void Service::refuse_on_record(const Shared& exchange, TeamId chain, const Problem& problem) {
    denials_.record(exchange->shared_incoming(), chain, problem.kind().code, exchange->route());
    exchange->answer(problem_response(problem, exchange->caller().request_id));
}

} // namespace atalaya::api
