#include "access/permission.hpp"

#include "base/check.hpp"

namespace atalaya::access {
namespace {

using enum Permission;
using enum Role;

/// Promise H1 and the matrix of the design, row by row. The test restates it by hand.
constexpr std::array table{
    PermissionEntry{team_read, "team.read", "See the team's name and settings", viewer},
    PermissionEntry{team_update, "team.update", "Rename the team", admin},
    PermissionEntry{team_delete, "team.delete", "Delete the team", owner},
    PermissionEntry{team_transfer, "team.transfer", "Hand the team to another owner", owner},
    PermissionEntry{team_security, "team.security", "Require 2FA and limit addresses", owner},
    PermissionEntry{team_export, "team.export", "Export all data of the team", owner},
    PermissionEntry{members_read, "members.read", "See who belongs to the team", viewer},
    PermissionEntry{members_manage, "members.manage", "Invite and remove members, set roles",
                    admin},
    PermissionEntry{servers_read, "servers.read", "See servers", viewer},
    PermissionEntry{servers_manage, "servers.manage",
                    "Add, change and remove servers and agent tokens", admin},
    PermissionEntry{services_read, "services.read", "See services", viewer},
    PermissionEntry{domains_read, "domains.read", "See domains", viewer},
    PermissionEntry{domains_write, "domains.write", "Add, change and remove domains", member},
    PermissionEntry{metrics_read, "metrics.read", "See metrics", viewer},
    PermissionEntry{logs_read, "logs.read", "See logs", viewer},
    PermissionEntry{incidents_read, "incidents.read", "See incidents", viewer},
    PermissionEntry{incidents_write, "incidents.write", "Open and acknowledge incidents", member},
    PermissionEntry{dashboards_read, "dashboards.read", "See dashboards", viewer},
    PermissionEntry{dashboards_write, "dashboards.write", "Create and change dashboards", member},
    PermissionEntry{alert_rules_read, "alert_rules.read", "See alert rules", viewer},
    PermissionEntry{alert_rules_write, "alert_rules.write", "Create and change alert rules",
                    member},
    PermissionEntry{monitors_read, "monitors.read", "See monitors", viewer},
    PermissionEntry{monitors_write, "monitors.write", "Create and change monitors", member},
    PermissionEntry{inventory_read, "inventory.read", "See assets, vendors, people and access",
                    viewer},
    PermissionEntry{inventory_write, "inventory.write", "Change assets, vendors, people and access",
                    member},
    PermissionEntry{edge_read, "edge.read", "See sites, appliances, their events and images",
                    viewer},
    PermissionEntry{edge_manage, "edge.manage", "Add and change sites and appliances", admin},
    PermissionEntry{activity_read, "activity.read", "See what people did in connected services",
                    viewer},
    PermissionEntry{channels_manage, "channels.manage", "Manage notification channels", admin},
    PermissionEntry{webhooks_manage, "webhooks.manage", "Manage webhooks", admin},
    PermissionEntry{status_pages_manage, "status_pages.manage", "Manage status pages", admin},
    PermissionEntry{api_keys_manage, "api_keys.manage", "Manage API keys", admin},
    PermissionEntry{retention_manage, "retention.manage", "Set how long data is kept", admin},
    PermissionEntry{audit_read, "audit.read", "Read the audit log", admin},
    PermissionEntry{audit_verify, "audit.verify", "Verify the audit chain", admin},
    PermissionEntry{audit_export, "audit.export", "Export the audit log", admin},
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

const PermissionEntry& entry(Permission permission) {
    const auto index = static_cast<std::size_t>(permission);
    CHECK_REQUEST(index < table.size());
    return table[index];
}

} // namespace

std::span<const PermissionEntry> permission_table() { return table; }

std::string_view permission_name(Permission permission) { return entry(permission).name; }

bool permits(Role role, Permission permission) { return role <= entry(permission).least; }

std::vector<std::string_view> capabilities(Role role) {
    std::vector<std::string_view> out;
    for (const PermissionEntry& row : table) {
        if (role <= row.least)
            out.push_back(row.name);
    }
    return out;
}

} // namespace atalaya::access
