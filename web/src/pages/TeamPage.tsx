// The team: its name, members, invitations, what it demands of its members, and which operators
// looked into it.
import { useQuery, useQueryClient } from "@tanstack/react-query";
import { Link, useNavigate } from "@tanstack/react-router";
import { useState } from "react";
import { api, send } from "../api/client";
import { problemOf } from "../api/problem";
import { breakGlassQuery, meQuery, teamQuery } from "../api/queries";
import type { Team } from "../api/types";
import { showDone } from "../lib/notices";
import { useCan, useTeamId } from "../shell/team";
import { Button, buttonClass } from "../ui/Button";
import { Card } from "../ui/Card";
import { Confirm } from "../ui/Confirm";
import { Field } from "../ui/Field";
import { Form } from "../ui/Form";
import { PageHeader } from "../ui/PageHeader";
import { ProblemNote } from "../ui/ProblemNote";
import { Submit } from "../ui/Submit";
import { Time } from "../ui/Time";
import { AgreementCard } from "./AgreementCard";
import { Invitations } from "./Invitations";
import { leaveTeam } from "./leaveTeam";
import { Members } from "./Members";
import pages from "./pages.module.css";
import { TableCard } from "./TableCard";
import styles from "./TeamPage.module.css";
import { TeamSecurity } from "./TeamSecurity";

export function TeamPage() {
  const team = useTeamId();
  const { data, error } = useQuery(teamQuery(team));
  const canRename = useCan("team.update");
  const canSeeMembers = useCan("members.read");
  const canInvite = useCan("members.manage");
  const canSecure = useCan("team.security");
  const canAudit = useCan("audit.read");
  return (
    <>
      <PageHeader title="Team">
        <Link to="/teams/$team/roles" params={{ team }} className={buttonClass()}>
          Roles and permissions
        </Link>
        {canSecure && (
          <Link to="/teams/$team/single-sign-on" params={{ team }} className={buttonClass()}>
            Single sign-on
          </Link>
        )}
        {data && <Leave team={data} />}
      </PageHeader>
      <div className={pages.page}>
        {error && <ProblemNote problem={problemOf(error)} />}
        {canSeeMembers && data && <Members team={data} />}
        {canInvite && <Invitations />}
        {data && canRename && <TeamName key={data.revision} team={data} />}
        {data && canSecure && <TeamSecurity key={`security ${data.revision}`} team={data} />}
        <AgreementCard />
        {canAudit && <BreakGlassPeriods />}
      </div>
    </>
  );
}

function Leave({ team }: { team: Team }) {
  const client = useQueryClient();
  const navigate = useNavigate();
  const [asked, setAsked] = useState(false);
  return (
    <>
      <Button onClick={() => setAsked(true)}>Leave team</Button>
      <Confirm
        open={asked}
        onClose={() => setAsked(false)}
        title={`Leave ${team.name}?`}
        text="You lose all access to this team at once. Only somebody who manages its members can invite you again."
        act="Leave team"
        run={async () => {
          await leaveTeam(team.id);
          await navigate({ to: "/account" });
          await client.invalidateQueries({ queryKey: meQuery.queryKey });
          showDone("You left the team", team.name);
        }}
      />
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

/** Operators cannot read a team's data without leaving a trace here and in its audit log. */
function BreakGlassPeriods() {
  const periods = useQuery(breakGlassQuery(useTeamId()));
  return (
    <TableCard
      title="Operators in this team"
      note="who of the operators opened it, why, and for how long"
      query={periods}
      columns={["Operator", "Reason", "From", "Until"]}
      rows={({ data }) =>
        data.length === 0 ? (
          <tr>
            <td colSpan={4} className="muted">
              No operator has ever opened this team.
            </td>
          </tr>
        ) : (
          data.map((period) => (
            <tr key={period.id}>
              <th scope="row">{period.operator}</th>
              <td>{period.reason}</td>
              <td>
                <Time at={period.started_at} />
              </td>
              <td>
                <Time at={period.ended_at ?? period.expires_at} />
              </td>
            </tr>
          ))
        )
      }
    />
  );
}
