#include "modules/server/server.hpp"
#include "shape/complete.hpp"

namespace atalaya::server {
namespace {

using shape::field;
using shape::length;
using shape::names_every_member;

constexpr std::array draft_fields{
    field<&ServerDraft::name>("name", "Unique in the team, whatever its case.", length(1, 120)),
    field<&ServerDraft::note>("note", "Free text.", length(0, 2000)),
};
static_assert(names_every_member<ServerDraft>(draft_fields));

constexpr std::array facts_fields{
    field<&Facts::hostname>("hostname", "As the machine calls itself."),
    field<&Facts::os>("os", "Operating system."),
    field<&Facts::kernel>("kernel", "Kernel release."),
    field<&Facts::architecture>("architecture", "Of the processor."),
    field<&Facts::cores>("cores", "Processors online."),
    field<&Facts::memory_bytes>("memory_bytes", "Main memory."),
    field<&Facts::boot_time>("boot_time", "When it was last started."),
    field<&Facts::addresses>("addresses", "Addresses of its interfaces."),
    field<&Facts::policy_hash>("policy_hash", "Hash of what the agent may read and run."),
};
static_assert(names_every_member<Facts>(facts_fields));

constexpr std::array usage_fields{
    field<&Usage::cpu_percent>("cpu_percent", "Busy share of all processors."),
    field<&Usage::memory_percent>("memory_percent", "Used share of the main memory."),
    field<&Usage::disk_percent>("disk_percent", "Used share of the fullest filesystem."),
};
static_assert(names_every_member<Usage>(usage_fields));

constexpr std::array server_fields{
    field<&Server::id>("id", "The server."),
    field<&Server::revision>("revision", "Grows with every change."),
    field<&Server::created_at>("created_at", "When it was added."),
    field<&Server::updated_at>("updated_at", "When it was last changed."),
    field<&Server::name>("name", "Unique in the team."),
    field<&Server::note>("note", "Free text."),
    field<&Server::status>("status", "pending until the first report; up while reports come."),
    field<&Server::last_seen_at>("last_seen_at", "When the agent last reported."),
    field<&Server::agent_version>("agent_version", "Version of the agent."),
    field<&Server::facts>("facts", "What the agent says of the machine."),
    field<&Server::usage>("usage", "How busy it was at the last report."),
};
static_assert(names_every_member<Server>(server_fields));

} // namespace
} // namespace atalaya::server

namespace atalaya::shape {
const Shape Described<server::ServerDraft>::shape{"ServerDraft", server::draft_fields};
const Shape Described<server::Facts>::shape{"ServerFacts", server::facts_fields};
const Shape Described<server::Usage>::shape{"ServerUsage", server::usage_fields};
const Shape Described<server::Server>::shape{"Server", server::server_fields};
} // namespace atalaya::shape
