#include "db/error.hpp"
#include "modules/server/live.hpp"
#include "modules/server/series.hpp"
#include "modules/server/server_rows.hpp"
#include "server_sql.hpp"
#include "shape/complete.hpp"
#include "telemetry/store.hpp"

namespace atalaya::server {

/// The answer to adding a server: the server, and once its agent's token.
struct ServerWithToken {
    ServerId id;
    std::int64_t revision = 0;
    Time created_at;
    Time updated_at;
    std::string name;
    std::optional<std::string> note;
    Status status = Status::pending;
    std::string agent_token;
};

struct AgentToken {
    std::string agent_token;
};

namespace {

using access::Permission;
using api::team_endpoint;
using api::Verb;
using shape::field;

constexpr std::array with_token_fields{
    field<&ServerWithToken::id>("id", "The server."),
    field<&ServerWithToken::revision>("revision", "Grows with every change."),
    field<&ServerWithToken::created_at>("created_at", "When it was added."),
    field<&ServerWithToken::updated_at>("updated_at", "When it was last changed."),
    field<&ServerWithToken::name>("name", "Unique in the team."),
    field<&ServerWithToken::note>("note", "Free text."),
    field<&ServerWithToken::status>("status", "pending until the first report."),
    field<&ServerWithToken::agent_token>("agent_token",
                                         "For the agent's configuration. Shown this once."),
};
static_assert(shape::names_every_member<ServerWithToken>(with_token_fields));

constexpr std::array token_fields{
    field<&AgentToken::agent_token>("agent_token",
                                    "For the agent's configuration. Shown this once."),
};
static_assert(shape::names_every_member<AgentToken>(token_fields));

} // namespace
} // namespace atalaya::server

namespace atalaya::shape {
template <>
struct Described<server::ServerWithToken> {
    static const Shape shape;
};
const Shape Described<server::ServerWithToken>::shape{"ServerWithToken", server::with_token_fields};
template <>
struct Described<server::AgentToken> {
    static const Shape shape;
};
const Shape Described<server::AgentToken>::shape{"AgentToken", server::token_fields};
} // namespace atalaya::shape

namespace atalaya::server {
namespace {

ServerId server_of(const api::Call& call) { return call.path().id<ServerId>("server"); }

constexpr api::Listing listing{
    {"name", "status", "last_seen_at", "created_at", "agent_version"}, "name", {"status"}};

api::Page<Server> list(api::Call& call) {
    std::vector<Server> servers;
    for (const db::Row row : call.tx.query(sql::server::list_servers, {{"team_id", call.team()}}))
        servers.push_back(read_server(call, row));
    return api::list_from(servers, call.query(), listing);
}

api::Created<ServerWithToken> create(api::Call& call, const ServerDraft& draft) {
    const NewServer added = insert_server(call, draft);
    const Server& server = added.server;
    return {{server.id, server.revision, server.created_at, server.updated_at, server.name,
             server.note, server.status, added.agent_token}};
}

Server get(api::Call& call) { return get_server(call, server_of(call)); }

Server update(api::Call& call, const shape::Patch<ServerDraft>& patch) {
    Server server = get_server(call, server_of(call));
    call.check_revision(server.revision);
    const ServerDraft before{server.name, server.note};
    ServerDraft after = before;
    patch.apply_to(after);
    const SealedServer sealed = seal_server(call, server.id, after);
    try {
        const auto row =
            call.tx.query_optional(sql::server::update_server, {{"team_id", call.team()},
                                                                {"id", server.id},
                                                                {"revision", server.revision},
                                                                {"name_index", sealed.name_index},
                                                                {"body", sealed.body}});
        if (!row)
            throw Problem(problems::stale_revision);
        server.revision = row->get<std::int64_t>("revision");
        server.updated_at = row->get<Time>("updated_at");
    } catch (const db::Error& error) {
        refuse_taken_name(error);
        throw;
    }
    server.name = after.name;
    server.note = after.note;
    call.record("server.update", "server", server.id, shape::changes(before, after), after.name);
    if (after.name != before.name)
        call.after_commit([&telemetry = call.services.telemetry, team = call.team(),
                           id = server.id] { telemetry.note_renamed(team, id); });
    return server;
}

api::NoContent remove(api::Call& call) {
    const Server server = get_server(call, server_of(call));
    call.check_revision(server.revision);
    const auto deleted =
        call.tx.query(sql::server::delete_server,
                      {{"team_id", call.team()}, {"id", server.id}, {"revision", server.revision}});
    if (deleted.affected() != 1)
        throw Problem(problems::stale_revision);
    call.services.telemetry.erase_server(call.tx, server.id);
    call.record("server.delete", "server", server.id,
                shape::all_removed(ServerDraft{server.name, server.note}), server.name);
    call.after_commit([&services = call.services, team = call.team(), id = server.id] {
        services.identities.forget_agent(id);
        services.telemetry.note_erased(team, id);
    });
    return {};
}

AgentToken replace_token(api::Call& call) {
    const Server server = get_server(call, server_of(call));
    AgentToken token{put_token(call, server.id)};
    call.record("server.token_replace", "server", server.id, {}, server.name);
    return token;
}

api::NoContent revoke_token(api::Call& call) {
    const Server server = get_server(call, server_of(call));
    const auto deleted = call.tx.query(sql::server::delete_token,
                                       {{"team_id", call.team()}, {"server_id", server.id}});
    if (deleted.affected() == 0)
        throw Problem(problems::not_found).detail("This server has no token.");
    call.record("server.token_revoke", "server", server.id, {}, server.name);
    call.after_commit(
        [&identities = call.services.identities, id = server.id] { identities.forget_agent(id); });
    return {};
}

constexpr std::array table{
    team_endpoint<list>(Verb::get, "/teams/{team}/servers", Permission::servers_read,
                        "The team's servers.")
        .with_listing(listing),
    team_endpoint<create>(Verb::post, "/teams/{team}/servers", Permission::servers_manage,
                          "Add a server; the answer holds its agent's token, once.")
        .with_secret_answer(),
    team_endpoint<get>(Verb::get, "/teams/{team}/servers/{server}", Permission::servers_read,
                       "One server."),
    team_endpoint<update>(Verb::patch, "/teams/{team}/servers/{server}", Permission::servers_manage,
                          "Rename a server or change its note.")
        .with_revision(),
    team_endpoint<remove>(Verb::del, "/teams/{team}/servers/{server}", Permission::servers_manage,
                          "Remove a server with its token and metrics.")
        .with_revision(),
    team_endpoint<replace_token>(Verb::post, "/teams/{team}/servers/{server}/token",
                                 Permission::servers_manage,
                                 "Replace the agent's token; the old one stops at once.")
        .with_secret_answer(),
    team_endpoint<revoke_token>(Verb::del, "/teams/{team}/servers/{server}/token",
                                Permission::servers_manage, "Revoke the agent's token."),
    team_endpoint<get_series>(Verb::get, "/teams/{team}/servers/{server}/series",
                              Permission::metrics_read,
                              "Metrics of a server over a range, down-sampled to max_points.")
        .with_parameters(series_parameters),
    team_endpoint<open_live>(
        Verb::get, "/teams/{team}/live", Permission::metrics_read,
        "Server-sent events: server states, new audit records, and with ?server= its metrics.")
        .with_parameters(live_parameters)
        .with_answer(200, "text/event-stream"),
};

} // namespace

std::span<const api::Endpoint> endpoints() { return table; }

} // namespace atalaya::server
