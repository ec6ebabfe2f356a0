#include "modules/team/invitations.hpp"

#include "api/idempotency.hpp"
#include "api/identities.hpp"
#include "base/text.hpp"
#include "crypto/token.hpp"
#include "db/error.hpp"
#include "keyring/keyring.hpp"
#include "modules/identity/identity.hpp"
#include "modules/outbox/outbox.hpp"
#include "modules/team/members.hpp"
#include "shape/engine.hpp"
#include "team_sql.hpp"

namespace atalaya::team {
namespace {

using access::Permission;
using access::Role;

constexpr std::string_view body_purpose = "invitation.body";
constexpr Micros valid_for = std::chrono::days(7);
constexpr std::int64_t open_invitations_max = 100;

/// Sends the link to its address. False when no mail is sent, and whoever invited hands the link
/// on.
bool mail_invitation(api::Call& call, const NewInvitation& invitation, const std::string& link) {
    if (!outbox::is_configured(call.services))
        return false;
    mail::InvitationLetter letter;
    letter.team = get_team(call).name;
    letter.inviter = call.caller().name;
    letter.role = std::string(shape::enum_name(invitation.role));
    letter.link = link;
    letter.until = invitation.expires_at;
    return outbox::enqueue(call, mail::make_invitation(invitation.email, letter));
}

struct Row {
    Invitation invitation;
    UserId invited_by;
};

Row read_invitation(api::Call& call, const db::Row& row) {
    Row out;
    Invitation& invitation = out.invitation;
    invitation.id = row.get<InvitationId>("id");
    invitation.role = shape::parse_enum<Role>(row.get<std::string>("role")).value();
    invitation.state = shape::parse_enum<InvitationState>(row.get<std::string>("state")).value();
    invitation.created_at = row.get<Time>("created_at");
    invitation.expires_at = row.get<Time>("expires_at");
    if (invitation.state == InvitationState::open &&
        invitation.expires_at <= call.services.clock.now())
        invitation.state = InvitationState::expired;
    const auto body = call.services.keyring.open_sealed(call.tx.scope().team, body_purpose,
                                                        invitation.id, row.get<Bytes>("body"));
    CHECK_REQUEST(body.has_value());
    invitation.email = std::string(as_text(*body));
    out.invited_by = row.get<UserId>("invited_by");
    return out;
}

std::optional<Invitation> find_invitation(api::Call& call, InvitationId id) {
    const auto row = call.tx.query_optional(sql::team::find_invitation,
                                            {{"team_id", call.tx.scope().team}, {"id", id}});
    if (!row)
        return std::nullopt;
    return read_invitation(call, *row).invitation;
}

/// The open invitation of the path that the caller may handle.
Invitation get_manageable(api::Call& call) {
    const Role own = lock_team(call, Permission::members_manage);
    auto invitation = find_invitation(call, call.path().id<InvitationId>("invitation"));
    if (!invitation)
        throw Problem(problems::not_found);
    if (invitation->role < own)
        throw Problem(problems::forbidden)
            .detail("This invitation is to a higher role than your own.");
    return std::move(*invitation);
}

void refuse_member(api::Call& call, const std::string& email) {
    std::vector<UserId> users;
    for (const db::Row row : call.tx.query(sql::team::list_members, {{"team_id", call.team()}}))
        users.push_back(row.get<UserId>("user_id"));
    for (const auto& [id, person] : identity::list_people(call, users)) {
        if (to_lower(trim(person.email)) == to_lower(email))
            throw Problem(problems::conflict).detail("This person belongs to the team already.");
    }
}

/// Each is a mail to a stranger, from this installation.
void refuse_too_many(api::Call& call) {
    const auto open = call.tx
                          .query_one(sql::team::count_open_invitations,
                                     {{"team_id", call.team()}, {"now", call.services.clock.now()}})
                          .get<std::int64_t>("open");
    if (open >= open_invitations_max)
        throw Problem(problems::conflict)
            .detail("A team has at most " + std::to_string(open_invitations_max) +
                    " open invitations. Revoke some, or wait until they are taken.");
}

/// What is told once; `token` becomes the link.
NewInvitation deliver(api::Call& call, const Invitation& invitation, const std::string& token) {
    NewInvitation out{invitation.id, invitation.email, invitation.role, invitation.expires_at, {}};
    const std::string link = call.services.public_url + "/invite#" + token;
    if (!mail_invitation(call, out, link))
        out.link = link;
    return out;
}

bool close_invitation(api::Call& call, InvitationId id, InvitationState state) {
    return call.tx
               .query(sql::team::close_invitation, {{"team_id", call.tx.scope().team},
                                                    {"id", id},
                                                    {"state", shape::enum_name(state)}})
               .affected() == 1;
}

bool is_same_address(std::string_view left, std::string_view right) {
    return to_lower(trim(left)) == to_lower(trim(right));
}

} // namespace

api::Page<Invitation> list_invitations(api::Call& call) {
    std::vector<Invitation> invitations;
    std::vector<UserId> hosts;
    for (const db::Row row :
         call.tx.query(sql::team::list_invitations, {{"team_id", call.team()}})) {
        Row read = read_invitation(call, row);
        invitations.push_back(std::move(read.invitation));
        hosts.push_back(read.invited_by);
    }
    const auto people = identity::list_people(call, hosts);
    for (std::size_t i = 0; i < invitations.size(); ++i) {
        if (const auto host = people.find(hosts[i]); host != people.end())
            invitations[i].invited_by = host->second.name;
    }
    return api::list_from(invitations, call.query(), invitation_listing);
}

api::Created<NewInvitation> create_invitation(api::Call& call, const InvitationDraft& in) {
    const Role own = lock_team(call, Permission::members_manage);
    if (in.role < own)
        throw Problem(problems::forbidden).detail("You cannot grant more than your own role.");
    api::Services& services = call.services;
    Invitation invitation;
    invitation.id = InvitationId(services.random.uuid());
    invitation.email = std::string(trim(in.email));
    invitation.role = in.role;
    invitation.expires_at = services.clock.now() + valid_for;
    refuse_member(call, invitation.email);
    refuse_too_many(call);

    const auto index =
        services.keyring.blind_index(call.team(), "invitation.email", to_lower(invitation.email));
    const std::string token = crypto::make_token(services.random, "");
    call.tx.defer(
        sql::team::expire_invitation,
        {{"team_id", call.team()}, {"email_index", index}, {"now", services.clock.now()}});
    try {
        call.tx.query(sql::team::insert_invitation,
                      {{"team_id", call.team()},
                       {"id", invitation.id},
                       {"role", shape::enum_name(in.role)},
                       {"email_index", index},
                       {"token_hash", crypto::token_hash(token)},
                       {"invited_by", call.caller().user},
                       {"expires_at", invitation.expires_at},
                       {"body", services.keyring.seal(call.team(), body_purpose, invitation.id,
                                                      as_bytes(invitation.email))}});
    } catch (const db::Error& error) {
        if (error.is_unique_violation())
            throw Problem(problems::conflict)
                .detail("This address is invited already. Send that invitation again, or revoke "
                        "it first.");
        throw;
    }
    call.record("invitation.create", "invitation", invitation.id, shape::all_added(in),
                invitation.email);
    return {deliver(call, invitation, token)};
}

api::NoContent revoke_invitation(api::Call& call) {
    const Invitation invitation = get_manageable(call);
    if (!close_invitation(call, invitation.id, InvitationState::revoked))
        throw Problem(problems::not_found);
    call.record("invitation.revoke", "invitation", invitation.id, {}, invitation.email);
    return {};
}

NewInvitation resend_invitation(api::Call& call) {
    Invitation invitation = get_manageable(call);
    invitation.expires_at = call.services.clock.now() + valid_for;
    const std::string token = crypto::make_token(call.services.random, "");
    const auto renewed =
        call.tx.query(sql::team::renew_invitation, {{"team_id", call.team()},
                                                    {"id", invitation.id},
                                                    {"token_hash", crypto::token_hash(token)},
                                                    {"expires_at", invitation.expires_at}});
    if (renewed.affected() != 1)
        throw Problem(problems::conflict)
            .detail("This invitation is not open any more. Make a new one.");
    call.record("invitation.resend", "invitation", invitation.id, {}, invitation.email);
    return deliver(call, invitation, token);
}

void revoke_invitations(api::Call& call, UserId user, std::optional<Role> role) {
    std::vector<std::string> lost;
    for (const auto& [granted, name] : shape::EnumNames<Role>::names) {
        if (!role || granted < *role || !access::permits(*role, Permission::members_manage))
            lost.emplace_back(name);
    }
    const auto revoked =
        call.tx.query(sql::team::revoke_invitations_of,
                      {{"team_id", call.tx.scope().team}, {"user_id", user}, {"roles", lost}});
    for (const db::Row row : revoked)
        call.record("invitation.revoke", "invitation", row.get<InvitationId>("id"), {});
}

OpenInvitation get_open_invitation(api::SlowCall& call, std::string_view token) {
    OpenInvitation out;
    call.look_up([&](db::Connection& connection) {
        db::transact(connection, {}, [&](db::Tx& tx) {
            const auto row = tx.query_optional(sql::team::look_up_invitation,
                                               {{"token_hash", crypto::token_hash(token)}});
            if (!row)
                throw Problem(problems::not_found);
            out.team = row->get<TeamId>("team_id");
            out.id = row->get<InvitationId>("id");
        });
    });
    call.transact({out.team, UserId{}}, {}, [&](api::Call& inner) {
        const auto invitation = find_invitation(inner, out.id);
        if (!invitation || invitation->state != InvitationState::open)
            throw Problem(problems::not_found);
        out.email = invitation->email;
        out.role = invitation->role;
        out.team_name = get_team(inner).name;
    });
    return out;
}

void accept_invitation(api::Call& call, const OpenInvitation& invitation, UserId user,
                       const std::string& name) {
    const TeamId team = call.tx.scope().team;
    call.tx.query_one(sql::team::lock_team, {{"team_id", team}});
    if (call.tx.query_optional(sql::team::find_member, {{"team_id", team}, {"user_id", user}}))
        throw Problem(problems::conflict).detail("You belong to this team already.");
    if (!close_invitation(call, invitation.id, InvitationState::accepted))
        throw Problem(problems::not_found);
    call.tx.defer(
        sql::team::insert_member,
        {{"team_id", team}, {"user_id", user}, {"role", shape::enum_name(invitation.role)}});
    call.record("invitation.accept", "invitation", invitation.id, {}, invitation.email);
    call.record_person("member.add", user, role_change(std::nullopt, invitation.role), name);
    call.after_commit(
        [&identities = call.services.identities, user] { identities.forget_user(user); });
}

InvitationView look_at_invitation(api::SlowCall& call, const InvitationToken& in) {
    const OpenInvitation invitation = get_open_invitation(call, in.token);
    const auto index = identity::email_index(call.services.keyring, invitation.email);
    const auto login = call.look_up(
        [&](db::Connection& connection) { return identity::find_login(connection, index); });
    return {invitation.team_name, invitation.email, invitation.role, login.has_value()};
}

api::Concluded<Joined> join_by_invitation(api::SlowCall& call, const InvitationToken& in) {
    const OpenInvitation invitation = get_open_invitation(call, in.token);
    const UserId user = call.caller().user;
    const db::Scope own{platform_team, user};
    return api::conclude(call, own, {platform_team, invitation.team}, [&](api::Call& inner) {
        const identity::Account account = identity::get_account(inner, user);
        if (!is_same_address(account.person.email, invitation.email))
            throw Problem(problems::forbidden)
                .detail("This invitation is for another address. Sign in with the account of the "
                        "address that it was sent to.");
        inner.tx.enter({invitation.team, user});
        accept_invitation(inner, invitation, user, account.person.name);
        inner.tx.enter(own);
        return Joined{{invitation.team, invitation.team_name, invitation.role}};
    });
}

} // namespace atalaya::team
