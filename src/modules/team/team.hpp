// Teams (a team is a tenant) and their members.
//
// Functions run in the caller's transaction, in the team's scope. The name lies sealed under the
// team's key.
#pragma once

#include "api/endpoint.hpp"

namespace atalaya::team {

/// What a client may change.
struct TeamDraft {
    std::string name;
};

struct Team {
    TeamId id;
    std::string name;
    bool require_2fa = false;
    std::optional<std::int64_t> session_idle_minutes; ///< absent: as the installation says
    std::optional<std::int64_t> session_hours;
    std::int64_t revision = 0;
    Time created_at;
    Time updated_at;
};

struct Member {
    UserId id;
    std::string name;
    std::string email;
    access::Role role{};
    bool second_factor = false;
    Time joined_at;
    bool by_sso = false; ///< has come by the team's own single sign-on
};

using InvitationId = Id<struct InvitationTag>;

/// What a valid token of an invitation stands for.
struct OpenInvitation {
    TeamId team;
    InvitationId id;
    std::string team_name;
    std::string email;
    access::Role role{};
};

std::span<const api::Endpoint> endpoints();

/// Makes a team, its chain, and its first owner. The key of the team must exist. Leaves the
/// transaction in the scope of the new team.
void insert_team(api::Call& call, TeamId team, const TeamDraft& draft, UserId owner);
/// The team of the transaction's scope; LogicFault when it does not exist.
Team get_team(api::Call& call);
/// What the user's teams are called.
std::vector<std::string> list_names(api::SlowCall& call, UserId user,
                                    const std::vector<access::Membership>& memberships);
/// The sealed body of a team.
Bytes seal_body(api::Call& call, TeamId team, const TeamDraft& draft);
/// Throws Problem `not_found` for every token that opens nothing (any more).
OpenInvitation get_open_invitation(api::SlowCall& call, std::string_view token);
/// Takes the place that was kept: in the team's scope. Throws Problem `not_found` when the
/// invitation was used meanwhile, `conflict` for who belongs to the team already.
void accept_invitation(api::Call& call, const OpenInvitation& invitation, UserId user,
                       const std::string& name);
/// What a provider says of somebody's place in the team.
struct Sync {
    UserId user;
    std::string name;
    std::optional<access::Role> role; ///< never owner
    bool may_add = false;             ///< whoever does not belong to the team yet
    bool sets_role = false;           ///< of whoever does
};
enum class Synced { member, stranger, no_role };
/// Makes the place so, in the team's scope, on the record. An owner stays what owners made of
/// them.
Synced sync_member(api::Call& call, const Sync& sync);
/// Takes the person out of every team, with what the person promised others there. Throws Problem
/// `conflict` for the last owner of one. In the platform's scope, and leaves it so.
void leave_all(db::Tx& tx, audit::Recorder& recorder, UserId person);
/// After the COMMIT, what the team demands of its members is looked up anew.
void forget_members(api::Call& call);
/// Ids of all teams. On a connection of the job role.
std::vector<TeamId> list_team_ids(db::Connection& connection);

} // namespace atalaya::team

namespace atalaya::shape {
template <>
struct Described<team::TeamDraft> {
    static const Shape shape;
};
template <>
struct Described<team::Team> {
    static const Shape shape;
};
template <>
struct Described<team::Member> {
    static const Shape shape;
};
} // namespace atalaya::shape
