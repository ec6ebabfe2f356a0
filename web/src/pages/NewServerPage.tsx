// Add a server: a name, then one install command with a token that is shown this once, then the
// first report arrives while the reader watches.
import { useQuery, useQueryClient } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { useState } from "react";
import { api, send } from "../api/client";
import { serverQuery } from "../api/queries";
import type { Server } from "../api/types";
import { useTeamId } from "../shell/team";
import { buttonClass } from "../ui/Button";
import { Card } from "../ui/Card";
import { classes } from "../ui/classes";
import { Field } from "../ui/Field";
import { Form } from "../ui/Form";
import { PageHeader } from "../ui/PageHeader";
import { StatusShape } from "../ui/StatusMark";
import { Submit } from "../ui/Submit";
import { Time } from "../ui/Time";
import { InstallCommand } from "./InstallCommand";
import styles from "./NewServerPage.module.css";
import pages from "./pages.module.css";

type Created = { server: Server; token: string };

export function NewServerPage() {
  const team = useTeamId();
  const [created, setCreated] = useState<Created | null>(null);
  return (
    <>
      <PageHeader
        title={created ? `Add ${created.server.name}` : "Add server"}
        parent={
          <Link to="/teams/$team/servers" params={{ team }}>
            Servers
          </Link>
        }
      />
      <div className={classes(pages.page, pages.narrow)}>
        {created ? <Install created={created} /> : <NameForm onCreated={setCreated} />}
      </div>
    </>
  );
}

function NameForm({ onCreated }: { onCreated: (created: Created) => void }) {
  const team = useTeamId();
  const client = useQueryClient();
  return (
    <Card title="Name the server">
      <Form
        label="Add server"
        onSubmit={async ({ name = "", note }) => {
          const body = note ? { name, note } : { name };
          const made = await send(
            api.POST("/api/v1/teams/{team}/servers", { params: { path: { team } }, body }),
          );
          const { agent_token: token, ...server } = made;
          client.setQueryData(serverQuery(team, server.id).queryKey, server);
          void client.invalidateQueries({ queryKey: ["team", team, "servers"] });
          onCreated({ server, token });
        }}
      >
        <Field
          label="Name"
          name="name"
          maxLength={200}
          autoFocus
          autoComplete="off"
          placeholder="web-01"
          hint="How your team calls it. The host name is reported by the agent."
        />
        <Field label="Note" name="note" rows={2} optional maxLength={2000} />
        <div>
          <Submit look="primary" whileBusy="Adding">
            Add server
          </Submit>
        </div>
      </Form>
    </Card>
  );
}

function Install({ created }: { created: Created }) {
  return (
    <>
      <Card title="Run this on the machine">
        <InstallCommand token={created.token} />
      </Card>
      <FirstReport server={created.server} />
    </>
  );
}

/** Follows the new server. The live stream answers first; asking every 5 s covers its absence. */
function FirstReport({ server }: { server: Server }) {
  const team = useTeamId();
  const { data = server } = useQuery({
    ...serverQuery(team, server.id),
    refetchInterval: (query) => (query.state.data?.last_seen_at ? false : 5000),
  });
  const arrived = data.last_seen_at;
  return (
    <section className={styles.wait} data-arrived={Boolean(arrived)} aria-live="polite">
      <span className={styles.signal} aria-hidden="true">
        <StatusShape tone={arrived ? "up" : "pending"} />
      </span>
      <div>
        <p className={styles.title}>
          {arrived ? "First report received" : "Waiting for the first report"}
        </p>
        <p className="muted">
          {arrived ? (
            <>
              At <Time at={arrived} look="time" />
              {data.facts && `, from ${data.facts.hostname} (${data.facts.os})`}
            </>
          ) : (
            "It appears here within seconds of the agent's start. You may leave this page."
          )}
        </p>
      </div>
      <Link
        to="/teams/$team/servers/$server"
        params={{ team, server: server.id }}
        className={buttonClass(arrived ? "primary" : "plain")}
      >
        Open {server.name}
      </Link>
    </section>
  );
}
