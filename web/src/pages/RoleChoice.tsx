// One role out of those that the reader may give, each with what it means.
import { type ChangeEvent, useState } from "react";
import type { Role } from "../api/types";
import { reachableRoles, roleWords } from "../lib/roles";
import { useMembership } from "../shell/team";
import { Field } from "../ui/Field";

export function RoleChoice({ chosen }: { chosen: Role }) {
  const own = useMembership()?.role ?? "viewer";
  const [role, setRole] = useState<Role>(chosen);
  return (
    <Field
      label="Role"
      name="role"
      value={role}
      onChange={(event: ChangeEvent<HTMLSelectElement>) => setRole(event.target.value as Role)}
      options={reachableRoles(own).map((value) => ({ value, label: value }))}
      hint={roleWords(role)}
    />
  );
}
