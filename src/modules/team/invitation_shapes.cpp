#include "modules/team/invitations.hpp"
#include "shape/complete.hpp"

namespace atalaya::team {
namespace {

using shape::field;
using shape::length;
using shape::names_every_member;

constexpr std::array draft_fields{
    field<&InvitationDraft::email>("email", "Who is invited.", shape::email_address()),
    field<&InvitationDraft::role>("role", "Role in the team; at most your own."),
};
static_assert(names_every_member<InvitationDraft>(draft_fields));

constexpr std::array invitation_fields{
    field<&Invitation::id>("id", "The invitation."),
    field<&Invitation::email>("email", "Who is invited."),
    field<&Invitation::role>("role", "Role that waits."),
    field<&Invitation::state>("state", "open, accepted, revoked or expired."),
    field<&Invitation::invited_by>("invited_by", "Name of who invited."),
    field<&Invitation::created_at>("created_at", "When it was made."),
    field<&Invitation::expires_at>("expires_at", "Until when the link works."),
};
static_assert(names_every_member<Invitation>(invitation_fields));

constexpr std::array new_invitation_fields{
    field<&NewInvitation::id>("id", "The invitation."),
    field<&NewInvitation::email>("email", "Who is invited."),
    field<&NewInvitation::role>("role", "Role that waits."),
    field<&NewInvitation::expires_at>("expires_at", "Until when the link works."),
    field<&NewInvitation::link>("link", "What the invited person opens, to be handed on. Shown "
                                        "this once, and only when it was not mailed."),
};
static_assert(names_every_member<NewInvitation>(new_invitation_fields));

constexpr std::array token_fields{
    field<&InvitationToken::token>("token", "What stands behind the # of the link.",
                                   length(1, 200)),
};
static_assert(names_every_member<InvitationToken>(token_fields));

constexpr std::array view_fields{
    field<&InvitationView::team_name>("team_name", "The team."),
    field<&InvitationView::email>("email", "The address that it is for."),
    field<&InvitationView::role>("role", "Role that waits."),
    field<&InvitationView::has_account>("has_account", "Whether the address has an account."),
};
static_assert(names_every_member<InvitationView>(view_fields));

constexpr std::array joined_team_fields{
    field<&JoinedTeam::id>("id", "The team."),
    field<&JoinedTeam::name>("name", "Its name."),
    field<&JoinedTeam::role>("role", "Your role in it."),
};
static_assert(names_every_member<JoinedTeam>(joined_team_fields));

constexpr std::array joined_fields{
    field<&Joined::team>("team", "The team to which you belong now."),
};
static_assert(names_every_member<Joined>(joined_fields));

} // namespace
} // namespace atalaya::team

namespace atalaya::shape {
const Shape Described<team::InvitationDraft>::shape{"InvitationDraft", team::draft_fields};
const Shape Described<team::Invitation>::shape{"Invitation", team::invitation_fields};
const Shape Described<team::NewInvitation>::shape{"NewInvitation", team::new_invitation_fields};
const Shape Described<team::InvitationToken>::shape{"InvitationToken", team::token_fields};
const Shape Described<team::InvitationView>::shape{"InvitationView", team::view_fields};
const Shape Described<team::JoinedTeam>::shape{"JoinedTeam", team::joined_team_fields};
const Shape Described<team::Joined>::shape{"Joined", team::joined_fields};
} // namespace atalaya::shape
