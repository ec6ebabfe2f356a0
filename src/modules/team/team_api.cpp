#include "api/idempotency.hpp"
#include "api/identities.hpp"
#include "base/text.hpp"
#include "keyring/keyring.hpp"
#include "modules/team/invitations.hpp"
#include "modules/team/members.hpp"
#include "shape/complete.hpp"
#include "team_sql.hpp"

namespace atalaya::team {

/// What a team demands of the sessions of its members.
struct TeamSecurity {
    bool require_2fa = false;
    std::optional<std::int64_t> session_idle_minutes;
    std::optional<std::int64_t> session_hours;
};

namespace {

using access::Permission;
using api::Audience;
using api::endpoint;
using api::team_endpoint;
using api::Verb;
using shape::field;
using shape::range;

constexpr std::array security_fields{
    field<&TeamSecurity::require_2fa>("require_2fa", "Whether every member needs a second factor."),
    field<&TeamSecurity::session_idle_minutes>(
        "session_idle_minutes", "After how long without use a session ends.", range(5, 43'200)),
    field<&TeamSecurity::session_hours>("session_hours", "After how long a session ends.",
                                        range(1, 720)),
};
static_assert(shape::names_every_member<TeamSecurity>(security_fields));

} // namespace
} // namespace atalaya::team

namespace atalaya::shape {
template <>
struct Described<team::TeamSecurity> {
    static const Shape shape;
};
const Shape Described<team::TeamSecurity>::shape{"TeamSecurity", team::security_fields};
} // namespace atalaya::shape

namespace atalaya::team {
namespace {

Team get(api::Call& call) { return get_team(call); }

api::Concluded<api::Created<Team>> create(api::SlowCall& call, const TeamDraft& in) {
    keyring::Keyring& keyring = call.services.keyring;
    const TeamDraft draft{std::string(trim(in.name))};
    const UserId user = call.caller().user;
    const db::Scope own{platform_team, user};
    const TeamId team(call.services.random.uuid());
    // Durable before the first ciphertext; without a team it is nobody's key.
    keyring.create_key(team);
    bool made = false;
    const auto drop_unused = [&] {
        if (!made)
            keyring.destroy_key(team);
    };
    try {
        auto answer = api::conclude(call, own, {platform_team, team}, [&](api::Call& inner) {
            insert_team(inner, team, draft, user);
            Team out = get_team(inner);
            inner.tx.enter(own);
            inner.after_commit([&identities = inner.services.identities, &made, user] {
                made = true;
                identities.forget_user(user);
            });
            return api::Created<Team>{std::move(out)};
        });
        drop_unused();
        return answer;
    } catch (...) {
        drop_unused();
        throw;
    }
}

Team update(api::Call& call, const shape::Patch<TeamDraft>& patch) {
    const Team before = get_team(call);
    call.check_revision(before.revision);
    const TeamDraft old_draft{before.name};
    TeamDraft draft = old_draft;
    patch.apply_to(draft);
    const auto updated =
        call.tx.query(sql::team::update_team, {{"team_id", before.id},
                                               {"revision", before.revision},
                                               {"body", seal_body(call, before.id, draft)}});
    if (updated.affected() != 1)
        throw Problem(problems::stale_revision);
    call.record("team.update", "team", before.id, shape::changes(old_draft, draft), draft.name);
    return get_team(call);
}

Team update_security(api::Call& call, const shape::Patch<TeamSecurity>& patch) {
    const Team before = get_team(call);
    call.check_revision(before.revision);
    const TeamSecurity old{before.require_2fa, before.session_idle_minutes, before.session_hours};
    TeamSecurity security = old;
    patch.apply_to(security);
    if (security.require_2fa && !old.require_2fa && !call.caller().second_factor)
        throw Problem(problems::invalid)
            .at("/require_2fa", "second_factor",
                "Set up a second factor for your own account first: without one this would lock "
                "you out.");
    const auto updated = call.tx.query(sql::team::update_security,
                                       {{"team_id", before.id},
                                        {"revision", before.revision},
                                        {"require_2fa", security.require_2fa},
                                        {"session_idle_minutes", security.session_idle_minutes},
                                        {"session_hours", security.session_hours}});
    if (updated.affected() != 1)
        throw Problem(problems::stale_revision);
    call.record("team.security_update", "team", before.id, shape::changes(old, security),
                before.name);
    forget_members(call);
    return get_team(call);
}

constexpr std::array table{
    endpoint<create>(Verb::post, "/teams", Audience::signed_in, std::nullopt,
                     "Make another team; you own it."),
    team_endpoint<get>(Verb::get, "/teams/{team}", Permission::team_read, "The team."),
    team_endpoint<update>(Verb::patch, "/teams/{team}", Permission::team_update, "Rename the team.")
        .with_revision(),
    team_endpoint<update_security>(Verb::patch, "/teams/{team}/security", Permission::team_security,
                                   "Set what the team demands of the sessions of its members.")
        .with_revision()
        .with_step_up(),
    team_endpoint<list_members>(Verb::get, "/teams/{team}/members", Permission::members_read,
                                "Who belongs to the team, with which role.")
        .with_listing(member_listing),
    team_endpoint<update_member>(Verb::patch, "/teams/{team}/members/{user}",
                                 Permission::members_manage,
                                 "Give a member another role, at most the own.")
        .with_step_up(),
    team_endpoint<remove_member>(Verb::del, "/teams/{team}/members/{user}",
                                 Permission::members_manage,
                                 "Remove a member; effective with the member's next request."),
    team_endpoint<leave>(Verb::post, "/teams/{team}/leave", Permission::team_read,
                         "Leave the team; the last owner cannot.")
        .without_second_factor(),
    team_endpoint<transfer>(Verb::post, "/teams/{team}/transfer", Permission::team_transfer,
                            "Make another member the owner; you become admin.")
        .with_step_up(),
    team_endpoint<list_invitations>(Verb::get, "/teams/{team}/invitations",
                                    Permission::members_manage, "Who was invited.")
        .with_listing(invitation_listing),
    team_endpoint<create_invitation>(Verb::post, "/teams/{team}/invitations",
                                     Permission::members_manage,
                                     "Invite somebody with a link that works once, for a week.")
        .with_secret_answer(),
    team_endpoint<revoke_invitation>(Verb::del, "/teams/{team}/invitations/{invitation}",
                                     Permission::members_manage, "Take an invitation back."),
    team_endpoint<resend_invitation>(Verb::post, "/teams/{team}/invitations/{invitation}/resend",
                                     Permission::members_manage,
                                     "Make a new link; the old one works no more.")
        .with_secret_answer(),
    endpoint<look_at_invitation>(Verb::post, "/invitations/look", Audience::anyone, std::nullopt,
                                 "What an invitation is about, for who holds its token."),
    endpoint<join_by_invitation>(Verb::post, "/invitations/accept", Audience::signed_in,
                                 std::nullopt,
                                 "Join the team of an invitation to the own address."),
};

} // namespace

std::span<const api::Endpoint> endpoints() { return table; }

} // namespace atalaya::team
