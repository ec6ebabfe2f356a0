// Who cosigns the checkpoints of the team's record: each witness with how far it is, why it fails or
// refuses, and the acts on it.
import { queryOptions, useQuery, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { api, send } from "../api/client";
import type { components } from "../api/schema";
import { plural } from "../lib/format";
import { useTeamId } from "../shell/team";
import { Button } from "../ui/Button";
import { Confirm } from "../ui/Confirm";
import { Field } from "../ui/Field";
import { Form } from "../ui/Form";
import { DialogActions, Modal } from "../ui/Overlay";
import { StatusPill } from "../ui/StatusMark";
import { Submit } from "../ui/Submit";
import { Ago } from "../ui/Time";
import pages from "./pages.module.css";
import { TableCard } from "./TableCard";

type Witness = components["schemas"]["AuditWitness"];

const refreshMs = 4000;
const tones = { waiting: "pending", cosigning: "up", failing: "down", refused: "down" } as const;

const witnessesQuery = (team: string) =>
  queryOptions({
    queryKey: ["team", team, "audit-witnesses"],
    queryFn: () =>
      send(api.GET("/api/v1/teams/{team}/audit/witnesses", { params: { path: { team } } })),
    refetchInterval: refreshMs,
  });

export function AuditWitnesses() {
  const team = useTeamId();
  const client = useQueryClient();
  const witnesses = useQuery(witnessesQuery(team));
  const [isAdding, setAdding] = useState(false);
  const refresh = () => client.invalidateQueries({ queryKey: witnessesQuery(team).queryKey });
  return (
    <>
      <TableCard
        title="Witnesses"
        note="Each cosigns every checkpoint that continues what it saw before, and refuses any other."
        query={witnesses}
        columns={["Name", "Asked at", "State", "Cosigned", "Last time"]}
        hasActs
        aside={<Button onClick={() => setAdding(true)}>Add witness</Button>}
        rows={({ data }) => <Rows witnesses={data} onChange={refresh} />}
      />
      <AddDialog
        open={isAdding}
        onClose={() => setAdding(false)}
        onMade={() => {
          setAdding(false);
          void refresh();
        }}
      />
    </>
  );
}

function Rows({ witnesses, onChange }: { witnesses: Witness[]; onChange: () => void }) {
  if (witnesses.length === 0) {
    return (
      <tr>
        <td colSpan={6} className="muted">
          Nobody outside watches this record. Add a witness of your own, and not even this server
          can rewrite it unseen.
        </td>
      </tr>
    );
  }
  return witnesses.map((witness) => <Row key={witness.id} witness={witness} onChange={onChange} />);
}

function Row({ witness, onChange }: { witness: Witness; onChange: () => void }) {
  const team = useTeamId();
  const [isDeleting, setDeleting] = useState(false);
  const params = { path: { team, witness: witness.id } };
  const headers = { "If-Match": `"${witness.revision}"` };
  return (
    <tr>
      <th scope="row">{witness.name}</th>
      <td className="mono">{witness.url}</td>
      <td>
        <StatusPill tone={tones[witness.state as keyof typeof tones] ?? "pending"}>
          {witness.state}
        </StatusPill>
        {witness.failure && <div className="faint">{witness.failure}</div>}
      </td>
      <td className="num">{plural(witness.size, "event")}</td>
      <td>{witness.cosigned_at ? <Ago at={witness.cosigned_at} /> : "–"}</td>
      <td>
        <div className={pages.acts}>
          <Button look="quiet" onClick={() => setDeleting(true)}>
            Delete
          </Button>
        </div>
        <Confirm
          open={isDeleting}
          onClose={() => setDeleting(false)}
          title={`Delete the witness ${witness.name}?`}
          text="It is asked no more. What it cosigned stays with the record."
          act="Delete witness"
          run={async () => {
            await send(
              api.DELETE("/api/v1/teams/{team}/audit/witnesses/{witness}", { params, headers }),
            );
            onChange();
          }}
        />
      </td>
    </tr>
  );
}

type AddProps = { open: boolean; onClose: () => void; onMade: () => void };

function AddDialog({ open, onClose, onMade }: AddProps) {
  const team = useTeamId();
  return (
    <Modal open={open} onClose={onClose} title="Add a witness">
      <Form
        label="Add a witness"
        onSubmit={async ({ name = "", vkey = "", url = "" }) => {
          const body = { name: name.trim(), vkey: vkey.trim(), url: url.trim() };
          const params = { path: { team } };
          await send(api.POST("/api/v1/teams/{team}/audit/witnesses", { params, body }));
          onMade();
        }}
      >
        <Field label="Name" name="name" maxLength={120} autoFocus />
        <Field label="Key" name="vkey" hint="As the witness prints it: NAME+ID+BASE64" />
        <Field label="Address" name="url" hint="https://witness.example.com" />
        <DialogActions>
          <Button onClick={onClose}>Cancel</Button>
          <Submit look="primary" whileBusy="Adding">
            Add witness
          </Submit>
        </DialogActions>
      </Form>
    </Modal>
  );
}
