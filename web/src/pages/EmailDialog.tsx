// Asks for another e-mail address. It takes effect when both addresses have confirmed.
import { useState } from "react";
import { api, send } from "../api/client";
import { Button } from "../ui/Button";
import { Field } from "../ui/Field";
import { Form } from "../ui/Form";
import { DialogActions, Modal } from "../ui/Overlay";
import { Submit } from "../ui/Submit";

type Props = { open: boolean; email: string; onClose: () => void };

export function EmailDialog({ open, email, onClose }: Props) {
  const [sentTo, setSentTo] = useState<string | null>(null);
  const close = () => {
    setSentTo(null);
    onClose();
  };
  return (
    <Modal
      open={open}
      onClose={close}
      title={sentTo ? "Look into both mailboxes" : "Change e-mail"}
    >
      {sentTo ? (
        <>
          <p>
            A link went to <strong>{sentTo}</strong> and one to <strong>{email}</strong>. Open both;
            until then you log in with the old address.
          </p>
          <DialogActions>
            <Button look="primary" onClick={close}>
              Close
            </Button>
          </DialogActions>
        </>
      ) : (
        <Form
          label="Change e-mail"
          onSubmit={async ({ email: wanted = "", password = "" }) => {
            await send(api.POST("/api/v1/me/email", { body: { email: wanted, password } }));
            setSentTo(wanted);
          }}
        >
          <Field label="New e-mail" name="email" type="email" autoComplete="email" autoFocus />
          <Field label="Password" name="password" type="password" autoComplete="current-password" />
          <DialogActions>
            <Button onClick={close}>Cancel</Button>
            <Submit look="primary" whileBusy="Sending">
              Send the links
            </Submit>
          </DialogActions>
        </Form>
      )}
    </Modal>
  );
}
