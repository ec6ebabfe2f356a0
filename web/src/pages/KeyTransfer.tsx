// Hands an API key to another member: that of somebody who has left, or is about to. The key itself
// stays the same, so the programs that use it notice nothing.
import { useQuery, useQueryClient } from "@tanstack/react-query";
import { type ChangeEvent, useState } from "react";
import { api, send } from "../api/client";
import { problemOf } from "../api/problem";
import { apiKeysQuery, membersQuery } from "../api/queries";
import type { ApiKey, Member } from "../api/types";
import { showDone } from "../lib/notices";
import { useTeamId } from "../shell/team";
import { Button } from "../ui/Button";
import { Loading } from "../ui/Empty";
import { Field } from "../ui/Field";
import { Form } from "../ui/Form";
import { DialogActions, Modal } from "../ui/Overlay";
import { ProblemNote } from "../ui/ProblemNote";
import { Submit } from "../ui/Submit";

type Props = { apiKey: ApiKey; onClose: () => void };

export function KeyTransfer({ apiKey, onClose }: Props) {
  const members = useQuery(membersQuery(useTeamId()));
  const others = members.data?.data.filter((member) => member.id !== apiKey.created_by?.id);
  return (
    <Modal open onClose={onClose} title={`Hand ${apiKey.name} over`}>
      {members.error && <ProblemNote problem={problemOf(members.error)} />}
      {!others && !members.error && <Loading what="members" />}
      {others && <TransferForm apiKey={apiKey} members={others} onClose={onClose} />}
    </Modal>
  );
}

function TransferForm({ apiKey, members, onClose }: Props & { members: Member[] }) {
  const team = useTeamId();
  const client = useQueryClient();
  const [user, setUser] = useState(members[0]?.id ?? "");
  if (members.length === 0) return <p className="muted">Nobody else is in the team yet.</p>;
  const heir = members.find((member) => member.id === user);
  return (
    <Form
      label={`Hand ${apiKey.name} over`}
      onSubmit={async () => {
        const params = { path: { team, key: apiKey.id } };
        const headers = { "If-Match": `"${apiKey.revision}"` };
        await send(
          api.POST("/api/v1/teams/{team}/api-keys/{key}/transfer", {
            params,
            headers,
            body: { user },
          }),
        );
        await client.invalidateQueries({ queryKey: apiKeysQuery(team).queryKey });
        onClose();
        showDone("Key handed over", `${apiKey.name} belongs to ${heir?.name} now.`);
      }}
    >
      <Field
        label="New owner of the key"
        name="user"
        value={user}
        onChange={(event: ChangeEvent<HTMLSelectElement>) => setUser(event.target.value)}
        options={members.map((member) => ({
          value: member.id,
          label: `${member.name} (${member.role})`,
        }))}
        hint={
          heir &&
          `It keeps its scopes, and can do no more than ${heir.name} may as ${heir.role}. The programs that use it go on without a change.`
        }
      />
      <DialogActions>
        <Button onClick={onClose}>Cancel</Button>
        <Submit look="primary" whileBusy="Handing over">
          Hand over
        </Submit>
      </DialogActions>
    </Form>
  );
}
