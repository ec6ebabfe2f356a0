#include "access/permission.hpp"

#include "base/check.hpp"

namespace atalaya::access {
namespace {

using enum Permission;
using enum Role;

/// Promise H1 and the matrix of the design, row by row. The test restates it by hand.
constexpr std::array table{
    PermissionEntry{team_read, "team.read", "See the team's name and settings", viewer,
                    "team:read"},
    PermissionEntry{team_update, "team.update", "Rename the team", admin},
    PermissionEntry{team_delete, "team.delete", "Delete the team", owner},
    PermissionEntry{team_transfer, "team.transfer", "Hand the team to another owner", owner},
    PermissionEntry{team_security, "team.security", "Require 2FA and limit sessions", owner},
    PermissionEntry{team_export, "team.export", "Export all data of the team", owner},
    PermissionEntry{members_read, "members.read", "See who belongs to the team", viewer,
                    "members:read"},
    PermissionEntry{members_manage, "members.manage", "Invite and remove members, set roles",
                    admin},
    PermissionEntry{servers_read, "servers.read", "See servers", viewer, "servers:read"},
    PermissionEntry{servers_manage, "servers.manage",
                    "Add, change and remove servers and agent tokens", admin, "servers:write"},
    PermissionEntry{services_read, "services.read", "See services", viewer, "services:read"},
    PermissionEntry{domains_read, "domains.read", "See domains", viewer, "domains:read"},
    PermissionEntry{domains_write, "domains.write", "Add, change and remove domains", member,
                    "domains:write"},
    PermissionEntry{metrics_read, "metrics.read", "See metrics", viewer, "metrics:read"},
    PermissionEntry{metrics_write, "metrics.write", "Send metrics in", member, "metrics:write"},
    PermissionEntry{logs_read, "logs.read", "See logs", viewer, "logs:read"},
    PermissionEntry{incidents_read, "incidents.read", "See incidents", viewer, "incidents:read"},
    PermissionEntry{incidents_write, "incidents.write", "Open and acknowledge incidents", member,
                    "incidents:write"},
    PermissionEntry{dashboards_read, "dashboards.read", "See dashboards", viewer,
                    "dashboards:read"},
    PermissionEntry{dashboards_write, "dashboards.write", "Create and change dashboards", member,
                    "dashboards:write"},
    PermissionEntry{alert_rules_read, "alert_rules.read", "See alert rules", viewer,
                    "alert_rules:read"},
    PermissionEntry{alert_rules_write, "alert_rules.write", "Create and change alert rules", member,
                    "alert_rules:write"},
    PermissionEntry{monitors_read, "monitors.read", "See monitors", viewer, "monitors:read"},
    PermissionEntry{monitors_write, "monitors.write", "Create and change monitors", member,
                    "monitors:write"},
    PermissionEntry{inventory_read, "inventory.read", "See assets, vendors, people and access",
                    viewer, "inventory:read"},
    PermissionEntry{inventory_write, "inventory.write", "Change assets, vendors, people and access",
                    member, "inventory:write"},
    PermissionEntry{edge_read, "edge.read", "See sites, appliances, their events and images",
                    viewer, "edge:read"},
    PermissionEntry{edge_manage, "edge.manage", "Add and change sites and appliances", admin,
                    "edge:write"},
    PermissionEntry{activity_read, "activity.read", "See what people did in connected services",
                    viewer, "activity:read"},
    PermissionEntry{channels_manage, "channels.manage", "Manage notification channels", admin,
                    "channels:write"},
    PermissionEntry{webhooks_manage, "webhooks.manage", "Manage webhooks", admin, "webhooks:write"},
    PermissionEntry{status_pages_manage, "status_pages.manage", "Manage status pages", admin,
                    "status_pages:write"},
    PermissionEntry{api_keys_manage, "api_keys.manage", "Manage API keys", admin},
    PermissionEntry{api_keys_transfer, "api_keys.transfer", "Hand API keys to other members",
                    owner},
    PermissionEntry{retention_manage, "retention.manage", "Set how long data is kept", admin,
                    "retention:write"},
    PermissionEntry{audit_read, "audit.read", "Read the audit log", admin, "audit:read"},
    PermissionEntry{audit_verify, "audit.verify", "Verify the audit chain", admin, "audit:read"},
    PermissionEntry{audit_export, "audit.export", "Export the audit log", admin, "audit:export"},
    PermissionEntry{audit_erase, "audit.erase", "Erase what an event says, for good", owner},
    PermissionEntry{billing_manage, "billing.manage", "Manage billing and subscription", owner},
};

constexpr bool is_in_order() {
    for (std::size_t i = 0; i < table.size(); ++i) {
        if (table[i].permission != static_cast<Permission>(i))
            return false;
    }
    return true;
}
static_assert(is_in_order(), "the table is indexed by the permission");
static_assert(table.size() == static_cast<std::size_t>(billing_manage) + 1,
              "a permission lacks its row");

constexpr bool is_scope_new(std::size_t row) {
    for (std::size_t i = 0; i < row; ++i) {
        if (table[i].scope == table[row].scope)
            return false;
    }
    return !table[row].scope.empty();
}
constexpr std::size_t count_scopes() {
    std::size_t count = 0;
    for (std::size_t i = 0; i < table.size(); ++i)
        count += is_scope_new(i) ? 1 : 0;
    return count;
}
constexpr auto scope_list = [] {
    std::array<std::string_view, count_scopes()> out;
    std::size_t next = 0;
    for (std::size_t i = 0; i < table.size(); ++i) {
        if (is_scope_new(i))
            out[next++] = table[i].scope;
    }
    return out;
}();

} // namespace

const PermissionEntry& permission_entry(Permission permission) {
    const auto index = static_cast<std::size_t>(permission);
    CHECK_REQUEST(index < table.size());
    return table[index];
}

std::span<const PermissionEntry> permission_table() { return table; }

std::span<const std::string_view> scopes() { return scope_list; }

std::string_view permission_name(Permission permission) {
    return permission_entry(permission).name;
}

bool permits(Role role, Permission permission) {
    return role <= permission_entry(permission).least;
}

std::vector<std::string_view> capabilities(Role role) {
    std::vector<std::string_view> out;
    for (const PermissionEntry& row : table) {
        if (role <= row.least)
            out.push_back(row.name);
    }
    return out;
}

} // namespace atalaya::access
