#include "modules/team/members.hpp"

#include "api/identities.hpp"
#include "modules/identity/identity.hpp"
#include "modules/second_factor/second_factor.hpp"
#include "modules/team/invitations.hpp"
#include "shape/complete.hpp"
#include "team_sql.hpp"

namespace atalaya::team {
namespace {

using access::Permission;
using access::Role;
using shape::field;

constexpr std::array role_change_fields{
    field<&RoleChange::role>("role", "The new role; at most your own."),
};
static_assert(shape::names_every_member<RoleChange>(role_change_fields));

constexpr std::array successor_fields{
    field<&Successor::user>("user", "The member who becomes owner."),
};
static_assert(shape::names_every_member<Successor>(successor_fields));

Member read_member(const db::Row& row) {
    Member member;
    member.id = row.get<UserId>("user_id");
    member.role = shape::parse_enum<Role>(row.get<std::string>("role")).value();
    member.joined_at = row.get<Time>("joined_at");
    member.by_sso = row.get<bool>("by_sso");
    return member;
}

void name_members(api::Call& call, std::vector<Member>& members) {
    std::vector<UserId> users;
    for (const Member& member : members)
        users.push_back(member.id);
    const auto people = identity::list_people(call, users);
    const auto enrolled = second_factor::list_enrolled(call, users);
    for (Member& member : members) {
        member.second_factor = enrolled.contains(member.id);
        if (const auto person = people.find(member.id); person != people.end()) {
            member.name = person->second.name;
            member.email = person->second.email;
        }
    }
}

std::optional<Member> find_member(api::Call& call, UserId user) {
    const auto row = call.tx.query_optional(sql::team::find_member,
                                            {{"team_id", call.team()}, {"user_id", user}});
    if (!row)
        return std::nullopt;
    std::vector<Member> found{read_member(*row)};
    name_members(call, found);
    return std::move(found.front());
}

Member get_member(api::Call& call, UserId user) {
    auto member = find_member(call, user);
    if (!member)
        throw Problem(problems::not_found);
    return std::move(*member);
}

std::vector<std::string> all_role_names() {
    std::vector<std::string> out;
    for (const auto& [role, name] : shape::EnumNames<Role>::names)
        out.emplace_back(name);
    return out;
}

void set_role(api::Call& call, const Member& member, Role role, const std::string& action) {
    call.tx.query(sql::team::update_member, {{"team_id", call.tx.scope().team},
                                             {"user_id", member.id},
                                             {"role", shape::enum_name(role)}});
    call.record_person(action, member.id, role_change(member.role, role), member.name);
    revoke_invitations(call, member.id, role);
    call.after_commit([&identities = call.services.identities, user = member.id] {
        identities.forget_user(user);
    });
}

void delete_member(api::Call& call, const Member& member, const std::string& action) {
    call.tx.query(sql::team::delete_member, {{"team_id", call.team()}, {"user_id", member.id}});
    call.record_person(action, member.id, role_change(member.role, std::nullopt), member.name);
    revoke_invitations(call, member.id, std::nullopt);
    call.after_commit([&identities = call.services.identities, user = member.id] {
        identities.forget_user(user);
    });
}

} // namespace

access::Role lock_team(api::Call& call, Permission permission) {
    call.tx.query_one(sql::team::lock_team, {{"team_id", call.team()}});
    const auto row = call.tx.query_optional(
        sql::team::find_member, {{"team_id", call.team()}, {"user_id", call.caller().user}});
    if (!row)
        throw Problem(problems::not_found);
    const Role own = read_member(*row).role;
    if (!access::permits(own, permission))
        throw Problem(problems::forbidden);
    return own;
}

shape::Json role_change(std::optional<Role> before, std::optional<Role> after) {
    const auto name = [](std::optional<Role> role) {
        return role ? shape::Json(shape::enum_name(*role)) : shape::Json();
    };
    return shape::Array{
        shape::json_object({{"field", "role"}, {"before", name(before)}, {"after", name(after)}})};
}

Synced sync_member(api::Call& call, const Sync& sync) {
    const TeamId team = call.tx.scope().team;
    call.tx.query_one(sql::team::lock_team, {{"team_id", team}});
    const auto row =
        call.tx.query_optional(sql::team::find_member, {{"team_id", team}, {"user_id", sync.user}});
    const bool grants = sync.role && *sync.role != Role::owner;
    if (!row) {
        if (!sync.may_add)
            return Synced::stranger;
        if (!grants)
            return Synced::no_role;
        call.tx.defer(
            sql::team::insert_member,
            {{"team_id", team}, {"user_id", sync.user}, {"role", shape::enum_name(*sync.role)}});
        call.record_person("member.add", sync.user, role_change(std::nullopt, sync.role),
                           sync.name);
        call.after_commit([&identities = call.services.identities, user = sync.user] {
            identities.forget_user(user);
        });
        return Synced::member;
    }
    Member member = read_member(*row);
    member.name = sync.name;
    if (member.role == Role::owner || !sync.sets_role)
        return Synced::member;
    if (!grants)
        return Synced::no_role;
    if (member.role != *sync.role)
        set_role(call, member, *sync.role, "member.role");
    return Synced::member;
}

void leave_all(db::Tx& tx, audit::Recorder& recorder, UserId person) {
    const db::Scope before = tx.scope();
    tx.enter({platform_team, person});
    std::vector<TeamId> teams;
    for (const db::Row row : tx.query(sql::team::list_teams_of, {{"user_id", person}}))
        teams.push_back(row.get<TeamId>("team_id"));
    int last_owner_of = 0;
    for (const TeamId& team : teams) {
        tx.enter({team, before.actor});
        tx.query_one(sql::team::lock_team, {{"team_id", team}});
        const db::Args place{{"team_id", team}, {"user_id", person}};
        const auto row = tx.query_optional(sql::team::find_member, place);
        if (!row)
            continue;
        const Role role = read_member(*row).role;
        if (role == Role::owner && tx.query_one(sql::team::count_owners, {{"team_id", team}})
                                           .get<std::int64_t>("owners") == 1)
            ++last_owner_of;
        tx.query(sql::team::delete_member, place);
        tx.query(sql::team::revoke_invitations_of,
                 {{"team_id", team}, {"user_id", person}, {"roles", all_role_names()}});
        audit::Event event;
        event.action = "member.erase";
        event.resource_type = "user";
        event.changes = role_change(role, std::nullopt);
        recorder.add(team, std::move(event));
    }
    tx.enter(before);
    if (last_owner_of > 0)
        throw Problem(problems::conflict)
            .detail("This account is the last owner of " + std::to_string(last_owner_of) +
                    (last_owner_of == 1 ? " team" : " teams") +
                    ". Another member has to become owner there first.");
}

void forget_members(api::Call& call) {
    for (const db::Row row :
         call.tx.query(sql::team::list_members, {{"team_id", call.tx.scope().team}})) {
        call.after_commit([&identities = call.services.identities,
                           user = row.get<UserId>("user_id")] { identities.forget_user(user); });
    }
}

api::Page<Member> list_members(api::Call& call) {
    std::vector<Member> members;
    for (const db::Row row : call.tx.query(sql::team::list_members, {{"team_id", call.team()}}))
        members.push_back(read_member(row));
    name_members(call, members);
    return api::list_from(members, call.query(), member_listing);
}

Member update_member(api::Call& call, const RoleChange& in) {
    const Role own = lock_team(call, Permission::members_manage);
    Member member = get_member(call, call.path().id<UserId>("user"));
    if (member.id == call.caller().user)
        throw Problem(problems::forbidden)
            .detail("Nobody changes the own role. Ask another owner, or hand the team over.");
    if (member.role < own || in.role < own)
        throw Problem(problems::forbidden)
            .detail("You can neither grant more than your own role nor change a higher one.");
    if (member.role != in.role)
        set_role(call, member, in.role, "member.role");
    member.role = in.role;
    return member;
}

api::NoContent remove_member(api::Call& call) {
    const Role own = lock_team(call, Permission::members_manage);
    const Member member = get_member(call, call.path().id<UserId>("user"));
    if (member.id == call.caller().user)
        throw Problem(problems::forbidden).detail("To go yourself, leave the team.");
    if (member.role < own)
        throw Problem(problems::forbidden).detail("You cannot remove who has a higher role.");
    delete_member(call, member, "member.remove");
    return {};
}

api::NoContent leave(api::Call& call) {
    // Reading the team is a scope that keys have; leaving it is nothing for a key.
    if (call.caller().kind != access::CallerKind::user)
        throw Problem(problems::forbidden);
    const Role own = lock_team(call, Permission::team_read);
    if (own == Role::owner && call.tx.query_one(sql::team::count_owners, {{"team_id", call.team()}})
                                      .get<std::int64_t>("owners") == 1)
        throw Problem(problems::conflict)
            .detail("You are the last owner. Hand the team over first, or make somebody an owner.");
    delete_member(call, get_member(call, call.caller().user), "member.leave");
    return {};
}

api::NoContent transfer(api::Call& call, const Successor& in) {
    lock_team(call, Permission::team_transfer);
    if (in.user == call.caller().user)
        throw Problem(problems::invalid).at("/user", "self", "You own the team already.");
    const auto successor = find_member(call, in.user);
    if (!successor)
        throw Problem(problems::invalid)
            .at("/user", "member", "Only a member can become the owner. Invite this person first.");
    set_role(call, *successor, Role::owner, "team.transfer");
    set_role(call, get_member(call, call.caller().user), Role::admin, "member.role");
    return {};
}

} // namespace atalaya::team

namespace atalaya::shape {
const Shape Described<team::RoleChange>::shape{"RoleChange", team::role_change_fields};
const Shape Described<team::Successor>::shape{"Successor", team::successor_fields};
} // namespace atalaya::shape
