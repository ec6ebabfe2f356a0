// Makes another team, which the reader owns, and goes there.
import { useQueryClient } from "@tanstack/react-query";
import { useNavigate } from "@tanstack/react-router";
import { api, send } from "../api/client";
import { meQuery } from "../api/queries";
import { showDone } from "../lib/notices";
import { Button } from "../ui/Button";
import { Field } from "../ui/Field";
import { Form } from "../ui/Form";
import { DialogActions, Modal } from "../ui/Overlay";
import { Submit } from "../ui/Submit";

export function NewTeam({ onClose }: { onClose: () => void }) {
  const client = useQueryClient();
  const navigate = useNavigate();
  return (
    <Modal open onClose={onClose} title="New team">
      <p className="muted">
        A team has its own servers, members, keys and audit log. You will own it.
      </p>
      <Form
        label="New team"
        onSubmit={async ({ name = "" }) => {
          const made = await send(api.POST("/api/v1/teams", { body: { name } }));
          await client.refetchQueries({ queryKey: meQuery.queryKey });
          onClose();
          showDone("Team created", made.name);
          await navigate({ to: "/teams/$team", params: { team: made.id } });
        }}
      >
        <Field label="Team name" name="name" maxLength={200} autoFocus autoComplete="off" />
        <DialogActions>
          <Button onClick={onClose}>Cancel</Button>
          <Submit look="primary" whileBusy="Creating">
            Create team
          </Submit>
        </DialogActions>
      </Form>
    </Modal>
  );
}
