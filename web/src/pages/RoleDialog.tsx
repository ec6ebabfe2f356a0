// Gives a member another role.
import { useQueryClient } from "@tanstack/react-query";
import { api, send } from "../api/client";
import { membersQuery } from "../api/queries";
import type { Member, Role } from "../api/types";
import { showDone } from "../lib/notices";
import { useTeamId } from "../shell/team";
import { Button } from "../ui/Button";
import { Form } from "../ui/Form";
import { DialogActions, Modal } from "../ui/Overlay";
import { Submit } from "../ui/Submit";
import { RoleChoice } from "./RoleChoice";

export function RoleDialog({ member, onClose }: { member: Member; onClose: () => void }) {
  const team = useTeamId();
  const client = useQueryClient();
  return (
    <Modal open onClose={onClose} title={`Role of ${member.name}`}>
      <Form
        label={`Role of ${member.name}`}
        onSubmit={async ({ role }) => {
          const params = { path: { team, user: member.id } };
          const body = { role: role as Role };
          const changed = await send(
            api.PATCH("/api/v1/teams/{team}/members/{user}", { params, body }),
          );
          await client.invalidateQueries({ queryKey: membersQuery(team).queryKey });
          onClose();
          showDone("Role changed", `${changed.name} is ${changed.role} now.`);
        }}
      >
        <RoleChoice chosen={member.role} />
        <DialogActions>
          <Button onClick={onClose}>Cancel</Button>
          <Submit look="primary" whileBusy="Saving">
            Change role
          </Submit>
        </DialogActions>
      </Form>
    </Modal>
  );
}
