// Asks an operator why, and for how long, before a team's data can be read.
import { useQueryClient } from "@tanstack/react-query";
import { api, send } from "../api/client";
import { meQuery, operatorBreakGlassQuery } from "../api/queries";
import type { OperatorTeam } from "../api/types";
import { showDone } from "../lib/notices";
import { Button } from "../ui/Button";
import { Field } from "../ui/Field";
import { Form } from "../ui/Form";
import { DialogActions, Modal } from "../ui/Overlay";
import { Submit } from "../ui/Submit";

const longestMinutes = 60;

export function BreakGlassDialog({ team, onClose }: { team: OperatorTeam; onClose: () => void }) {
  const client = useQueryClient();
  return (
    <Modal open onClose={onClose} title="Read a team's data">
      <p className="muted">
        Team <span className="mono">{team.id}</span>. You will read, and change nothing. The reason
        and the time go into the team's own audit log, and its owners see them.
      </p>
      <Form
        label="Read a team's data"
        onSubmit={async ({ reason = "", minutes = "" }) => {
          const body = { team: team.id, reason, minutes: Number(minutes) };
          await send(api.POST("/api/v1/admin/break-glass", { body }));
          await client.invalidateQueries({ queryKey: operatorBreakGlassQuery.queryKey });
          // The team is among the reader's own while it is open.
          await client.invalidateQueries({ queryKey: meQuery.queryKey });
          onClose();
          showDone("The glass is broken", `The team can be read for ${minutes} minutes.`);
        }}
      >
        <Field
          label="Reason"
          name="reason"
          rows={2}
          minLength={10}
          maxLength={500}
          autoFocus
          placeholder="Ticket number, and what you look for"
        />
        <Field
          label="Minutes"
          name="minutes"
          type="number"
          min={1}
          max={longestMinutes}
          defaultValue={15}
          hint={`At most ${longestMinutes}.`}
        />
        <DialogActions>
          <Button onClick={onClose}>Cancel</Button>
          <Submit look="danger">Break glass</Submit>
        </DialogActions>
      </Form>
    </Modal>
  );
}
