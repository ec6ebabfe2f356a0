// The team: its name, its members, and what each role may do.
import { useQuery, useQueryClient } from "@tanstack/react-query";
import { Check } from "lucide-react";
import { api, send } from "../api/client";
import { problemOf } from "../api/problem";
import { membersQuery, meQuery, permissionsQuery, teamQuery } from "../api/queries";
import type { Team } from "../api/types";
import { showDone } from "../lib/notices";
import { useCan, useMembership, useTeamId } from "../shell/team";
import { Card } from "../ui/Card";
import { Field } from "../ui/Field";
import { Form } from "../ui/Form";
import { PageHeader } from "../ui/PageHeader";
import { ProblemNote } from "../ui/ProblemNote";
import { Submit } from "../ui/Submit";
import { Time } from "../ui/Time";
import pages from "./pages.module.css";
import { TableCard } from "./TableCard";
import styles from "./TeamPage.module.css";

export function TeamPage() {
  const team = useTeamId();
  const { data, error } = useQuery(teamQuery(team));
  const canRename = useCan("team.update");
  const canSeeMembers = useCan("members.read");
  return (
    <>
      <PageHeader title="Team" />
      <div className={pages.page}>
        {error && <ProblemNote problem={problemOf(error)} />}
        {data && canRename && <TeamName key={data.revision} team={data} />}
        {canSeeMembers && <Members />}
        <Roles />
      </div>
    </>
  );
}

function TeamName({ team }: { team: Team }) {
  const client = useQueryClient();
  return (
    <Card title="Name">
      <Form
        label="Rename the team"
        onSubmit={async ({ name = "" }) => {
          const params = { path: { team: team.id } };
          const headers = { "If-Match": `"${team.revision}"` };
          const changed = await send(
            api.PATCH("/api/v1/teams/{team}", { params, headers, body: { name } }),
          );
          client.setQueryData(teamQuery(team.id).queryKey, changed);
          await client.invalidateQueries({ queryKey: meQuery.queryKey });
          showDone("Team renamed", changed.name);
        }}
      >
        <div className={styles.inline}>
          <Field label="Team name" name="name" maxLength={200} defaultValue={team.name} />
          <Submit>Save</Submit>
        </div>
      </Form>
    </Card>
  );
}

function Members() {
  const members = useQuery(membersQuery(useTeamId()));
  return (
    <TableCard
      title="Members"
      note={members.data && `${members.data.data.length}`}
      query={members}
      columns={["Name", "E-mail", "Role", "Joined"]}
      rows={({ data }) =>
        data.map((member) => (
          <tr key={member.id}>
            <th scope="row">{member.name}</th>
            <td>{member.email}</td>
            <td>{member.role}</td>
            <td>
              <Time at={member.joined_at} />
            </td>
          </tr>
        ))
      }
    />
  );
}

/** The server's own permission table: the same one it decides by. */
function Roles() {
  const own = useMembership()?.role;
  const query = useQuery(permissionsQuery);
  return (
    <TableCard
      title="What each role may do"
      note={own && `you are ${own}`}
      className={styles.matrix}
      query={query}
      columns={["Permission", ...(query.data?.roles ?? [])]}
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
