// The part of Admission that knows API keys: prove the key, then hold it to its addresses, origins
// and limits.
#include "api/admission.hpp"
#include "api/slow_workers.hpp"
#include "base/log.hpp"
#include "base/problems.hpp"
#include "base/text.hpp"
#include "config/config.hpp"
#include "crypto/hash.hpp"
#include "db/pool.hpp"
#include "keyring/keyring.hpp"

#include <algorithm>

namespace atalaya::api {
namespace {

constexpr std::size_t origin_length_max = 300;
constexpr std::string_view exposed_headers =
    "Audit-Receipt, ETag, Idempotency-Replayed, RateLimit-Limit, RateLimit-Remaining, "
    "RateLimit-Reset, Retry-After, X-Request-Id";

/// A peer without an address (a unix socket, say) is on no list.
bool is_address_allowed(const KeyIdentity& identity, const std::string& text) {
    if (identity.ip_allow.empty())
        return true;
    const auto address = net::parse_address(text);
    return address &&
           std::any_of(identity.ip_allow.begin(), identity.ip_allow.end(),
                       [&](const net::Network& network) { return network.contains(*address); });
}

bool is_origin_allowed(const KeyIdentity& identity, std::string_view origin) {
    return std::find(identity.cors_origins.begin(), identity.cors_origins.end(), origin) !=
           identity.cors_origins.end();
}

/// What stands for the password of Basic, which is all that some programs can send.
std::string basic_password(const net::Request& request) {
    const std::string_view value = request.header("authorization");
    constexpr std::string_view scheme = "basic ";
    if (!equal_ignoring_case(value.substr(0, scheme.size()), scheme))
        return {};
    const auto pair = parse_base64(trim(value.substr(scheme.size())));
    const std::string_view text = pair ? as_text(*pair) : std::string_view();
    const auto colon = text.find(':');
    return colon == text.npos ? std::string() : std::string(text.substr(colon + 1));
}

} // namespace

void Admission::identify_key(const SharedExchange& exchange, const GoOn& go_on) {
    exchange->headers.push_back({"Vary", "Origin"});
    const net::Request& request = exchange->incoming.request;
    std::string text(bearer_token(request));
    if (text.empty() && exchange->endpoint->audience == Audience::team_key)
        text = basic_password(request);
    const auto key = crypto::parse_api_key(text);
    if (!key)
        throw Problem(problems::unauthenticated);
    if (const auto known = services_.identities.keys().recall(key->id))
        return check_key(exchange, *key, known, go_on);
    look_up(exchange, [this, exchange, key = *key, go_on](db::Connection& connection) {
        check_key(exchange, key, services_.identities.look_up_key(connection, key.id), go_on);
    });
}

void Admission::check_key(const SharedExchange& exchange, const crypto::ApiKey& key,
                          const SharedKeyIdentity& identity, const GoOn& go_on) {
    // Whoever guesses secrets stays here: the fingerprint costs one SHA-256, the verifier 20 ms.
    if (!identity ||
        !crypto::equal_constant_time(identity->fingerprint, crypto::api_key_fingerprint(key)))
        return refuse_on_record(exchange, platform_team, Problem(problems::unauthenticated));
    if (!identity->is_live(services_.clock.now()))
        return refuse_on_record(exchange, identity->team, Problem(problems::unauthenticated));
    if (services_.identities.keys().is_verified(*identity, key))
        return take_key(exchange, *identity, go_on);
    const bool queued = services_.slow.submit([this, exchange, key, identity, go_on] {
        try {
            if (services_.identities.keys().verify(*identity, key))
                take_key(exchange, *identity, go_on);
            else
                refuse_on_record(exchange, platform_team, Problem(problems::unauthenticated));
        } catch (...) {
            exchange->answer_exception();
        }
    });
    if (!queued)
        throw Problem(problems::unavailable).retry_after(2).because("slow queue full");
}

void Admission::take_key(const SharedExchange& exchange, const KeyIdentity& identity,
                         const GoOn& go_on) {
    access::Caller& caller = exchange->caller();
    caller.kind = access::CallerKind::key;
    caller.key = identity.key;
    caller.user = identity.creator;
    caller.name = identity.name;
    caller.scopes = identity.scopes;
    caller.second_factor = identity.second_factor;
    caller.memberships = {{identity.team, *identity.role, identity.require_2fa}};
    if (!is_address_allowed(identity, caller.address))
        return refuse_on_record(
            exchange, identity.team,
            Problem(problems::forbidden).detail("This key may not be used from this address."));
    const std::string_view origin = exchange->incoming.request.header("origin");
    if (!origin.empty()) {
        if (!is_origin_allowed(identity, origin))
            return refuse_on_record(
                exchange, identity.team,
                Problem(problems::forbidden).detail("This key may not be used from this origin."));
        exchange->headers.push_back({"Access-Control-Allow-Origin", std::string(origin)});
        exchange->headers.push_back(
            {"Access-Control-Expose-Headers", std::string(exposed_headers)});
    }
    const auto& limits = services_.config.limits;
    if (exchange->endpoint->permission == access::Permission::metrics_write)
        count_request(exchange, {write_limits_.take(identity.key, limits.write_per_minute)});
    else
        count_request(exchange, {limits_.take(identity.key, limits.key_per_minute),
                                 limits_.take(identity.team, limits.team_per_minute)});
    note_key_use(exchange, identity);
    decide(exchange, go_on);
}

void Admission::count_request(const SharedExchange& exchange,
                              const std::vector<Allowance>& allowances) {
    const Allowance* tightest = nullptr;
    std::int64_t wait_s = 0;
    for (const Allowance& allowance : allowances) {
        wait_s = std::max(wait_s, allowance.wait_s);
        if (allowance.limit > 0 && (!tightest || allowance.remaining < tightest->remaining))
            tightest = &allowance;
    }
    if (!tightest)
        return;
    for (const auto& [name, value] : {std::pair{"RateLimit-Limit", tightest->limit},
                                      {"RateLimit-Remaining", tightest->remaining},
                                      {"RateLimit-Reset", tightest->reset_s}})
        exchange->headers.push_back({name, std::to_string(value)});
    if (wait_s > 0)
        throw Problem(problems::too_many_requests).retry_after(static_cast<int>(wait_s));
}

/// Apart from the request, which does not wait for it and does not fail with it.
void Admission::note_key_use(const SharedExchange& exchange, const KeyIdentity& identity) {
    if (!services_.identities.keys().is_use_due(identity.key))
        return;
    const bool queued = services_.auth.submit(
        {}, [this, identity, address = exchange->caller().address](db::Connection& connection) {
            try {
                services_.identities.note_key_use(connection, identity, address);
            } catch (const std::exception& failure) {
                log::warning("use of a key not noted", {{"reason", failure.what()}});
            }
        });
    if (!queued)
        log::warning("use of a key not noted", {{"reason", "queue full"}});
}

void Admission::answer_preflight(const SharedExchange& exchange, const std::string& methods) {
    const net::Request& request = exchange->incoming.request;
    const std::string origin(request.header("origin"));
    exchange->headers.push_back(
        {"Vary", "Origin, Access-Control-Request-Method, Access-Control-Request-Headers"});
    if (origin.empty() || origin.size() > origin_length_max ||
        request.header("access-control-request-method").empty())
        return exchange->answer_method_refused(methods);
    const auto index = services_.keyring.system_blind_index(key_origin_purpose, origin);
    const auto answer = [exchange, methods, origin](bool known) {
        if (!known)
            return exchange->answer_method_refused(methods);
        net::Response response;
        response.status = 204;
        response.headers = {{"Access-Control-Allow-Origin", origin},
                            {"Access-Control-Allow-Methods", methods},
                            {"Access-Control-Allow-Headers",
                             "Authorization, Content-Type, Idempotency-Key, If-Match"},
                            {"Access-Control-Max-Age", "600"}};
        exchange->answer(std::move(response));
    };
    if (const auto known = services_.identities.keys().recall_origin(index))
        return answer(*known);
    look_up(exchange, [this, index, answer](db::Connection& connection) {
        answer(services_.identities.look_up_key_origin(connection, index));
    });
}

} // namespace atalaya::api
