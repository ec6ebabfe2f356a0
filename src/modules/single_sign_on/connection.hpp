// A connection to a provider: a team's, sealed in its row, or the installation's, from its
// settings.
#pragma once

#include "api/call.hpp"
#include "modules/single_sign_on/rules.hpp"
#include "oidc/provider.hpp"

namespace atalaya::single_sign_on {

struct Connection {
    std::optional<TeamId> team; ///< absent: the installation's
    Settings settings;
    Secret client_secret;
    std::int64_t revision = 0;
    std::optional<Time> updated_at;

    TeamId chain() const { return team.value_or(platform_team); }
    oidc::ClientIdentity client() const { return {settings.client_id, client_secret}; }
};

/// Of the team of the transaction's scope.
std::optional<Connection> find_connection(api::Call& call);
std::optional<Connection> find_own_connection(const api::Services& services);
std::optional<Connection> find_connection(api::SlowCall& call, std::optional<TeamId> team);
/// The team whose provider is for the address, if the operator lists its domain.
std::optional<TeamId> find_team_of_address(api::SlowCall& call, std::string_view email);

Bytes seal_connection(api::Call& call, TeamId team, const Connection& connection);
std::vector<Bytes> domain_indexes(api::Services& services, const Settings& settings);
/// Where providers send people back to.
std::string redirect_uri(const api::Services& services);

} // namespace atalaya::single_sign_on
