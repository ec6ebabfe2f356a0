// The questions that the acts on a server ask, and the one-time view of a new token.
import { useQueryClient } from "@tanstack/react-query";
import { useNavigate } from "@tanstack/react-router";
import { useState } from "react";
import { api, send } from "../api/client";
import { serverQuery } from "../api/queries";
import type { Server } from "../api/types";
import { showDone, showFailed } from "../lib/notices";
import { useTeamId } from "../shell/team";
import { Button } from "../ui/Button";
import { Field } from "../ui/Field";
import { Form } from "../ui/Form";
import { Alert, DialogActions, Modal } from "../ui/Overlay";
import { InstallCommand } from "./InstallCommand";
import type { Asked } from "./ServerActions";

type Props = { server: Server; asked: Asked | null; onClose: () => void };

export function ServerDialogs({ server, asked, onClose }: Props) {
  const [token, setToken] = useState<string | null>(null);
  const shared = { server, onClose };
  return (
    <>
      <RenameDialog open={asked === "rename"} {...shared} />
      <ReplaceDialog open={asked === "replace"} onToken={setToken} {...shared} />
      <RevokeDialog open={asked === "revoke"} {...shared} />
      <DeleteDialog open={asked === "delete"} {...shared} />
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
        {({ busy }) => (
          <>
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
              <Button type="submit" look="primary" busy={busy}>
                Save
              </Button>
            </DialogActions>
          </>
        )}
      </Form>
    </Modal>
  );
}

type ConfirmProps = {
  open: boolean;
  title: string;
  text: string;
  act: string;
  onClose: () => void;
  run: () => Promise<void>;
};

/** Asks once, shows that the act is under way, and closes only when it succeeded. */
function Confirm({ open, title, text, act, onClose, run }: ConfirmProps) {
  const [busy, setBusy] = useState(false);
  const confirm = async () => {
    setBusy(true);
    try {
      await run();
      onClose();
    } catch (thrown) {
      showFailed(thrown);
    } finally {
      setBusy(false);
    }
  };
  return (
    <Alert open={open} title={title} description={<p>{text}</p>} onCancel={onClose}>
      <DialogActions>
        <Button onClick={onClose}>Cancel</Button>
        <Button look="danger" busy={busy} onClick={confirm}>
          {act}
        </Button>
      </DialogActions>
    </Alert>
  );
}

type ReplaceProps = DialogProps & { onToken: (token: string) => void };

function ReplaceDialog({ open, server, onClose, onToken }: ReplaceProps) {
  const team = useTeamId();
  const client = useQueryClient();
  return (
    <Confirm
      open={open}
      title={`Replace the token of ${server.name}?`}
      text="The old token stops working at once: the agent is silent until it has the new one. What it measures meanwhile waits on its disk. You see the new install command next."
      act="Replace token"
      onClose={onClose}
      run={async () => {
        const path = { team, server: server.id };
        const made = await send(
          api.POST("/api/v1/teams/{team}/servers/{server}/token", { params: { path } }),
        );
        onToken(made.agent_token);
        void client.invalidateQueries({ queryKey: serverQuery(team, server.id).queryKey });
      }}
    />
  );
}

function RevokeDialog({ open, server, onClose }: DialogProps) {
  const team = useTeamId();
  const client = useQueryClient();
  return (
    <Confirm
      open={open}
      title={`Revoke the token of ${server.name}?`}
      text="The agent can no longer report. The server and all it reported so far are kept; a new token brings it back."
      act="Revoke token"
      onClose={onClose}
      run={async () => {
        const path = { team, server: server.id };
        await send(api.DELETE("/api/v1/teams/{team}/servers/{server}/token", { params: { path } }));
        showDone("Token revoked", `${server.name} can no longer report.`);
        void client.invalidateQueries({ queryKey: ["team", team] });
      }}
    />
  );
}

function DeleteDialog({ open, server, onClose }: DialogProps) {
  const team = useTeamId();
  const client = useQueryClient();
  const navigate = useNavigate();
  return (
    <Confirm
      open={open}
      title={`Delete ${server.name}?`}
      text="Its token stops working and its measurements go with it. This cannot be undone. The audit log keeps the record of what was done to it."
      act="Delete server"
      onClose={onClose}
      run={async () => {
        const path = { team, server: server.id };
        await send(api.DELETE("/api/v1/teams/{team}/servers/{server}", { params: { path } }));
        showDone("Server deleted", server.name);
        await navigate({ to: "/teams/$team/servers", params: { team } });
        client.removeQueries({ queryKey: serverQuery(team, server.id).queryKey });
        void client.invalidateQueries({ queryKey: ["team", team, "servers"] });
      }}
    />
  );
}

/** Shows a new token. Only its own button closes it, after a tick: a lost token is lost. */
function TokenDialog({ token, onClose }: { token: string | null; onClose: () => void }) {
  const [stored, setStored] = useState(false);
  return (
    <Alert
      open={token !== null}
      wide
      title="Run this on the machine now"
      description={<p>This is the only time the new token is shown.</p>}
    >
      {token && <InstallCommand token={token} />}
      <label>
        <input
          type="checkbox"
          checked={stored}
          onChange={(event) => setStored(event.target.checked)}
        />{" "}
        I have copied the command
      </label>
      <DialogActions>
        <Button
          look="primary"
          disabled={!stored}
          onClick={() => {
            setStored(false);
            onClose();
          }}
        >
          Close for good
        </Button>
      </DialogActions>
    </Alert>
  );
}
