// Places in a team that are kept for somebody: a link that works once, for one address, for a week.
// Handlers.
//
// Whether an address has an account is told only to who holds the token, and an unknown, a used and
// a revoked token get the same answer.
#pragma once

#include "modules/team/team.hpp"

namespace atalaya::team {

enum class InvitationState : std::uint8_t { open, accepted, revoked, expired };

struct InvitationDraft {
    std::string email;
    access::Role role{};
};

struct Invitation {
    InvitationId id;
    std::string email;
    access::Role role{};
    InvitationState state{};
    std::optional<std::string> invited_by; ///< a name; of who is gone, none
    Time created_at;
    Time expires_at;
};

struct NewInvitation {
    InvitationId id;
    std::string email;
    access::Role role{};
    Time expires_at;
    std::optional<std::string> link; ///< when it was not mailed
};

struct InvitationToken {
    std::string token;
};

/// What the holder of a token sees.
struct InvitationView {
    std::string team_name;
    std::string email;
    access::Role role{};
    bool has_account = false;
};

struct JoinedTeam {
    TeamId id;
    std::string name;
    access::Role role{};
};

struct Joined {
    JoinedTeam team;
};

inline constexpr api::Listing invitation_listing{
    {"email", "role", "state", "created_at", "expires_at"}, "-created_at", {"state", "role"}};
api::Page<Invitation> list_invitations(api::Call& call);
api::Created<NewInvitation> create_invitation(api::Call& call, const InvitationDraft& in);
api::NoContent revoke_invitation(api::Call& call);
NewInvitation resend_invitation(api::Call& call);
InvitationView look_at_invitation(api::SlowCall& call, const InvitationToken& in);
api::Concluded<Joined> join_by_invitation(api::SlowCall& call, const InvitationToken& in);

/// Closes what the user invited to and, with the role that is left, could not invite to now.
void revoke_invitations(api::Call& call, UserId user, std::optional<access::Role> role);

} // namespace atalaya::team

namespace atalaya::shape {
template <>
struct EnumNames<team::InvitationState> {
    using State = team::InvitationState;
    static constexpr std::array<std::pair<State, std::string_view>, 4> names{
        {{State::open, "open"},
         {State::accepted, "accepted"},
         {State::revoked, "revoked"},
         {State::expired, "expired"}}};
};
template <>
struct Described<team::InvitationDraft> {
    static const Shape shape;
};
template <>
struct Described<team::Invitation> {
    static const Shape shape;
};
template <>
struct Described<team::NewInvitation> {
    static const Shape shape;
};
template <>
struct Described<team::InvitationToken> {
    static const Shape shape;
};
template <>
struct Described<team::InvitationView> {
    static const Shape shape;
};
template <>
struct Described<team::JoinedTeam> {
    static const Shape shape;
};
template <>
struct Described<team::Joined> {
    static const Shape shape;
};
} // namespace atalaya::shape
