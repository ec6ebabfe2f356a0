// Who is calling, and may they: between the route and the handler.
//
// Owned by the service; for any thread, never blocks. Order of refusals: cross-site 403, no
// identity 401, another team's path 404 (the same bytes as an unknown path), missing CSRF token
// 403, second factor missing where the team requires one 403, role or scope without the permission
// 403, step-up missing 403. On operators' paths everything up to the identity is 404, with the
// bytes of an unknown path, for everybody who is no operator with a second factor. Denials of known
// callers go on the record.
//
// A request with an Authorization header is what that header says and nothing else: its cookies are
// not looked at, and so it needs no CSRF token.
#pragma once

#include "api/denials.hpp"
#include "api/exchange.hpp"
#include "api/identities.hpp"
#include "api/rate_limits.hpp"

#include <functional>
#include <optional>

namespace atalaya::api {

inline constexpr std::string_view session_cookie = "__Host-atalaya_session";
/// How long a password or code vouches for the person, for endpoints with_step_up().
inline constexpr Micros assurance_max = std::chrono::minutes(10);

/// Why this caller, whose membership in the path's team is known, may not use the endpoint; nullopt
/// when nothing speaks against it. Pure.
std::optional<Problem> find_refusal(const Endpoint& endpoint, const access::Caller& caller,
                                    Time now);

/// What follows `Bearer`; empty for another scheme.
std::string_view bearer_token(const net::Request& request);
/// The token with which a session's unsafe requests show that they come from our page.
std::string csrf_token(Services& services, SessionId session);
/// The value of a cookie, or empty. A name that stands twice counts as absent: somebody planted
/// one.
std::string_view cookie_value(std::string_view header, std::string_view name);

class Admission {
  public:
    using GoOn = std::function<void(const SharedExchange&)>;

    explicit Admission(Services& services);

    /// Calls `go_on` once the caller is known and let in, here or on a worker of the auth pool;
    /// otherwise answers. May throw the Problem before it returns.
    void admit(const SharedExchange& exchange, GoOn go_on);
    /// Answers a browser that asks before it sends a key's request from another origin's page
    /// (OPTIONS). It does not say which key, so what counts is whether any key names the origin;
    /// the request itself is then held to its own key's list. `methods` are those of the path.
    void answer_preflight(const SharedExchange& exchange, const std::string& methods);

  private:
    void identify_user(const SharedExchange& exchange, const GoOn& go_on);
    void identify_agent(const SharedExchange& exchange, const GoOn& go_on);
    void identify_key(const SharedExchange& exchange, const GoOn& go_on);
    void check_key(const SharedExchange& exchange, const crypto::ApiKey& key,
                   const SharedKeyIdentity& identity, const GoOn& go_on);
    void take_key(const SharedExchange& exchange, const KeyIdentity& identity, const GoOn& go_on);
    void note_key_use(const SharedExchange& exchange, const KeyIdentity& identity);
    /// Throws Problem `too_many_requests`.
    void count_request(const SharedExchange& exchange, const std::vector<Allowance>& allowances);
    void take_session(const SharedExchange& exchange,
                      const std::optional<SessionIdentity>& identity, const GoOn& go_on);
    void take_agent(const SharedExchange& exchange, const std::optional<AgentIdentity>& identity,
                    const GoOn& go_on);
    /// Runs a look-up on the auth pool; what it throws becomes the answer.
    void look_up(const SharedExchange& exchange, std::function<void(db::Connection&)> task);
    void decide(const SharedExchange& exchange, const GoOn& go_on);
    void refuse_on_record(const SharedExchange& exchange, TeamId chain, const Problem& problem);

    Services& services_;
    Denials denials_;
    RateLimits limits_;
    RateLimits write_limits_; ///< of what programs send in by themselves, often and for ever
};

} // namespace atalaya::api
