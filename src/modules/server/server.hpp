// Servers: what their owners call them, the tokens of their agents, and what the agents reported.
//
// Functions run in the caller's transaction, in the team's scope. Name and note lie sealed under
// the team's key, and so do the reported facts.
#pragma once

#include "api/endpoint.hpp"
#include "api/identities.hpp"
#include "wire/frame.hpp"

namespace atalaya::server {

/// What a client may write.
struct ServerDraft {
    std::string name;
    std::optional<std::string> note;
};

enum class Status : std::uint8_t { pending, up, down };

/// What the agent says of its machine.
struct Facts {
    std::string hostname;
    std::string os;
    std::string kernel;
    std::string architecture;
    std::int64_t cores = 0;
    std::int64_t memory_bytes = 0;
    std::optional<Time> boot_time;
    std::vector<std::string> addresses;
    std::string policy_hash;
};

struct Usage {
    std::optional<double> cpu_percent;
    std::optional<double> memory_percent;
    std::optional<double> disk_percent;
};

struct Server {
    ServerId id;
    std::int64_t revision = 0;
    Time created_at;
    Time updated_at;
    std::string name;
    std::optional<std::string> note;
    Status status = Status::pending;
    std::optional<Time> last_seen_at;
    std::optional<std::string> agent_version;
    std::optional<Facts> facts;
    std::optional<Usage> usage;
};

std::span<const api::Endpoint> endpoints();

/// Adds a server and gives its agent's token, which is kept nowhere else. Throws Problem
/// `name_taken`.
struct NewServer {
    Server server;
    std::string agent_token;
};
NewServer insert_server(api::Call& call, const ServerDraft& draft);
/// Throws Problem `not_found`.
Server get_server(api::Call& call, ServerId id);

/// The look-up behind an agent's token. On a connection of the auth role.
std::optional<api::AgentIdentity> find_agent(db::Connection& connection,
                                             const crypto::Hash& token_hash);
/// Notes that the agent of this server reported at `seen_at`. The first report is an event.
void put_report(api::Call& call, ServerId id, Time seen_at, const wire::Push& push);

} // namespace atalaya::server

namespace atalaya::shape {
template <>
struct EnumNames<server::Status> {
    static constexpr std::array<std::pair<server::Status, std::string_view>, 3> names{
        {{server::Status::pending, "pending"},
         {server::Status::up, "up"},
         {server::Status::down, "down"}}};
};
template <>
struct Described<server::ServerDraft> {
    static const Shape shape;
};
template <>
struct Described<server::Facts> {
    static const Shape shape;
};
template <>
struct Described<server::Usage> {
    static const Shape shape;
};
template <>
struct Described<server::Server> {
    static const Shape shape;
};
} // namespace atalaya::shape
