// Security incidents: what happened, which step is next, and by when others must be told.
import { useQuery, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { api, send } from "../api/client";
import { incidentsQuery } from "../api/queries";
import type { SecurityIncident } from "../api/types";
import { showDone } from "../lib/notices";
import { Button } from "../ui/Button";
import { Field } from "../ui/Field";
import { Form } from "../ui/Form";
import { DialogActions, Modal } from "../ui/Overlay";
import { Submit } from "../ui/Submit";
import { Time } from "../ui/Time";
import pages from "./pages.module.css";
import { TableCard } from "./TableCard";

const stepNames: Record<string, string> = {
  contain: "Contain",
  assess: "Assess",
  notify: "Notify",
  remediate: "Remediate",
  review: "Review",
  closed: "Closed",
};

export function Incidents() {
  const incidents = useQuery(incidentsQuery);
  const [isNew, setNew] = useState(false);
  const [asked, setAsked] = useState<SecurityIncident | null>(null);
  return (
    <>
      <TableCard
        title="Security incidents"
        note="each step is on the platform's record; the Trust page says how many there are"
        aside={<Button onClick={() => setNew(true)}>Record an incident</Button>}
        query={incidents}
        columns={["Incident", "Noticed", "Tell by", "Next step"]}
        hasActs
        rows={({ data }) =>
          data.length === 0 ? (
            <tr>
              <td colSpan={5} className="muted">
                None is recorded.
              </td>
            </tr>
          ) : (
            data.map((incident) => (
              <Row key={incident.id} incident={incident} onStep={() => setAsked(incident)} />
            ))
          )
        }
      />
      {isNew && <NewIncident onClose={() => setNew(false)} />}
      {asked && <StepDialog incident={asked} onClose={() => setAsked(null)} />}
    </>
  );
}

function Row({ incident, onStep }: { incident: SecurityIncident; onStep: () => void }) {
  const isClosed = incident.next_step === "closed";
  return (
    <tr>
      <th scope="row">{incident.title}</th>
      <td>
        <Time at={incident.noticed_at} />
      </td>
      <td>
        <Time at={incident.notify_by} />
      </td>
      <td>{stepNames[incident.next_step]}</td>
      <td>
        <div className={pages.acts}>
          <Button onClick={onStep}>{isClosed ? "Show" : "Open"}</Button>
        </div>
      </td>
    </tr>
  );
}

function NewIncident({ onClose }: { onClose: () => void }) {
  const client = useQueryClient();
  return (
    <Modal open onClose={onClose} title="Record a security incident">
      <p className="muted">From now run 72 hours to tell those who must be told.</p>
      <Form
        label="Record a security incident"
        onSubmit={async ({ title = "" }) => {
          await send(api.POST("/api/v1/admin/incidents", { body: { title } }));
          await client.invalidateQueries({ queryKey: incidentsQuery.queryKey });
          onClose();
          showDone("Incident recorded", title);
        }}
      >
        <Field label="What happened" name="title" maxLength={200} autoFocus />
        <DialogActions>
          <Button onClick={onClose}>Cancel</Button>
          <Submit look="primary">Record</Submit>
        </DialogActions>
      </Form>
    </Modal>
  );
}

function StepDialog({ incident, onClose }: { incident: SecurityIncident; onClose: () => void }) {
  const { id, title, next_step: step, steps } = incident;
  const client = useQueryClient();
  const isClosed = step === "closed";
  return (
    <Modal open onClose={onClose} title={title}>
      {steps.length > 0 && (
        <ol>
          {steps.map((one) => (
            <li key={one.step}>
              {stepNames[one.step]}, <Time at={one.done_at} /> by {one.by}: {one.note}
            </li>
          ))}
        </ol>
      )}
      {isClosed ? (
        <p className="muted">It is closed.</p>
      ) : (
        <Form
          label="Say what was done"
          onSubmit={async ({ note = "" }) => {
            const params = { path: { incident: id } };
            const body = { step, note };
            await send(api.POST("/api/v1/admin/incidents/{incident}/steps", { params, body }));
            await client.invalidateQueries({ queryKey: incidentsQuery.queryKey });
            onClose();
            showDone("Step recorded", stepNames[step]);
          }}
        >
          <Field
            label={`${stepNames[step]}: what was done`}
            name="note"
            rows={4}
            maxLength={4000}
            autoFocus
            hint={step === "notify" ? "Whom you told, or why nobody has to be told." : undefined}
          />
          <DialogActions>
            <Button onClick={onClose}>Cancel</Button>
            <Submit look="primary">Done</Submit>
          </DialogActions>
        </Form>
      )}
    </Modal>
  );
}
