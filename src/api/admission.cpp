#include "api/admission.hpp"

#include "api/problem_response.hpp"
#include "base/text.hpp"
#include "config/config.hpp"
#include "crypto/hash.hpp"
#include "crypto/token.hpp"
#include "db/pool.hpp"
#include "keyring/keyring.hpp"

namespace atalaya::api {
namespace {

constexpr std::string_view agent_token_prefix = "sha_";

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

/// Nobody known is at the door: of an operators' path that says nothing, not even that it exists.
Problem refuse_nobody(const Endpoint& endpoint) {
    return Problem(endpoint.audience == Audience::operator_only ? problems::not_found
                                                                : problems::unauthenticated);
}

} // namespace

std::string_view bearer_token(const net::Request& request) {
    const std::string_view value = request.header("authorization");
    constexpr std::string_view scheme = "bearer ";
    if (value.size() < scheme.size() ||
        !equal_ignoring_case(value.substr(0, scheme.size()), scheme))
        return {};
    return trim(value.substr(scheme.size()));
}

std::optional<Problem> find_refusal(const Endpoint& endpoint, const access::Caller& caller,
                                    Time now) {
    // What stays open without a second factor is what a person needs to get one or to leave.
    if (caller.kind == access::CallerKind::key &&
        (endpoint.audience == Audience::signed_in || endpoint.open_without_second_factor))
        return Problem(problems::forbidden).detail("An API key acts for its team, not a person.");
    if (caller.membership && caller.membership->require_2fa && !caller.second_factor &&
        !endpoint.open_without_second_factor)
        return Problem(problems::mfa_enrolment_required);
    if (caller.sso_team && endpoint.audience == Audience::signed_in &&
        !endpoint.open_to_team_session)
        return Problem(problems::forbidden)
            .detail("You came by a team's own single sign-on, which opens that team and not your "
                    "account. Sign in another way for this.");
    if (caller.kind == access::CallerKind::user && caller.membership &&
        caller.membership->sso_only && caller.membership->role != access::Role::owner &&
        caller.sso_team != caller.membership->team && !endpoint.open_without_second_factor)
        return Problem(problems::sso_required);
    if (endpoint.permission && !caller.may(*endpoint.permission))
        return Problem(problems::forbidden);
    const bool is_person = caller.kind == access::CallerKind::user;
    const bool steps_up = endpoint.needs_step_up || (endpoint.asks_people_to_step_up && is_person);
    if (steps_up && (!is_person || caller.assured_at + assurance_max < now))
        return Problem(problems::step_up_required);
    return std::nullopt;
}

std::string csrf_token(Services& services, SessionId session) {
    const Secret key = services.keyring.system_key("csrf");
    return to_base64url(crypto::hmac_sha256(key.reveal(), session.bytes));
}

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

Admission::Admission(Services& services)
    : services_(services),
      denials_(services),
      limits_(services.clock),
      write_limits_(services.clock) {}

void Admission::admit(const SharedExchange& exchange, GoOn go_on) {
    const Endpoint& endpoint = *exchange->endpoint;
    if (endpoint.audience == Audience::agent)
        return identify_agent(exchange, go_on);
    if (endpoint.audience == Audience::operator_only)
        return identify_user(exchange, go_on);
    if (endpoint.audience == Audience::team_key)
        return identify_key(exchange, go_on);
    const bool by_header = !exchange->incoming.request.header("authorization").empty();
    if (by_header && endpoint.audience != Audience::anyone)
        return identify_key(exchange, go_on);
    if (endpoint.mutates() && is_cross_site(exchange->incoming.request))
        throw Problem(problems::csrf_failed).detail("The request came from another site.");
    if (endpoint.audience == Audience::anyone)
        return go_on(exchange);
    identify_user(exchange, go_on);
}

void Admission::identify_user(const SharedExchange& exchange, const GoOn& go_on) {
    const net::Request& request = exchange->incoming.request;
    const std::string_view token = cookie_value(request.header("cookie"), session_cookie);
    if (token.empty() || !request.header("authorization").empty())
        throw refuse_nobody(*exchange->endpoint);
    const auto hash = crypto::token_hash(token);
    if (const auto known = services_.identities.remembered_session(hash))
        return take_session(exchange, known, go_on);
    look_up(exchange, [this, exchange, hash, go_on](db::Connection& connection) {
        take_session(exchange, services_.identities.look_up_session(connection, hash), go_on);
    });
}

void Admission::identify_agent(const SharedExchange& exchange, const GoOn& go_on) {
    const std::string_view token = bearer_token(exchange->incoming.request);
    if (!token.starts_with(agent_token_prefix))
        throw Problem(problems::unauthenticated);
    const auto hash = crypto::token_hash(token);
    if (const auto known = services_.identities.remembered_agent(hash))
        return take_agent(exchange, known, go_on);
    look_up(exchange, [this, exchange, hash, go_on](db::Connection& connection) {
        take_agent(exchange, services_.identities.look_up_agent(connection, hash), go_on);
    });
}

void Admission::look_up(const SharedExchange& exchange, std::function<void(db::Connection&)> task) {
    const bool queued =
        services_.auth.submit({}, [exchange, task = std::move(task)](db::Connection& connection) {
            try {
                task(connection);
            } catch (...) {
                exchange->answer_exception();
            }
        });
    if (!queued)
        throw Problem(problems::unavailable).retry_after(2).because("auth queue full");
}

void Admission::take_session(const SharedExchange& exchange,
                             const std::optional<SessionIdentity>& identity, const GoOn& go_on) {
    if (!identity || identity->expires_at <= services_.clock.now())
        throw refuse_nobody(*exchange->endpoint);
    access::Caller& caller = exchange->caller();
    caller.kind = access::CallerKind::user;
    caller.user = identity->user;
    caller.session = identity->session;
    caller.name = identity->name;
    caller.memberships = identity->memberships;
    caller.second_factor = identity->second_factor;
    caller.is_operator = identity->is_operator;
    caller.sso_team = identity->sso_team;
    caller.assured_at = identity->assured_at;
    decide(exchange, go_on);
}

void Admission::take_agent(const SharedExchange& exchange,
                           const std::optional<AgentIdentity>& identity, const GoOn& go_on) {
    if (!identity)
        return refuse_on_record(exchange, platform_team, Problem(problems::unauthenticated));
    access::Caller& caller = exchange->caller();
    caller.kind = access::CallerKind::agent;
    caller.server = identity->server;
    caller.membership = access::Membership{identity->team, access::Role::viewer};
    count_request(exchange,
                  {limits_.take(identity->server, services_.config.limits.agent_per_minute)});
    go_on(exchange);
}

void Admission::decide(const SharedExchange& exchange, const GoOn& go_on) {
    const Endpoint& endpoint = *exchange->endpoint;
    access::Caller& caller = exchange->caller();
    TeamId chain = platform_team;
    if (endpoint.audience == Audience::operator_only) {
        if (!caller.is_operator || !caller.second_factor)
            return refuse_on_record(exchange, chain, Problem(problems::not_found));
        if (endpoint.mutates() && is_cross_site(exchange->incoming.request))
            return refuse_on_record(exchange, chain, Problem(problems::csrf_failed));
    }
    if (endpoint.audience == Audience::team) {
        const auto team = exchange->incoming.path.id<TeamId>("team");
        const access::Membership* membership = caller.find_membership(team);
        if (!membership)
            return refuse_on_record(exchange, platform_team, Problem(problems::not_found));
        caller.membership = *membership;
        chain = team;
    }
    if (endpoint.audience == Audience::team_key) {
        caller.membership = caller.memberships.front();
        chain = caller.membership->team;
    }
    if (endpoint.mutates() && caller.kind == access::CallerKind::user) {
        const std::string wanted = csrf_token(services_, caller.session);
        const std::string_view sent = exchange->incoming.request.header("x-csrf-token");
        if (!crypto::equal_constant_time(as_bytes(wanted), as_bytes(sent)))
            return refuse_on_record(exchange, chain, Problem(problems::csrf_failed));
    }
    if (const auto refusal = find_refusal(endpoint, caller, services_.clock.now()))
        return refuse_on_record(exchange, chain, *refusal);
    go_on(exchange);
}

void Admission::refuse_on_record(const SharedExchange& exchange, TeamId chain,
                                 const Problem& problem) {
    denials_.record(exchange->shared_incoming(), chain, problem.kind().code, exchange->route());
    exchange->answer(problem_response(problem, exchange->caller().request_id, exchange->dialect()));
}

} // namespace atalaya::api
