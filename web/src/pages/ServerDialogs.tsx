// The questions that the acts on a server ask, and the one-time view of a new token.
import { useQueryClient } from "@tanstack/react-query";
import { useNavigate } from "@tanstack/react-router";
import { useState } from "react";
import { api, send } from "../api/client";
import { serverQuery } from "../api/queries";
import type { Server } from "../api/types";
import { showDone } from "../lib/notices";
import { useTeamId } from "../shell/team";
import { Button } from "../ui/Button";
import { Confirm, type Question } from "../ui/Confirm";
import { Field } from "../ui/Field";
import { Form } from "../ui/Form";
import { OnceDialog } from "../ui/OnceDialog";
import { DialogActions, Modal } from "../ui/Overlay";
import { Submit } from "../ui/Submit";
import { InstallCommand } from "./InstallCommand";

export type Asked = "rename" | "replace" | "revoke" | "delete";

type Props = { server: Server; asked: Asked | null; onClose: () => void };

export function ServerDialogs({ server, asked, onClose }: Props) {
  const [token, setToken] = useState<string | null>(null);
  const questions = useQuestions(server, setToken);
  return (
    <>
      <RenameDialog open={asked === "rename"} server={server} onClose={onClose} />
      {Object.entries(questions).map(([act, question]) => (
        <Confirm key={act} open={asked === act} onClose={onClose} {...question} />
      ))}
      <TokenDialog token={token} onClose={() => setToken(null)} />
    </>
  );
}

type DialogProps = { open: boolean; server: Server; onClose: () => void };

function RenameDialog({ open, server, onClose }: DialogProps) {
  const team = useTeamId();
  const client = useQueryClient();
  return (
    <Modal open={open} onClose={onClose} title="Rename or annotate">
      <Form
        label="Rename or annotate"
        onSubmit={async ({ name = "", note = "" }) => {
          const path = { team, server: server.id };
          const changed = await send(
            api.PATCH("/api/v1/teams/{team}/servers/{server}", {
              params: { path },
              headers: { "If-Match": `"${server.revision}"` },
              body: { name, note: note || null },
            }),
          );
          client.setQueryData(serverQuery(team, server.id).queryKey, changed);
          void client.invalidateQueries({ queryKey: ["team", team, "servers"] });
          onClose();
          showDone("Server changed");
        }}
      >
        <Field label="Name" name="name" maxLength={200} defaultValue={server.name} />
        <Field
          label="Note"
          name="note"
          rows={3}
          optional
          maxLength={2000}
          defaultValue={server.note ?? ""}
        />
        <DialogActions>
          <Button onClick={onClose}>Cancel</Button>
          <Submit look="primary">Save</Submit>
        </DialogActions>
      </Form>
    </Modal>
  );
}

type Confirmed = Exclude<Asked, "rename">;

/** The acts that are asked about first, with what they mean. */
function useQuestions(
  { id, name }: Server,
  onToken: (token: string) => void,
): Record<Confirmed, Question> {
  const team = useTeamId();
  const client = useQueryClient();
  const navigate = useNavigate();
  const params = { path: { team, server: id } };
  const own = serverQuery(team, id).queryKey;
  return {
    replace: {
      title: `Replace the token of ${name}?`,
      text: "The old token stops working at once: the agent is silent until it has the new one. What it measures meanwhile waits on its disk. You see the new install command next.",
      act: "Replace token",
      run: async () => {
        const made = await send(
          api.POST("/api/v1/teams/{team}/servers/{server}/token", { params }),
        );
        onToken(made.agent_token);
        void client.invalidateQueries({ queryKey: own });
      },
    },
    revoke: {
      title: `Revoke the token of ${name}?`,
      text: "The agent can no longer report. The server and all it reported so far are kept; a new token brings it back.",
      act: "Revoke token",
      run: async () => {
        await send(api.DELETE("/api/v1/teams/{team}/servers/{server}/token", { params }));
        showDone("Token revoked", `${name} can no longer report.`);
        void client.invalidateQueries({ queryKey: ["team", team] });
      },
    },
    delete: {
      title: `Delete ${name}?`,
      text: "Its token stops working and its measurements go with it. This cannot be undone. The audit log keeps the record of what was done to it.",
      act: "Delete server",
      run: async () => {
        await send(api.DELETE("/api/v1/teams/{team}/servers/{server}", { params }));
        showDone("Server deleted", name);
        await navigate({ to: "/teams/$team/servers", params: { team } });
        client.removeQueries({ queryKey: own });
        void client.invalidateQueries({ queryKey: ["team", team, "servers"] });
      },
    },
  };
}

function TokenDialog({ token, onClose }: { token: string | null; onClose: () => void }) {
  return (
    <OnceDialog
      open={token !== null}
      title="Run this on the machine now"
      text="This is the only time the new token is shown."
      tick="I have copied the command"
      act="Close for good"
      onDone={onClose}
    >
      {token && <InstallCommand token={token} />}
    </OnceDialog>
  );
}
