// What the team demands of its members' sessions. Only owners see and change it.
import { useQuery, useQueryClient } from "@tanstack/react-query";
import { api, send } from "../api/client";
import { meQuery, teamQuery } from "../api/queries";
import type { Team } from "../api/types";
import { showDone } from "../lib/notices";
import { Card } from "../ui/Card";
import { Field, Tick } from "../ui/Field";
import { Form } from "../ui/Form";
import { Submit } from "../ui/Submit";
import styles from "./TeamPage.module.css";

function numberOf(text: string | undefined): number | null {
  return text ? Number(text) : null;
}

export function TeamSecurity({ team }: { team: Team }) {
  const client = useQueryClient();
  const { data: me } = useQuery(meQuery);
  const mustSetUp = me?.user.second_factor === false && !team.require_2fa;
  return (
    <Card title="Security">
      <Form
        label="Team security"
        onSubmit={async (values) => {
          const body = {
            require_2fa: values.require_2fa === "on",
            session_idle_minutes: numberOf(values.session_idle_minutes),
            session_hours: numberOf(values.session_hours),
          };
          const params = { path: { team: team.id } };
          const headers = { "If-Match": `"${team.revision}"` };
          const changed = await send(
            api.PATCH("/api/v1/teams/{team}/security", { params, headers, body }),
          );
          client.setQueryData(teamQuery(team.id).queryKey, changed);
          void client.invalidateQueries({ queryKey: meQuery.queryKey });
          showDone("Team security changed");
        }}
      >
        <Tick
          name="require_2fa"
          label="Require a second factor of every member"
          defaultChecked={team.require_2fa}
          hint={
            mustSetUp
              ? "Set up a second factor for your own account first, or you would lock yourself out."
              : "Who has none is locked out of this team, at once, until one is set up."
          }
        />
        <div className={styles.limits}>
          <Field
            label="Unused sessions end, minutes"
            name="session_idle_minutes"
            type="number"
            min={5}
            max={43_200}
            optional
            defaultValue={team.session_idle_minutes ?? ""}
          />
          <Field
            label="All sessions end, hours"
            name="session_hours"
            type="number"
            min={1}
            max={720}
            optional
            defaultValue={team.session_hours ?? ""}
          />
        </div>
        <p className="faint">Left empty, the limits of the instance hold.</p>
        <div>
          <Submit>Save security</Submit>
        </div>
      </Form>
    </Card>
  );
}
