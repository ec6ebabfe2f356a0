// Begins a dashboard: from what the servers report, from a Grafana dashboard, or empty.
import { useQueryClient } from "@tanstack/react-query";
import { useNavigate } from "@tanstack/react-router";
import { useState } from "react";
import { makeDashboard } from "../../api/dashboards";
import { emptyBody } from "../../lib/dashboard";
import { serverTemplate } from "../../lib/dashboardTemplates";
import { useTeamId } from "../../shell/team";
import { Button } from "../../ui/Button";
import { Field } from "../../ui/Field";
import { Form } from "../../ui/Form";
import { DialogActions, Modal } from "../../ui/Overlay";
import { Segment } from "../../ui/Segment";
import { Submit } from "../../ui/Submit";
import { ImportForm } from "./ImportForm";

type Beginning = "server" | "grafana" | "empty";

const beginnings: readonly { value: Beginning; label: string }[] = [
  { value: "server", label: "This server" },
  { value: "grafana", label: "From Grafana" },
  { value: "empty", label: "Empty" },
];

const hints = {
  server:
    "CPU, memory, load, disks and network of one server, as its agent reports them. The server is chosen above the panels.",
  empty: "Panels are added in the editor.",
};

type Props = { open: boolean; onClose: () => void };

export function NewDashboard({ open, onClose }: Props) {
  const [from, setFrom] = useState<Beginning>("server");
  const team = useTeamId();
  const navigate = useNavigate();
  const goTo = (dashboard: string, edit?: true) => {
    onClose();
    const params = { team, dashboard };
    return navigate({ to: "/teams/$team/dashboards/$dashboard", params, search: { edit } });
  };
  return (
    <Modal open={open} onClose={onClose} title="New dashboard" wide={from === "grafana"}>
      <div>
        <Segment label="Begin with" value={from} options={beginnings} onChange={setFrom} />
      </div>
      {from === "grafana" ? (
        <ImportForm onMade={goTo} onClose={onClose} />
      ) : (
        <NewForm key={from} from={from} onMade={goTo} onClose={onClose} />
      )}
    </Modal>
  );
}

type FormProps = {
  from: Exclude<Beginning, "grafana">;
  onMade: (dashboard: string, edit?: true) => Promise<void>;
  onClose: () => void;
};

function NewForm({ from, onMade, onClose }: FormProps) {
  const team = useTeamId();
  const client = useQueryClient();
  return (
    <Form
      label="New dashboard"
      onSubmit={async ({ name = "", description = "" }) => {
        const body = from === "server" ? serverTemplate() : emptyBody;
        const made = await makeDashboard(client, team, { name, description, body });
        await onMade(made.id, from === "empty" ? true : undefined);
      }}
    >
      <Field
        label="Name"
        name="name"
        maxLength={200}
        autoComplete="off"
        defaultValue={from === "server" ? "This server" : ""}
        hint={hints[from]}
      />
      <Field label="Description" name="description" rows={2} maxLength={2000} optional />
      <DialogActions>
        <Button onClick={onClose}>Cancel</Button>
        <Submit look="primary" whileBusy="Making it">
          Make dashboard
        </Submit>
      </DialogActions>
    </Form>
  );
}
