// The team: its name, its members, and what each role may do.
import { useQuery, useQueryClient } from "@tanstack/react-query";
import { Check } from "lucide-react";
import { api, send } from "../api/client";
import { problemOf } from "../api/problem";
import { membersQuery, meQuery, permissionsQuery, teamQuery } from "../api/queries";
import type { Team } from "../api/types";
import { showDone } from "../lib/notices";
import { useCan, useMembership, useTeamId } from "../shell/team";
import { Button } from "../ui/Button";
import { Card } from "../ui/Card";
import { Loading } from "../ui/Empty";
import { Field } from "../ui/Field";
import { Form } from "../ui/Form";
import { PageHeader } from "../ui/PageHeader";
import { ProblemNote } from "../ui/ProblemNote";
import { Time } from "../ui/Time";
import pages from "./pages.module.css";
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
        {({ busy }) => (
          <div className={styles.inline}>
            <Field label="Team name" name="name" maxLength={200} defaultValue={team.name} />
            <Button type="submit" busy={busy}>
              Save
            </Button>
          </div>
        )}
      </Form>
    </Card>
  );
}

function Members() {
  const { data, error } = useQuery(membersQuery(useTeamId()));
  return (
    <Card title="Members" note={data && `${data.data.length}`} flush>
      {error && <ProblemNote problem={problemOf(error)} />}
      {!data && !error && <Loading what="members" />}
      {data && (
        // biome-ignore lint/a11y/noNoninteractiveTabindex: a scrollable area must take focus
        <section className={pages.scroll} tabIndex={0} aria-label="Members, scrollable">
          <table className={pages.plain}>
            <thead>
              <tr>
                <th scope="col">Name</th>
                <th scope="col">E-mail</th>
                <th scope="col">Role</th>
                <th scope="col">Joined</th>
              </tr>
            </thead>
            <tbody>
              {data.data.map((member) => (
                <tr key={member.id}>
                  <th scope="row">{member.name}</th>
                  <td>{member.email}</td>
                  <td>{member.role}</td>
                  <td>
                    <Time at={member.joined_at} />
                  </td>
                </tr>
              ))}
            </tbody>
          </table>
        </section>
      )}
    </Card>
  );
}

/** The server's own permission table: the same one it decides by. */
function Roles() {
  const own = useMembership()?.role;
  const { data, error } = useQuery(permissionsQuery);
  return (
    <Card title="What each role may do" note={own && `you are ${own}`} flush>
      {error && <ProblemNote problem={problemOf(error)} />}
      {!data && !error && <Loading what="roles" />}
      {data && (
        // biome-ignore lint/a11y/noNoninteractiveTabindex: a scrollable area must take focus
        <section className={pages.scroll} tabIndex={0} aria-label="Permissions by role">
          <table className={`${pages.plain} ${styles.matrix}`}>
            <thead>
              <tr>
                <th scope="col">Permission</th>
                {data.roles.map((role) => (
                  <th key={role} scope="col" data-own={role === own || undefined}>
                    {role}
                  </th>
                ))}
              </tr>
            </thead>
            <tbody>
              {data.permissions.map((permission) => (
                <tr key={permission.name}>
                  <th scope="row">
                    {permission.description}
                    <span className="mono faint">{permission.name}</span>
                  </th>
                  {data.roles.map((role) => (
                    <td key={role} data-own={role === own || undefined}>
                      {permission.roles.includes(role) ? (
                        <Check role="img" aria-label="yes" />
                      ) : (
                        <span className="faint">
                          –<span className="unseen">no</span>
                        </span>
                      )}
                    </td>
                  ))}
                </tr>
              ))}
            </tbody>
          </table>
        </section>
      )}
    </Card>
  );
}
