// What each role may do, out of the server's own table, and the team as another role sees it.
import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { Check } from "lucide-react";
import { permissionsQuery } from "../api/queries";
import type { Permissions, Role } from "../api/types";
import { setView, useView } from "../lib/viewAs";
import { useOwnMembership, useTeamId } from "../shell/team";
import { PageHeader } from "../ui/PageHeader";
import { Segment } from "../ui/Segment";
import pages from "./pages.module.css";
import styles from "./RolesPage.module.css";
import { TableCard } from "./TableCard";

export function RolesPage() {
  const team = useTeamId();
  const own = useOwnMembership();
  const query = useQuery(permissionsQuery);
  const parent = (
    <Link to="/teams/$team/settings" params={{ team }}>
      Team
    </Link>
  );
  return (
    <>
      <PageHeader
        title="Roles and permissions"
        parent={parent}
        note={own && `you are ${own.role}`}
      />
      <div className={pages.page}>
        <p className="muted">
          The server decides every request by this table. An API key can do what its scopes name,
          and never more than who made it.
        </p>
        {own?.role === "owner" && query.data && <ViewAs permissions={query.data} />}
        <Matrix own={own?.role} query={query} />
      </div>
    </>
  );
}

function ViewAs({ permissions }: { permissions: Permissions }) {
  const team = useTeamId();
  const view = useView();
  const show = (role: Role) => {
    const granted = permissions.permissions.filter((one) => one.roles.includes(role));
    const capabilities = granted.map((one) => one.name);
    setView(role === "owner" ? null : { team, role, capabilities });
  };
  return (
    <div className={pages.row}>
      <span>See the team as</span>
      <Segment
        label="See the team as"
        value={view?.team === team ? view.role : "owner"}
        options={permissions.roles.map((role) => ({ value: role, label: role }))}
        onChange={show}
      />
    </div>
  );
}

type MatrixProps = {
  own: Role | undefined;
  query: { data: Permissions | undefined; error: Error | null };
};

function Matrix({ own, query }: MatrixProps) {
  return (
    <TableCard
      title="Permissions"
      className={styles.matrix}
      query={query}
      columns={["Permission", ...(query.data?.roles ?? []), "Key scope"]}
      rows={({ roles, permissions }) =>
        permissions.map((permission) => (
          <tr key={permission.name}>
            <th scope="row">
              {permission.description}
              <span className="mono faint">{permission.name}</span>
            </th>
            {roles.map((role) => (
              <td key={role} data-own={role === own || undefined}>
                <Granted granted={permission.roles.includes(role)} />
              </td>
            ))}
            <td>
              {permission.scope ? (
                <span className="mono">{permission.scope}</span>
              ) : (
                <span className="faint">no key</span>
              )}
            </td>
          </tr>
        ))
      }
    />
  );
}

function Granted({ granted }: { granted: boolean }) {
  if (granted) return <Check role="img" aria-label="yes" />;
  return (
    <span className="faint">
      –<span className="unseen">no</span>
    </span>
  );
}
