#include "modules/team/team.hpp"

#include "keyring/keyring.hpp"
#include "shape/complete.hpp"
#include "team_sql.hpp"

namespace atalaya::team {
namespace {

using shape::field;
using shape::length;
using shape::names_every_member;

constexpr std::array draft_fields{
    field<&TeamDraft::name>("name", "Shown to its members.", length(1, 120)),
};
static_assert(names_every_member<TeamDraft>(draft_fields));

constexpr std::array team_fields{
    field<&Team::id>("id", "The team."),
    field<&Team::name>("name", "Shown to its members."),
    field<&Team::require_2fa>("require_2fa", "Whether every member needs a second factor."),
    field<&Team::session_idle_minutes>("session_idle_minutes",
                                       "After how long without use a member's session ends, if "
                                       "earlier than elsewhere."),
    field<&Team::session_hours>("session_hours",
                                "After how long a member's session ends, if earlier than "
                                "elsewhere."),
    field<&Team::revision>("revision", "Grows with every change."),
    field<&Team::created_at>("created_at", "When it was made."),
    field<&Team::updated_at>("updated_at", "When it was last changed."),
};
static_assert(names_every_member<Team>(team_fields));

constexpr std::array member_fields{
    field<&Member::id>("id", "The user."),
    field<&Member::name>("name", "Full name."),
    field<&Member::email>("email", "E-mail address."),
    field<&Member::role>("role", "Role in this team."),
    field<&Member::second_factor>("second_factor", "Whether the account has a second factor."),
    field<&Member::joined_at>("joined_at", "Member since."),
    field<&Member::by_sso>("by_sso", "Has come by the team's own single sign-on."),
};
static_assert(names_every_member<Member>(member_fields));

} // namespace

constexpr std::string_view body_purpose = "team.body";

Bytes seal_body(api::Call& call, TeamId team, const TeamDraft& draft) {
    return call.services.keyring.seal(team, body_purpose, team,
                                      as_bytes(shape::write_json(shape::to_json(draft))));
}

void insert_team(api::Call& call, TeamId team, const TeamDraft& draft, UserId owner) {
    call.tx.enter({team, owner});
    audit::open_chain(call.tx, team);
    call.tx.defer(sql::team::insert_team,
                  {{"team_id", team}, {"body", seal_body(call, team, draft)}});
    call.tx.defer(sql::team::insert_member,
                  {{"team_id", team}, {"user_id", owner}, {"role", "owner"}});
    shape::Json made = shape::all_added(draft);
    if (call.services.on_new_team) {
        for (auto& [field, value] : call.services.on_new_team(call))
            made.if_array()->push_back(shape::json_object(
                {{"field", field}, {"before", nullptr}, {"after", std::move(value)}}));
    }
    call.record("team.create", "team", team, std::move(made), draft.name);
    shape::Json role = shape::Array{
        shape::json_object({{"field", "role"}, {"before", nullptr}, {"after", "owner"}})};
    call.record_person("member.add", owner, std::move(role), call.caller().name);
}

Team get_team(api::Call& call) {
    const TeamId id = call.tx.scope().team;
    const db::Row row = call.tx.query_one(sql::team::find_team, {{"team_id", id}});
    const auto body =
        call.services.keyring.open_sealed(id, body_purpose, id, row.get<Bytes>("body"));
    CHECK_REQUEST(body.has_value());
    const auto draft = shape::read_stored<TeamDraft>(shape::parse_json(as_text(*body)).value());
    return {id,
            draft.name,
            row.get<bool>("require_2fa"),
            row.get<std::optional<std::int64_t>>("session_idle_minutes"),
            row.get<std::optional<std::int64_t>>("session_hours"),
            row.get<std::int64_t>("revision"),
            row.get<Time>("created_at"),
            row.get<Time>("updated_at")};
}

std::vector<std::string> list_names(api::SlowCall& call, UserId user,
                                    const std::vector<access::Membership>& memberships) {
    return call.transact({platform_team, user}, {}, [&](api::Call& inner) {
        std::vector<std::string> names;
        for (const access::Membership& membership : memberships) {
            inner.tx.enter({membership.team, user});
            names.push_back(get_team(inner).name);
        }
        return names;
    });
}

std::vector<TeamId> list_team_ids(db::Connection& connection) {
    return db::transact(connection, {}, [](db::Tx& tx) {
        std::vector<TeamId> out;
        for (const db::Row row : tx.query(sql::team::list_team_ids))
            out.push_back(row.get<TeamId>("team_id"));
        return out;
    });
}

} // namespace atalaya::team

namespace atalaya::shape {
const Shape Described<team::TeamDraft>::shape{"TeamDraft", team::draft_fields};
const Shape Described<team::Team>::shape{"Team", team::team_fields};
const Shape Described<team::Member>::shape{"Member", team::member_fields};
} // namespace atalaya::shape
