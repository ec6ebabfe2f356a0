// What was erased of a record, by whom and why; and the act itself, for those who may.
import { useQuery, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { api, send } from "../api/client";
import { auditRecordQuery } from "../api/queries";
import type { AuditRecord } from "../api/types";
import { actorName } from "../lib/describe";
import { type Basis, bases, basisName } from "../lib/erasure";
import { showDone } from "../lib/notices";
import { Can, useTeamId } from "../shell/team";
import { Button } from "../ui/Button";
import { Field } from "../ui/Field";
import { Form } from "../ui/Form";
import { DialogActions, Modal } from "../ui/Overlay";
import { StatusPill } from "../ui/StatusMark";
import { Submit } from "../ui/Submit";
import { Time } from "../ui/Time";
import styles from "./AuditPage.module.css";

type Props = { record: AuditRecord; onOpen: (seq: number) => void };

export function AuditErasure({ record, onOpen }: Props) {
  const { who_erased_by: who, what_erased_by: what } = record;
  if (who == null && what == null) return null;
  return (
    <section className={styles.erasure} aria-label="Erasure">
      {who != null && who === what && (
        <Erased what="What this record said" by={who} onOpen={onOpen} />
      )}
      {who != null && who !== what && <Erased what="Who did it" by={who} onOpen={onOpen} />}
      {what != null && who !== what && <Erased what="What changed" by={what} onOpen={onOpen} />}
    </section>
  );
}

export function EraseRecord({ record }: { record: AuditRecord }) {
  const isErased = record.who_erased_by != null && record.what_erased_by != null;
  if (isErased || record.action === "audit.tombstone") return null;
  return (
    <Can do="audit.erase">
      <div>
        <Erase key={record.seq} record={record} />
      </div>
    </Can>
  );
}

type ErasedProps = { what: string; by: number; onOpen: (seq: number) => void };

function Erased({ what, by, onOpen }: ErasedProps) {
  const { data: tombstone } = useQuery(auditRecordQuery(useTeamId(), by));
  const said = (field: string) =>
    tombstone?.changes.find((change) => change.field === field)?.after;
  const note = said("note");
  return (
    <div>
      <StatusPill tone="pending">{what} was erased; the chain holds without it</StatusPill>
      {tombstone && (
        <p className="muted">
          By {actorName(tombstone)}, <Time at={tombstone.at} />. {basisName(said("basis"))}
          {note ? `: ${String(note)}` : "."}
        </p>
      )}
      <Button onClick={() => onOpen(by)}>Record {by} says so</Button>
    </div>
  );
}

function Erase({ record }: { record: AuditRecord }) {
  const team = useTeamId();
  const client = useQueryClient();
  const [asked, setAsked] = useState(false);
  const left = [
    { value: "both", label: "Both" },
    { value: "who", label: "Who did it, and from where" },
    { value: "what", label: "What changed" },
  ].filter(
    ({ value }) =>
      (value !== "who" || record.who_erased_by == null) &&
      (value !== "what" || record.what_erased_by == null) &&
      (value !== "both" || (record.who_erased_by == null && record.what_erased_by == null)),
  );
  return (
    <>
      <Button look="danger" onClick={() => setAsked(true)}>
        Erase what it says
      </Button>
      {asked && (
        <Modal open onClose={() => setAsked(false)} title={`Erase what record ${record.seq} says`}>
          <p className="muted">
            Names, addresses and values go for good, from the search too. That this happened stays,
            with its time and its hashes, so the chain still verifies. A new record says that you
            erased it, and why.
          </p>
          <Form
            label="Erase what a record says"
            onSubmit={async ({ body, basis, note = "" }) => {
              const params = { path: { team, seq: record.seq } };
              await send(
                api.POST("/api/v1/teams/{team}/audit/events/{seq}/erasure", {
                  params,
                  body: { body: body as "who" | "what" | "both", basis: basis as Basis, note },
                }),
              );
              setAsked(false);
              await client.invalidateQueries({ queryKey: ["team", team, "audit"] });
              showDone("Erased", `Record ${record.seq} keeps its place and its hash.`);
            }}
          >
            <Field label="What goes" name="body" options={left} />
            <Field label="Ground" name="basis" options={bases} />
            <Field label="Note" name="note" optional maxLength={500} hint="Stays on the record." />
            <DialogActions>
              <Button onClick={() => setAsked(false)}>Cancel</Button>
              <Submit look="danger" whileBusy="Erasing">
                Erase for good
              </Submit>
            </DialogActions>
          </Form>
        </Modal>
      )}
    </>
  );
}
