// Where the team's record is sent as it grows: each collector with how far it is, why it fails if it
// does, and the acts on it.
import { queryOptions, useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { Plus } from "lucide-react";
import { useState } from "react";
import { api, send } from "../api/client";
import type { components } from "../api/schema";
import { plural } from "../lib/format";
import { showDone, showFailed } from "../lib/notices";
import { useTeamId } from "../shell/team";
import { Button, buttonClass } from "../ui/Button";
import { Confirm } from "../ui/Confirm";
import { CopyBlock } from "../ui/CopyBlock";
import { Field, Tick } from "../ui/Field";
import { Form } from "../ui/Form";
import { OnceDialog } from "../ui/OnceDialog";
import { DialogActions, Modal } from "../ui/Overlay";
import { PageHeader } from "../ui/PageHeader";
import { StatusPill } from "../ui/StatusMark";
import { Submit } from "../ui/Submit";
import { Ago } from "../ui/Time";
import { AuditAnchors } from "./AuditAnchors";
import { AuditWitnesses } from "./AuditWitnesses";
import pages from "./pages.module.css";
import { TableCard } from "./TableCard";

type Stream = components["schemas"]["AuditStream"];

const refreshMs = 4000;
const kinds = [
  { value: "webhook", label: "Webhook, signed (Standard Webhooks)" },
  { value: "syslog", label: "Syslog over TLS (RFC 5424)" },
];

const streamsQuery = (team: string) =>
  queryOptions({
    queryKey: ["team", team, "audit-streams"],
    queryFn: () =>
      send(api.GET("/api/v1/teams/{team}/audit/streams", { params: { path: { team } } })),
    refetchInterval: refreshMs,
  });

export function AuditStreamsPage() {
  const team = useTeamId();
  const client = useQueryClient();
  const streams = useQuery(streamsQuery(team));
  const [isAdding, setAdding] = useState(false);
  const [secret, setSecret] = useState<string | null>(null);
  const refresh = () => client.invalidateQueries({ queryKey: streamsQuery(team).queryKey });
  return (
    <>
      <PageHeader title="Audit streams">
        <Link to="/teams/$team/audit" params={{ team }} className={buttonClass()}>
          Audit log
        </Link>
        <Button look="primary" onClick={() => setAdding(true)}>
          <Plus aria-hidden="true" />
          Add stream
        </Button>
      </PageHeader>
      <div className={pages.page}>
        <TableCard
          title="Streams"
          note="Each event is sent at least once, with its id and its number in the chain."
          query={streams}
          columns={["Name", "Goes to", "State", "Waiting", "Last taken"]}
          hasActs
          rows={({ data }) => <Rows streams={data} onChange={refresh} />}
        />
        <AuditWitnesses />
        <AuditAnchors />
      </div>
      <AddDialog
        open={isAdding}
        onClose={() => setAdding(false)}
        onMade={(made) => {
          setAdding(false);
          setSecret(made);
          void refresh();
        }}
      />
      <OnceDialog
        open={secret !== null}
        title="The stream's signing secret"
        text="The collector checks each message with it. It is shown this once."
        tick="I have stored the secret"
        act="Done"
        onDone={() => setSecret(null)}
      >
        <CopyBlock label="Signing secret" text={secret ?? ""} />
      </OnceDialog>
    </>
  );
}

function Rows({ streams, onChange }: { streams: Stream[]; onChange: () => void }) {
  if (streams.length === 0) {
    return (
      <tr>
        <td colSpan={6} className="muted">
          The record is sent nowhere. Add your SIEM, and it has every event seconds later.
        </td>
      </tr>
    );
  }
  return streams.map((stream) => <Row key={stream.id} stream={stream} onChange={onChange} />);
}

const tones = { active: "up", failing: "down", paused: "pending" } as const;

function Row({ stream, onChange }: { stream: Stream; onChange: () => void }) {
  const team = useTeamId();
  const [isDeleting, setDeleting] = useState(false);
  const params = { path: { team, stream: stream.id } };
  const headers = { "If-Match": `"${stream.revision}"` };
  const pause = useMutation({
    mutationFn: (paused: boolean) =>
      send(
        api.PATCH("/api/v1/teams/{team}/audit/streams/{stream}", {
          params,
          headers,
          body: { paused },
        }),
      ),
    onError: showFailed,
    onSettled: onChange,
  });
  const test = useMutation({
    mutationFn: () =>
      send(api.POST("/api/v1/teams/{team}/audit/streams/{stream}/test", { params })),
    onSuccess: () => showDone("A test message is on its way", "How it went is told in the row."),
    onError: showFailed,
    onSettled: onChange,
  });
  const isPaused = stream.state === "paused";
  return (
    <tr>
      <th scope="row">{stream.name}</th>
      <td className="mono">{stream.url}</td>
      <td>
        <StatusPill tone={tones[stream.state as keyof typeof tones] ?? "pending"}>
          {stream.state}
        </StatusPill>
        {stream.failure && <div className="faint">{stream.failure}</div>}
        {stream.tested_at && (
          <div className="faint">
            Test <Ago at={stream.tested_at} />: {stream.test_failure ?? "taken"}
          </div>
        )}
      </td>
      <td className="num">{plural(stream.lag, "event")}</td>
      <td>{stream.delivered_at ? <Ago at={stream.delivered_at} /> : "–"}</td>
      <td>
        <div className={pages.acts}>
          <Button busy={test.isPending || stream.test_pending} onClick={() => test.mutate()}>
            Test
          </Button>
          <Button busy={pause.isPending} onClick={() => pause.mutate(!isPaused)}>
            {isPaused ? "Go on" : "Pause"}
          </Button>
          <Button look="quiet" onClick={() => setDeleting(true)}>
            Delete
          </Button>
        </div>
        <Confirm
          open={isDeleting}
          onClose={() => setDeleting(false)}
          title={`Delete the stream ${stream.name}?`}
          text="Nothing is sent there any more. What was sent stays with the collector."
          act="Delete stream"
          run={async () => {
            await send(
              api.DELETE("/api/v1/teams/{team}/audit/streams/{stream}", { params, headers }),
            );
            onChange();
          }}
        />
      </td>
    </tr>
  );
}

type AddProps = { open: boolean; onClose: () => void; onMade: (secret: string | null) => void };

function AddDialog({ open, onClose, onMade }: AddProps) {
  const team = useTeamId();
  return (
    <Modal open={open} onClose={onClose} title="Add a stream">
      <Form
        label="Add a stream"
        onSubmit={async ({ name = "", kind = "", url = "", from_start }) => {
          const body = {
            name: name.trim(),
            kind,
            url: url.trim(),
            from_start: from_start === "on",
          };
          const params = { path: { team } };
          const call = api.POST("/api/v1/teams/{team}/audit/streams", {
            params,
            body: body as never,
          });
          const made = await send(call);
          onMade(made.secret ?? null);
        }}
      >
        <Field label="Name" name="name" maxLength={120} autoFocus />
        <Field label="Kind" name="kind" options={kinds} />
        <Field
          label="Address"
          name="url"
          hint="https://siem.example.com/in, or syslog+tls://siem.example.com:6514"
        />
        <Tick label="Send the whole record, not only what happens from now" name="from_start" />
        <DialogActions>
          <Button onClick={onClose}>Cancel</Button>
          <Submit look="primary" whileBusy="Adding">
            Add stream
          </Submit>
        </DialogActions>
      </Form>
    </Modal>
  );
}
