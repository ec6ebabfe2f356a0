// Who is asking: what the API learned from the cookie or token before any handler runs. A value;
// any thread.
#pragma once

#include "access/permission.hpp"
#include "base/ids.hpp"
#include "base/time.hpp"

#include <algorithm>
#include <optional>
#include <string>
#include <vector>

namespace atalaya::access {

enum class CallerKind : std::uint8_t { anonymous, user, key, agent, system };

struct Membership {
    TeamId team;
    Role role;
    bool require_2fa = false; ///< the team's rule: members without a second factor stay out
    bool sso_only = false;    ///< the team's rule: only owners enter by another way
};

struct Caller {
    CallerKind kind = CallerKind::anonymous;
    UserId user;                          ///< nil unless a user; of a key, who made it
    SessionId session;                    ///< nil unless a user
    KeyId key;                            ///< nil unless a key
    ServerId server;                      ///< nil unless an agent
    std::vector<Membership> memberships;  ///< a user's teams
    std::optional<Membership> membership; ///< in the team of this request
    std::vector<std::string> scopes;      ///< a key's
    bool second_factor = false;           ///< a user's: this session was opened with one
    std::optional<TeamId> sso_team; ///< a user's whom that team's provider vouched for: no other's
    bool is_operator = false;       ///< a user who runs the installation
    Time assured_at;                ///< when the user last proved to be present
    std::string name;               ///< as shown in the record; empty unless known
    std::string address;            ///< canonical text of the peer's IP address
    std::string user_agent;
    std::string request_id;

    /// Role and, for a key, scope: a key never has more than the role of who made it.
    bool may(Permission permission) const {
        return membership && permits(membership->role, permission) &&
               (kind != CallerKind::key || has_scope(permission_entry(permission).scope));
    }
    bool has_scope(std::string_view scope) const {
        return !scope.empty() && std::find(scopes.begin(), scopes.end(), scope) != scopes.end();
    }
    const Membership* find_membership(TeamId team) const {
        for (const Membership& candidate : memberships) {
            if (candidate.team == team)
                return &candidate;
        }
        return nullptr;
    }
};

} // namespace atalaya::access
