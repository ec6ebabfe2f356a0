// Who is asking: what the API learned from the cookie or token before any handler runs. A value;
// any thread.
#pragma once

#include "access/permission.hpp"
#include "base/ids.hpp"
#include "base/time.hpp"

#include <optional>
#include <string>
#include <vector>

namespace atalaya::access {

enum class CallerKind : std::uint8_t { anonymous, user, agent, system };

struct Membership {
    TeamId team;
    Role role;
};

struct Caller {
    CallerKind kind = CallerKind::anonymous;
    UserId user;                          ///< nil unless a user
    SessionId session;                    ///< nil unless a user
    ServerId server;                      ///< nil unless an agent
    std::vector<Membership> memberships;  ///< a user's teams
    std::optional<Membership> membership; ///< in the team of this request
    std::string name;                     ///< as shown in the record; empty unless known
    std::string address;                  ///< canonical text of the peer's IP address
    std::string user_agent;
    std::string request_id;

    bool may(Permission permission) const {
        return membership && permits(membership->role, permission);
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
