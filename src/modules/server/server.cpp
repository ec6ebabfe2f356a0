#include "modules/server/server.hpp"

#include "base/text.hpp"
#include "crypto/token.hpp"
#include "db/error.hpp"
#include "keyring/keyring.hpp"
#include "modules/server/server_rows.hpp"
#include "server_sql.hpp"
#include "telemetry/store.hpp"

namespace atalaya::server {
namespace {

constexpr std::string_view body_purpose = "server.body";
constexpr std::string_view facts_purpose = "server.facts";
constexpr std::string_view name_purpose = "server.name";
/// Three ticks and a little: one lost report is no outage.
constexpr Micros silence_max = std::chrono::seconds(35);

Status status_of(const api::Call& call, bool has_token, const std::optional<Time>& last_seen) {
    if (!last_seen)
        return Status::pending;
    return has_token && call.services.clock.now() - *last_seen <= silence_max ? Status::up
                                                                              : Status::down;
}

Facts to_facts(const wire::HostFacts& facts) {
    return {facts.hostname,
            facts.os,
            facts.kernel,
            facts.architecture,
            static_cast<std::int64_t>(facts.cores),
            static_cast<std::int64_t>(facts.memory_bytes),
            facts.boot_time,
            facts.addresses,
            facts.policy_hash};
}

std::optional<Usage> find_usage(api::Call& call, ServerId id) {
    const auto measured = call.services.telemetry.find_usage(call.tx, id);
    if (!measured)
        return std::nullopt;
    return to_usage(*measured);
}

template <class T>
std::optional<T> open_body(api::Call& call, std::string_view purpose, ServerId id,
                           const std::optional<Bytes>& body) {
    if (!body)
        return std::nullopt;
    const auto plain = call.services.keyring.open_sealed(call.tx.scope().team, purpose, id, *body);
    if (!plain)
        return std::nullopt;
    return shape::read_stored<T>(shape::parse_json(as_text(*plain)).value());
}

} // namespace

Usage to_usage(const telemetry::Usage& measured) {
    Usage usage;
    usage.cpu_percent = measured.cpu_percent;
    usage.disk_percent = measured.filesystem_percent;
    if (measured.memory_used_bytes && measured.memory_total_bytes &&
        *measured.memory_total_bytes > 0)
        usage.memory_percent = 100 * *measured.memory_used_bytes / *measured.memory_total_bytes;
    return usage;
}

SealedServer seal_server(api::Call& call, ServerId id, const ServerDraft& draft) {
    const TeamId team = call.tx.scope().team;
    keyring::Keyring& keyring = call.services.keyring;
    const std::string body = shape::write_json(shape::to_json(draft));
    return {keyring.blind_index(team, name_purpose, to_lower(draft.name)),
            keyring.seal(team, body_purpose, id, as_bytes(body))};
}

Server read_server(api::Call& call, const db::Row& row) {
    Server server;
    server.id = row.get<ServerId>("id");
    server.revision = row.get<std::int64_t>("revision");
    server.created_at = row.get<Time>("created_at");
    server.updated_at = row.get<Time>("updated_at");
    const auto draft =
        open_body<ServerDraft>(call, body_purpose, server.id, row.get<Bytes>("body"));
    CHECK_REQUEST(draft.has_value());
    server.name = draft->name;
    server.note = draft->note;
    server.last_seen_at = row.get<std::optional<Time>>("last_seen_at");
    server.status = status_of(call, row.get<bool>("has_token"), server.last_seen_at);
    server.agent_version = row.get<std::optional<std::string>>("agent_version");
    server.facts =
        open_body<Facts>(call, facts_purpose, server.id, row.get<std::optional<Bytes>>("facts"));
    if (server.status == Status::up)
        server.usage = find_usage(call, server.id);
    return server;
}

std::string put_token(api::Call& call, ServerId id) {
    const std::string token = crypto::make_token(call.services.random, "sha_");
    call.tx.defer(sql::server::put_token, {{"team_id", call.tx.scope().team},
                                           {"server_id", id},
                                           {"token_hash", crypto::token_hash(token)}});
    call.after_commit(
        [&identities = call.services.identities, id] { identities.forget_agent(id); });
    return token;
}

NewServer insert_server(api::Call& call, const ServerDraft& draft) {
    const ServerId id(call.services.random.uuid());
    const SealedServer sealed = seal_server(call, id, draft);
    NewServer added;
    try {
        const db::Row row =
            call.tx.query_one(sql::server::insert_server, {{"team_id", call.tx.scope().team},
                                                           {"id", id},
                                                           {"name_index", sealed.name_index},
                                                           {"body", sealed.body}});
        added.server.revision = row.get<std::int64_t>("revision");
        added.server.created_at = row.get<Time>("created_at");
        added.server.updated_at = row.get<Time>("updated_at");
    } catch (const db::Error& error) {
        refuse_taken_name(error);
        throw;
    }
    added.server.id = id;
    added.server.name = draft.name;
    added.server.note = draft.note;
    added.agent_token = put_token(call, id);
    call.record("server.create", "server", id, shape::all_added(draft), draft.name);
    return added;
}

void refuse_taken_name(const db::Error& error) {
    if (error.constraint() == "servers_name") {
        throw Problem(problems::name_taken)
            .at("/name", "taken", "Another server of this team has this name.");
    }
}

Server get_server(api::Call& call, ServerId id) {
    const auto row = call.tx.query_optional(sql::server::find_server,
                                            {{"team_id", call.tx.scope().team}, {"id", id}});
    if (!row)
        throw Problem(problems::not_found);
    return read_server(call, *row);
}

std::optional<api::AgentIdentity> find_agent(db::Connection& connection,
                                             const crypto::Hash& token_hash) {
    return db::transact(connection, {}, [&](db::Tx& tx) -> std::optional<api::AgentIdentity> {
        const auto row = tx.query_optional(sql::server::find_agent, {{"token_hash", token_hash}});
        if (!row)
            return std::nullopt;
        return api::AgentIdentity{row->get<TeamId>("team_id"), row->get<ServerId>("server_id")};
    });
}

void put_report(api::Call& call, ServerId id, Time seen_at, const wire::Push& push) {
    const TeamId team = call.tx.scope().team;
    std::optional<Bytes> facts;
    std::optional<std::string> version;
    if (push.facts) {
        const std::string body = shape::write_json(shape::to_json(to_facts(*push.facts)));
        facts = call.services.keyring.seal(team, facts_purpose, id, as_bytes(body));
        version = push.facts->agent_version;
        const bool known =
            call.tx.query_optional(sql::server::find_state, {{"team_id", team}, {"server_id", id}})
                .has_value();
        if (!known)
            call.record("server.first_report", "server", id, {}, get_server(call, id).name);
    }
    call.tx.defer(sql::server::put_state,
                  {{"team_id", team},
                   {"server_id", id},
                   {"seen_at", seen_at},
                   {"agent_version", version},
                   {"dropped_ticks", static_cast<std::int64_t>(push.dropped)},
                   {"facts", facts}});
}

} // namespace atalaya::server
