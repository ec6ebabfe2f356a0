#include "access/canary.hpp"
#include "api/identities.hpp"
#include "modules/operator_desk/operator_desk.hpp"
#include "modules/team/team.hpp"
#include "operator_desk_sql.hpp"
#include "shape/complete.hpp"

namespace atalaya::operator_desk {

struct TeamSize {
    TeamId id;
    Time created_at;
    std::int64_t members = 0;
    std::int64_t servers = 0;
};

struct GlassBreak {
    TeamId team;
    std::string reason;
    std::int64_t minutes = 0;
};

/// The team as it was called then.
struct GrantTeam {
    TeamId id;
    std::string name;
};

/// One team opened to one operator.
struct Grant {
    Uuid id;
    GrantTeam team;
    std::string operator_name;
    std::string reason;
    Time started_at;
    Time expires_at;
    std::optional<Time> ended_at;
    bool active = false;
};

/// The sealed body of a grant.
struct GrantBody {
    std::string operator_name;
    std::string reason;
    std::string team_name;
};

} // namespace atalaya::operator_desk

namespace atalaya::shape {
template <>
struct Described<operator_desk::GrantTeam> {
    static const Shape shape;
};
} // namespace atalaya::shape

namespace atalaya::operator_desk {
namespace {

using access::Permission;
using api::Audience;
using api::endpoint;
using api::Verb;
using shape::field;
using shape::names_every_member;

constexpr std::array team_fields{
    field<&TeamSize::id>("id", "The team; what it is called is the team's own affair."),
    field<&TeamSize::created_at>("created_at", "When it was made."),
    field<&TeamSize::members>("members", "How many belong to it."),
    field<&TeamSize::servers>("servers", "How many servers it has."),
};
static_assert(names_every_member<TeamSize>(team_fields));

constexpr std::array break_fields{
    field<&GlassBreak::team>("team", "The team to be opened."),
    field<&GlassBreak::reason>("reason", "Why; the team reads it.", shape::length(10, 500)),
    field<&GlassBreak::minutes>("minutes", "For how long.", shape::range(1, 60)),
};
static_assert(names_every_member<GlassBreak>(break_fields));

constexpr std::array grant_team_fields{
    field<&GrantTeam::id>("id", "The team."),
    field<&GrantTeam::name>("name", "What it was called then."),
};
static_assert(names_every_member<GrantTeam>(grant_team_fields));

constexpr std::array grant_fields{
    field<&Grant::id>("id", "The opening."),
    field<&Grant::team>("team", "The team."),
    field<&Grant::operator_name>("operator", "Who opened it."),
    field<&Grant::reason>("reason", "Why."),
    field<&Grant::started_at>("started_at", "Since when."),
    field<&Grant::expires_at>("expires_at", "Until when at the latest."),
    field<&Grant::ended_at>("ended_at", "When it was ended before that."),
    field<&Grant::active>("active", "Whether it is open now."),
};
static_assert(names_every_member<Grant>(grant_fields));

constexpr std::array body_fields{
    field<&GrantBody::operator_name>("operator", "Who."),
    field<&GrantBody::reason>("reason", "Why."),
    field<&GrantBody::team_name>("team", "What it was called then."),
};
static_assert(names_every_member<GrantBody>(body_fields));

constexpr std::string_view body_purpose = "break_glass.body";

} // namespace
} // namespace atalaya::operator_desk

namespace atalaya::shape {
template <>
struct Described<operator_desk::TeamSize> {
    static const Shape shape;
};
const Shape Described<operator_desk::TeamSize>::shape{"OperatorTeam", operator_desk::team_fields};
template <>
struct Described<operator_desk::GlassBreak> {
    static const Shape shape;
};
const Shape Described<operator_desk::GlassBreak>::shape{"GlassBreak", operator_desk::break_fields};
const Shape Described<operator_desk::GrantTeam>::shape{"GrantTeam",
                                                       operator_desk::grant_team_fields};
template <>
struct Described<operator_desk::Grant> {
    static const Shape shape;
};
const Shape Described<operator_desk::Grant>::shape{"Grant", operator_desk::grant_fields};
template <>
struct Described<operator_desk::GrantBody> {
    static const Shape shape;
};
const Shape Described<operator_desk::GrantBody>::shape{"GrantBody", operator_desk::body_fields};
} // namespace atalaya::shape

namespace atalaya::operator_desk {
namespace {

constexpr api::Listing team_listing{{"created_at", "members", "servers"}, "-created_at", {}};
constexpr api::Listing user_listing{
    {"name", "email", "created_at"}, "email", {"is_operator", "second_factor", "disabled"}};
constexpr api::Listing grant_listing{{"started_at", "expires_at"}, "-started_at", {"active"}};

api::Page<TeamSize> list_teams(api::Call& call) {
    const db::Scope own = call.tx.scope();
    std::vector<TeamSize> teams;
    for (const db::Row row : call.tx.query(sql::operator_desk::list_teams)) {
        const auto team = row.get<TeamId>("team_id");
        if (!access::is_canary(team))
            teams.push_back({team, row.get<Time>("created_at")});
    }
    for (TeamSize& team : teams) {
        call.tx.enter({team.id, own.actor});
        const db::Row counts =
            call.tx.query_one(sql::operator_desk::count_team, {{"team_id", team.id}});
        team.members = counts.get<std::int64_t>("members");
        team.servers = counts.get<std::int64_t>("servers");
    }
    call.tx.enter(own);
    return api::list_from(teams, call.query(), team_listing);
}

api::Page<Account> list_users(api::Call& call) {
    return api::list_from(list_accounts(call.tx, call.services.keyring), call.query(),
                          user_listing);
}

void forget_after_commit(api::Call& call, UserId user) {
    call.after_commit(
        [&identities = call.services.identities, user] { identities.forget_user(user); });
}

api::NoContent disable_user(api::Call& call) {
    const auto user = call.path().id<UserId>("user");
    if (user == call.caller().user)
        throw Problem(problems::conflict).detail("You cannot disable your own account.");
    disable_account(call.tx, call.recorder, user);
    forget_after_commit(call, user);
    return {};
}

api::NoContent enable_user(api::Call& call) {
    enable_account(call.tx, call.recorder, call.path().id<UserId>("user"));
    return {};
}

Grant read_grant(api::Call& call, const db::Row& row) {
    Grant grant;
    grant.id = row.get<Uuid>("id");
    grant.team.id = row.get<TeamId>("team_id");
    grant.started_at = row.get<Time>("started_at");
    grant.expires_at = row.get<Time>("expires_at");
    grant.ended_at = row.get<std::optional<Time>>("ended_at");
    grant.active = row.get<bool>("active");
    const auto plain = call.services.keyring.open_sealed(grant.team.id, body_purpose, grant.id,
                                                         row.get<Bytes>("body"));
    if (plain) {
        auto body = shape::read_stored<GrantBody>(shape::parse_json(as_text(*plain)).value());
        grant.operator_name = std::move(body.operator_name);
        grant.reason = std::move(body.reason);
        grant.team.name = std::move(body.team_name);
    }
    return grant;
}

/// On the record of the team that it concerns, and of the platform.
void record_both(api::Call& call, const char* action, const Grant& grant,
                 const shape::Json& changes) {
    const db::Scope own = call.tx.scope();
    for (const TeamId chain : {grant.team.id, platform_team}) {
        call.tx.enter({chain, own.actor});
        call.record(action, "break_glass", grant.id, changes, grant.operator_name);
    }
    call.tx.enter(own);
}

bool exists_team(api::Call& call, TeamId team) {
    if (access::is_canary(team))
        return false;
    for (const db::Row row : call.tx.query(sql::operator_desk::list_teams)) {
        if (row.get<TeamId>("team_id") == team)
            return true;
    }
    return false;
}

api::Created<Grant> break_glass(api::Call& call, const GlassBreak& in) {
    if (!exists_team(call, in.team))
        throw Problem(problems::invalid).at("/team", "unknown", "There is no such team.");
    const db::Scope own = call.tx.scope();
    const access::Caller& caller = call.caller();
    Grant grant;
    grant.id = call.services.random.uuid();
    grant.team.id = in.team;
    grant.operator_name = caller.name;
    grant.reason = in.reason;
    grant.active = true;
    call.tx.enter({in.team, caller.user});
    grant.team.name = team::get_team(call).name;
    const std::string body = shape::write_json(
        shape::to_json(GrantBody{grant.operator_name, grant.reason, grant.team.name}));
    const db::Row made = call.tx.query_one(
        sql::operator_desk::insert_grant,
        {{"team_id", in.team},
         {"id", grant.id},
         {"user_id", caller.user},
         {"minutes", in.minutes},
         {"body", call.services.keyring.seal(in.team, body_purpose, grant.id, as_bytes(body))}});
    grant.started_at = made.get<Time>("started_at");
    grant.expires_at = made.get<Time>("expires_at");
    call.tx.enter(own);
    record_both(call, "operator.break_glass", grant, shape::all_added(grant));
    forget_after_commit(call, caller.user);
    return {std::move(grant)};
}

api::Page<Grant> list_own_grants(api::Call& call) {
    std::vector<Grant> grants;
    for (const db::Row row :
         call.tx.query(sql::operator_desk::list_own_grants, {{"user_id", call.caller().user}}))
        grants.push_back(read_grant(call, row));
    return api::list_from(grants, call.query(), grant_listing);
}

api::NoContent end_grant(api::Call& call) {
    const db::Scope own = call.tx.scope();
    Grant grant;
    grant.id = call.path().uuid("grant");
    const auto row = call.tx.query_optional(sql::operator_desk::find_own_grant,
                                            {{"id", grant.id}, {"user_id", call.caller().user}});
    if (!row)
        throw Problem(problems::not_found);
    grant.team.id = row->get<TeamId>("team_id");
    grant.operator_name = call.caller().name;
    call.tx.enter({grant.team.id, own.actor});
    call.tx.defer(sql::operator_desk::end_grant, {{"team_id", grant.team.id}, {"id", grant.id}});
    call.tx.enter(own);
    record_both(call, "operator.break_glass_end", grant, {});
    forget_after_commit(call, own.actor);
    return {};
}

api::Page<Grant> list_grants(api::Call& call) {
    std::vector<Grant> grants;
    for (const db::Row row :
         call.tx.query(sql::operator_desk::list_grants, {{"team_id", call.team()}}))
        grants.push_back(read_grant(call, row));
    return api::list_from(grants, call.query(), grant_listing);
}

constexpr std::array table{
    endpoint<list_teams>(Verb::get, "/admin/teams", Audience::operator_only, std::nullopt,
                         "Which teams there are and how large, without their names.")
        .with_listing(team_listing),
    endpoint<list_users>(Verb::get, "/admin/users", Audience::operator_only, std::nullopt,
                         "The accounts of the installation.")
        .with_listing(user_listing),
    endpoint<disable_user>(Verb::post, "/admin/users/{user}/disable", Audience::operator_only,
                           std::nullopt, "Shut an account: its sessions end, none can be opened.")
        .with_step_up(),
    endpoint<enable_user>(Verb::post, "/admin/users/{user}/enable", Audience::operator_only,
                          std::nullopt, "Open an account again.")
        .with_step_up(),
    endpoint<list_own_grants>(Verb::get, "/admin/break-glass", Audience::operator_only,
                              std::nullopt, "Where you broke glass.")
        .with_listing(grant_listing),
    endpoint<break_glass>(Verb::post, "/admin/break-glass", Audience::operator_only, std::nullopt,
                          "Read a team's data for a while, on the team's own record.")
        .with_step_up(),
    endpoint<end_grant>(Verb::del, "/admin/break-glass/{grant}", Audience::operator_only,
                        std::nullopt, "End it before its time."),
    api::team_endpoint<list_grants>(Verb::get, "/teams/{team}/break-glass", Permission::audit_read,
                                    "When operators read the team's data, and why.")
        .with_listing(grant_listing),
};

} // namespace

std::span<const api::Endpoint> endpoints() { return table; }

} // namespace atalaya::operator_desk
