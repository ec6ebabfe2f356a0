// The order of roles, and what each may give. The server decides; the page offers no more.
import type { Role } from "../api/types";

const fromStrongest: readonly Role[] = ["owner", "admin", "member", "viewer"];

const words: Record<Role, string> = {
  owner: "Everything, with handing over and deleting the team",
  admin: "Members, keys, servers and the audit log",
  member: "Works with what is there, and changes it",
  viewer: "Sees, and changes nothing",
};

/** The roles that somebody with this role may give, and may take from others. */
export function reachableRoles(own: Role): Role[] {
  return fromStrongest.slice(fromStrongest.indexOf(own));
}

export function roleWords(role: Role): string {
  return words[role];
}
