// Who may do what in the stand-in: the number counts roles from the strongest.
const permissions = [
  ["team.read", "See the team", 4],
  ["team.update", "Change the team's name and settings", 2],
  ["members.read", "See the members", 4],
  ["members.manage", "Invite and remove members", 2],
  ["servers.read", "See servers and their facts", 4],
  ["servers.manage", "Add, change and delete servers", 3],
  ["metrics.read", "See measurements", 4],
  ["audit.read", "Read the audit log", 2],
  ["audit.verify", "Verify the audit chain", 2],
];
export const roles = ["owner", "admin", "member", "viewer"];
export const matrix = permissions.map(([name, description, count]) => {
  return { name, description, roles: roles.slice(0, count) };
});
