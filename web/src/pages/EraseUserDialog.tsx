// An operator erases somebody, and says on what ground.
import { useQueryClient } from "@tanstack/react-query";
import { api, send } from "../api/client";
import { operatorUsersQuery } from "../api/queries";
import type { OperatorUser } from "../api/types";
import { type Basis, bases } from "../lib/erasure";
import { showDone } from "../lib/notices";
import { Button } from "../ui/Button";
import { Field } from "../ui/Field";
import { Form } from "../ui/Form";
import { DialogActions, Modal } from "../ui/Overlay";
import { Submit } from "../ui/Submit";

export function EraseUserDialog({ user, onClose }: { user: OperatorUser; onClose: () => void }) {
  const client = useQueryClient();
  return (
    <Modal open onClose={onClose} title={`Erase ${user.email}`}>
      <p className="muted">
        The account ends at once and leaves its teams. What audit records say of the person is
        erased and the person's key destroyed, for good. It is refused for the last owner of a team.
      </p>
      <Form
        label="Erase a person"
        onSubmit={async ({ basis, note = "" }) => {
          const params = { path: { user: user.id } };
          const body = { basis: basis as Basis, note };
          const begun = await send(
            api.POST("/api/v1/admin/users/{user}/erasure", { params, body }),
          );
          await client.invalidateQueries({ queryKey: operatorUsersQuery.queryKey });
          onClose();
          showDone("The person is being erased", `Receipt: /api/v1/erasures/${begun.id}`);
        }}
      >
        <Field label="Ground" name="basis" options={bases} />
        <Field
          label="Note"
          name="note"
          optional
          maxLength={500}
          hint="Stays on the platform's record: a case number, no name."
        />
        <DialogActions>
          <Button onClick={onClose}>Cancel</Button>
          <Submit look="danger" whileBusy="Erasing">
            Erase for good
          </Submit>
        </DialogActions>
      </Form>
    </Modal>
  );
}
