// Who was invited and has not come yet.
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { UserPlus } from "lucide-react";
import { useState } from "react";
import { api, send } from "../api/client";
import { invitationsQuery } from "../api/queries";
import type { Invitation, NewInvitation, Role } from "../api/types";
import { showDone, showFailed } from "../lib/notices";
import { useTeamId } from "../shell/team";
import { Button } from "../ui/Button";
import { CopyBlock } from "../ui/CopyBlock";
import { Field } from "../ui/Field";
import { Form } from "../ui/Form";
import { DialogActions, Modal } from "../ui/Overlay";
import { Submit } from "../ui/Submit";
import { Time } from "../ui/Time";
import pages from "./pages.module.css";
import { RoleChoice } from "./RoleChoice";
import { TableCard } from "./TableCard";

function isWaiting(invitation: Invitation): boolean {
  return invitation.state === "open" || invitation.state === "expired";
}

export function Invitations() {
  const team = useTeamId();
  const client = useQueryClient();
  const invitations = useQuery(invitationsQuery(team));
  const [isInviting, setInviting] = useState(false);
  const [made, setMade] = useState<NewInvitation | null>(null);
  const refresh = () => client.invalidateQueries({ queryKey: invitationsQuery(team).queryKey });
  const announce = (invitation: NewInvitation) => {
    void refresh();
    if (invitation.link) setMade(invitation);
    else showDone("Invitation sent", invitation.email);
  };
  const aside = (
    <Button look="primary" onClick={() => setInviting(true)}>
      <UserPlus aria-hidden="true" />
      Invite
    </Button>
  );
  return (
    <>
      <TableCard
        title="Invitations"
        aside={aside}
        query={invitations}
        columns={["E-mail", "Role", "Invited by", "Works until"]}
        hasActs
        rows={({ data }) => <Rows waiting={data.filter(isWaiting)} onMade={announce} />}
      />
      <InviteDialog
        open={isInviting}
        onClose={() => setInviting(false)}
        onMade={(invitation) => {
          setInviting(false);
          announce(invitation);
        }}
      />
      <LinkDialog made={made} onClose={() => setMade(null)} />
    </>
  );
}

type RowsProps = { waiting: Invitation[]; onMade: (invitation: NewInvitation) => void };

function Rows({ waiting, onMade }: RowsProps) {
  const team = useTeamId();
  const client = useQueryClient();
  const paths = (id: string) => ({ params: { path: { team, invitation: id } } });
  const revoke = useMutation({
    mutationFn: ({ id }: Invitation) =>
      send(api.DELETE("/api/v1/teams/{team}/invitations/{invitation}", paths(id))),
    onSuccess: (_, { email }) => showDone("Invitation taken back", email),
    onError: showFailed,
    onSettled: () => client.invalidateQueries({ queryKey: invitationsQuery(team).queryKey }),
  });
  const resend = useMutation({
    mutationFn: ({ id }: Invitation) =>
      send(api.POST("/api/v1/teams/{team}/invitations/{invitation}/resend", paths(id))),
    onSuccess: onMade,
    onError: showFailed,
  });
  if (waiting.length === 0) {
    return (
      <tr>
        <td colSpan={5} className="muted">
          Nobody is invited at the moment.
        </td>
      </tr>
    );
  }
  return waiting.map((invitation) => (
    <tr key={invitation.id}>
      <th scope="row">{invitation.email}</th>
      <td>{invitation.role}</td>
      <td>{invitation.invited_by ?? "erased person"}</td>
      <td>
        {invitation.state === "expired" ? (
          <span className="muted">expired</span>
        ) : (
          <Time at={invitation.expires_at} />
        )}
      </td>
      <td>
        <div className={pages.acts}>
          <Button busy={resend.isPending} onClick={() => resend.mutate(invitation)}>
            New link
          </Button>
          <Button busy={revoke.isPending} onClick={() => revoke.mutate(invitation)}>
            Take back
          </Button>
        </div>
      </td>
    </tr>
  ));
}

type InviteProps = {
  open: boolean;
  onClose: () => void;
  onMade: (invitation: NewInvitation) => void;
};

function InviteDialog({ open, onClose, onMade }: InviteProps) {
  const team = useTeamId();
  return (
    <Modal open={open} onClose={onClose} title="Invite to the team">
      <Form
        label="Invite to the team"
        onSubmit={async ({ email = "", role }) => {
          const params = { path: { team } };
          const body = { email: email.trim(), role: role as Role };
          onMade(await send(api.POST("/api/v1/teams/{team}/invitations", { params, body })));
        }}
      >
        <Field label="E-mail" name="email" type="email" autoComplete="off" autoFocus />
        <RoleChoice chosen="member" />
        <p className="muted">They get a link that works once, for a week, for this address only.</p>
        <DialogActions>
          <Button onClick={onClose}>Cancel</Button>
          <Submit look="primary" whileBusy="Inviting">
            Invite
          </Submit>
        </DialogActions>
      </Form>
    </Modal>
  );
}

function LinkDialog({ made, onClose }: { made: NewInvitation | null; onClose: () => void }) {
  return (
    <Modal open={made !== null} onClose={onClose} title="Hand this link on">
      <p>
        No mail is configured on this instance, so nothing was sent. Give the link to{" "}
        <strong>{made?.email}</strong> yourself. It is shown only now; “New link” makes another one.
      </p>
      <CopyBlock label="Invitation link" text={made?.link ?? ""} />
      <DialogActions>
        <Button look="primary" onClick={onClose}>
          Close
        </Button>
      </DialogActions>
    </Modal>
  );
}
