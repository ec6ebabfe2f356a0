// Who may do what: the one table of permissions and roles. Every route names one of these
// permissions, the page shows what they allow, `GET /api/v1/meta/permissions` publishes them, and
// the tests walk them.
//
// Pure; any thread.
#pragma once

#include "shape/codec.hpp"

#include <array>
#include <cstdint>
#include <span>
#include <string_view>
#include <vector>

namespace atalaya::access {

enum class Role : std::uint8_t { owner, admin, member, viewer };

/// Naming: what it is about, then read or the act.
enum class Permission : std::uint8_t {
    team_read,
    team_update,
    team_delete,
    team_transfer,
    team_security,
    team_export,
    members_read,
    members_manage,
    servers_read,
    servers_manage,
    services_read,
    domains_read,
    domains_write,
    metrics_read,
    metrics_write,
    logs_read,
    incidents_read,
    incidents_write,
    dashboards_read,
    dashboards_write,
    alert_rules_read,
    alert_rules_write,
    monitors_read,
    monitors_write,
    inventory_read,
    inventory_write,
    edge_read,
    edge_manage,
    activity_read,
    channels_manage,
    webhooks_manage,
    status_pages_manage,
    api_keys_manage,
    api_keys_transfer,
    retention_manage,
    audit_read,
    audit_verify,
    audit_export,
    audit_erase,
    billing_manage,
};

struct PermissionEntry {
    Permission permission;
    std::string_view name; ///< as in the API: servers.read
    std::string_view description;
    Role least; ///< roles are ordered: whoever ranks at least this high holds the permission
    /// What an API key needs for it (`servers:read`); empty: no key ever has it.
    std::string_view scope{};
};

std::span<const PermissionEntry> permission_table();
const PermissionEntry& permission_entry(Permission permission);
std::string_view permission_name(Permission permission);
bool permits(Role role, Permission permission);
/// Every scope that a key can have, in the table's order, without repetition.
std::span<const std::string_view> scopes();
/// Names of all that the role permits, in the table's order.
std::vector<std::string_view> capabilities(Role role);

} // namespace atalaya::access

template <>
struct atalaya::shape::EnumNames<atalaya::access::Role> {
    using Role = atalaya::access::Role;
    static constexpr std::array<std::pair<Role, std::string_view>, 4> names{
        {{Role::owner, "owner"},
         {Role::admin, "admin"},
         {Role::member, "member"},
         {Role::viewer, "viewer"}}};
};
