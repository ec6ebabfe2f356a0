// The way to a provider and the memory of it: what was begun lies sealed in a cookie of the
// browser, for ten minutes and for one arrival.
#pragma once

#include "api/call.hpp"
#include "modules/single_sign_on/connection.hpp"

namespace atalaya::single_sign_on {

struct Flow {
    Uuid id;                    ///< beside the sealed rest
    std::optional<TeamId> team; ///< by whose connection; absent: the installation's
    std::string state, nonce, verifier;
    bool remember = false;
    bool fresh = false;               ///< the person is to prove anew to be there
    std::optional<UserId> link_user;  ///< the account that is to be connected
    std::optional<SessionId> session; ///< in which that was asked for
    Time expires_at;
};

/// What is chosen at the start.
struct Wish {
    bool remember = false, fresh = false;
    std::optional<UserId> link_user = {};
    std::optional<SessionId> session = {};
};

struct Departure {
    std::string location; ///< where to send the browser
    net::Header cookie;
};
/// Throws Problem `unavailable` when the provider does not answer.
Departure depart(api::SlowCall& call, const Connection& connection, const Wish& wish);

/// The flow of the request's cookie; nullopt when there is none, it is too old, or not ours.
std::optional<Flow> find_flow(api::SlowCall& call);
/// True once for each flow, whoever is first.
bool take_flow(api::SlowCall& call, const Flow& flow);
net::Header ended_flow_cookie();
oidc::Asked asked_of(const api::Services& services, const Flow& flow);

} // namespace atalaya::single_sign_on
