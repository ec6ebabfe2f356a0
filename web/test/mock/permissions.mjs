// Who may do what in the stand-in: the number counts roles from the strongest; last the scope with
// which a key may do it too.
const permissions = [
  ["team.read", "See the team's name and settings", 4, "team:read"],
  ["team.update", "Rename the team", 2],
  ["team.delete", "Delete the team", 1],
  ["team.transfer", "Hand the team to another owner", 1],
  ["team.security", "Require 2FA and limit sessions", 1],
  ["team.export", "Export all data of the team", 1],
  ["members.read", "See who belongs to the team", 4, "members:read"],
  ["members.manage", "Invite and remove members, set roles", 2],
  ["servers.read", "See servers", 4, "servers:read"],
  ["servers.manage", "Add, change and remove servers and agent tokens", 2, "servers:write"],
  ["services.read", "See services", 4, "services:read"],
  ["domains.read", "See domains", 4, "domains:read"],
  ["domains.write", "Add, change and remove domains", 3, "domains:write"],
  ["metrics.read", "See metrics", 4, "metrics:read"],
  ["metrics.write", "Send metrics in", 3, "metrics:write"],
  ["logs.read", "See logs", 4, "logs:read"],
  ["incidents.read", "See incidents", 4, "incidents:read"],
  ["incidents.write", "Open and acknowledge incidents", 3, "incidents:write"],
  ["dashboards.read", "See dashboards", 4, "dashboards:read"],
  ["dashboards.write", "Create and change dashboards", 3, "dashboards:write"],
  ["alert_rules.read", "See alert rules", 4, "alert_rules:read"],
  ["alert_rules.write", "Create and change alert rules", 3, "alert_rules:write"],
  ["monitors.read", "See monitors", 4, "monitors:read"],
  ["monitors.write", "Create and change monitors", 3, "monitors:write"],
  ["inventory.read", "See assets, vendors, people and access", 4, "inventory:read"],
  ["inventory.write", "Change assets, vendors, people and access", 3, "inventory:write"],
  ["edge.read", "See sites, appliances, their events and images", 4, "edge:read"],
  ["edge.manage", "Add and change sites and appliances", 2, "edge:write"],
  ["activity.read", "See what people did in connected services", 4, "activity:read"],
  ["channels.manage", "Manage notification channels", 2, "channels:write"],
  ["webhooks.manage", "Manage webhooks", 2, "webhooks:write"],
  ["status_pages.manage", "Manage status pages", 2, "status_pages:write"],
  ["api_keys.manage", "Manage API keys", 2],
  ["api_keys.transfer", "Hand API keys to other members", 1],
  ["retention.manage", "Set how long data is kept", 2, "retention:write"],
  ["audit.read", "Read the audit log", 2, "audit:read"],
  ["audit.verify", "Verify the audit chain", 2, "audit:read"],
  ["audit.export", "Export the audit log", 2, "audit:export"],
  ["audit.erase", "Erase what an event says, for good", 1],
  ["billing.manage", "Manage billing and subscription", 1],
];
export const roles = ["owner", "admin", "member", "viewer"];
export const matrix = permissions.map(([name, description, count, scope = null]) => {
  return { name, description, roles: roles.slice(0, count), scope };
});
export const scopes = [...new Set(matrix.flatMap((permission) => permission.scope ?? []))];
