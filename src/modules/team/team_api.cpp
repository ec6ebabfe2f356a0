#include "keyring/keyring.hpp"
#include "modules/identity/identity.hpp"
#include "modules/team/team.hpp"
#include "team_sql.hpp"

namespace atalaya::team {

namespace {

using access::Permission;
using api::Verb;

Team get(api::Call& call) { return get_team(call); }

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

api::Page<Member> list_members(api::Call& call) {
    std::vector<Member> members;
    std::vector<UserId> users;
    for (const db::Row row : call.tx.query(sql::team::list_members, {{"team_id", call.team()}})) {
        Member member;
        member.id = row.get<UserId>("user_id");
        member.role = shape::parse_enum<access::Role>(row.get<std::string>("role")).value();
        member.joined_at = row.get<Time>("joined_at");
        users.push_back(member.id);
        members.push_back(std::move(member));
    }
    const auto people = identity::list_people(call, users);
    for (Member& member : members) {
        if (const auto person = people.find(member.id); person != people.end()) {
            member.name = person->second.name;
            member.email = person->second.email;
        }
    }
    return api::list_from(members, call.query(),
                          {{"name", "email", "role", "joined_at"}, "name", {"role"}});
}

constexpr std::array table{
    api::team_endpoint<get>(Verb::get, "/teams/{team}", Permission::team_read, "The team."),
    api::team_endpoint<update>(Verb::patch, "/teams/{team}", Permission::team_update,
                               "Rename the team."),
    api::team_endpoint<list_members>(Verb::get, "/teams/{team}/members", Permission::members_read,
                                     "Who belongs to the team, with which role."),
};

} // namespace

std::span<const api::Endpoint> endpoints() { return table; }

} // namespace atalaya::team
