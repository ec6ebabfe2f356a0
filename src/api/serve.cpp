#include "api/serve.hpp"

#include "api/idempotency.hpp"
#include "api/problem_response.hpp"
#include "api/slow_workers.hpp"
#include "base/log.hpp"
#include "base/text.hpp"
#include "config/config.hpp"
#include "crypto/hash.hpp"
#include "crypto/token.hpp"
#include "db/pool.hpp"
#include "keyring/keyring.hpp"

#include <chrono>

namespace atalaya::api {
namespace {

constexpr std::size_t user_agent_length_max = 300;
constexpr std::size_t body_bytes_max = std::size_t{1} << 20;

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

void add_receipts(net::Response& response, const std::vector<audit::Receipt>& receipts) {
    if (receipts.empty())
        return;
    std::string value;
    for (const audit::Receipt& receipt : receipts)
        value += (value.empty() ? "" : ", ") + audit::to_header(receipt);
    response.headers.push_back({"Audit-Receipt", std::move(value)});
}

} // namespace

Service::Service(Services& services, const Router& router, ServiceOptions options)
    : services_(services), router_(router), options_(std::move(options)), admission_(services) {}

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
        exchange->answer_exception();
    }
}

void Service::route(const SharedExchange& exchange) {
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
    if (auto drawn = reading ? options_.find_drawn(request) : std::nullopt)
        return exchange->answer(std::move(*drawn));
    Router::Match match = router_.find(request.method, request.path);
    if (!match.endpoint) {
        if (match.allowed.empty())
            throw Problem(problems::not_found);
        if (request.method == "OPTIONS")
            return admission_.answer_preflight(exchange, match.allowed);
        return exchange->answer_method_refused(match.allowed);
    }
    exchange->endpoint = match.endpoint;
    exchange->incoming.path = std::move(match.path);
    if (match.endpoint->has_time_floor)
        exchange->time_floor = std::chrono::milliseconds(services_.config.password.time_floor_ms);
    exchange->incoming.query = Query(request.query);
    if (match.endpoint->mutates() && match.endpoint->audience != Audience::anyone &&
        options_.is_disk_low())
        throw Problem(problems::storage_full);
    admission_.admit(exchange, [this](const SharedExchange& admitted) { run(admitted); });
}

void Service::run(const SharedExchange& exchange) {
    const Endpoint& endpoint = *exchange->endpoint;
    refuse_unminded(endpoint, exchange->incoming);
    bool queued;
    if (endpoint.slow) {
        SlowWorkers& workers = endpoint.reaches_out ? services_.outward : services_.slow;
        queued = workers.submit([this, exchange] { run_slow(exchange); });
    } else {
        std::vector<TeamId> serial_keys;
        const auto& membership = exchange->caller().membership;
        if (endpoint.lanes != Lanes::none)
            serial_keys.push_back(choose_lane(membership->team, endpoint));
        else if (endpoint.mutates() && endpoint.audience != Audience::agent)
            serial_keys.push_back(membership ? membership->team : platform_team);
        queued = services_.app.submit(serial_keys, [this, exchange](db::Connection& connection) {
            run_in_transaction(exchange, connection);
        });
    }
    if (!queued)
        throw Problem(problems::unavailable).retry_after(2).because("queue full");
}

/// What is heavy may take a quarter of the connections for each team: one that sends or asks much
/// does not keep the others waiting. Changes and questions have lanes of their own: samples must
/// not wait behind a long query.
TeamId Service::choose_lane(TeamId team, const Endpoint& endpoint) {
    const auto lanes = std::max<std::size_t>(services_.app.load().workers / 4, 1);
    // No team has such an id: of random ones no two are so alike.
    if (endpoint.lanes == Lanes::one) {
        team.bytes[0] ^= 3;
        return team;
    }
    team.bytes[0] ^= static_cast<std::uint8_t>(endpoint.mutates() ? 1 : 2);
    team.bytes[1] ^= static_cast<std::uint8_t>(next_lane_++ % lanes);
    return team;
}

void Service::run_in_transaction(const SharedExchange& exchange, db::Connection& connection) {
    const access::Caller& caller = exchange->caller();
    // A key sees its team, and nothing of its maker's own: that is what the actor opens.
    const bool is_key = caller.kind == access::CallerKind::key;
    const db::Scope scope{caller.membership ? caller.membership->team : platform_team,
                          is_key ? UserId{} : caller.user};
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
        response = response_of_exception(caller.request_id, exchange->route(), exchange->dialect());
    }
    exchange->answer(std::move(response));
}

void Service::run_slow(const SharedExchange& exchange) {
    net::Response response;
    SlowCall call(services_, exchange->incoming);
    try {
        response = answer_slow_once(call, *exchange->endpoint);
        add_receipts(response, call.receipts);
    } catch (...) {
        response = response_of_exception(exchange->caller().request_id, exchange->route(),
                                         exchange->dialect());
    }
    exchange->answer(std::move(response));
}

} // namespace atalaya::api
