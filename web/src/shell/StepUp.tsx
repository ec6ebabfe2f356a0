// Asks who is at the keyboard, for acts that need to know it anew. The request that was refused is
// repeated when the answer is right.
import { useQuery, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { api, send } from "../api/client";
import { meQuery } from "../api/queries";
import { showFailed } from "../lib/notices";
import { answerProof } from "../lib/proof";
import { signInBySso } from "../lib/sso";
import { CodeField } from "../pages/CodeField";
import { Button } from "../ui/Button";
import { Field } from "../ui/Field";
import { Form } from "../ui/Form";
import { DialogActions, Modal } from "../ui/Overlay";
import { Submit } from "../ui/Submit";

/** Who has no password here proves it where they came from, and begins the act once more. */
function ByProvider({ team }: { team: string | null }) {
  return (
    <Modal open onClose={() => answerProof(false)} title="Please confirm that it is you">
      <p className="muted">
        Sign in at your provider once more, then begin again: for ten minutes we do not ask.
      </p>
      <DialogActions>
        <span className="grow" />
        <Button onClick={() => answerProof(false)}>Cancel</Button>
        <Button
          look="primary"
          onClick={() => signInBySso({ fresh: true, ...(team && { team }) }).catch(showFailed)}
        >
          Continue with single sign-on
        </Button>
      </DialogActions>
    </Modal>
  );
}

export function StepUp() {
  const client = useQueryClient();
  const { data: me } = useQuery(meQuery);
  const [way, setWay] = useState<"code" | "password" | null>(null);
  const bySso = me?.user.has_password === false && !me.user.second_factor;
  const byCode = way === "code" || (way === null && me?.user.second_factor === true);
  if (bySso) return <ByProvider team={me.user.sso_team ?? null} />;
  return (
    <Modal open onClose={() => answerProof(false)} title="Please confirm that it is you">
      <p className="muted">This act changes who may do what. For ten minutes we ask only once.</p>
      <Form
        key={String(byCode)}
        label="Confirm that it is you"
        onSubmit={async ({ code = "", password = "" }) => {
          const body = byCode ? { code: code.trim() } : { password };
          await send(api.POST("/api/v1/step-up", { body }));
          void client.invalidateQueries({ queryKey: meQuery.queryKey });
          answerProof(true);
        }}
      >
        {byCode ? (
          <CodeField autoFocus />
        ) : (
          <Field
            label="Password"
            name="password"
            type="password"
            autoComplete="current-password"
            autoFocus
          />
        )}
        <DialogActions>
          {me?.user.second_factor && (
            <Button look="quiet" onClick={() => setWay(byCode ? "password" : "code")}>
              {byCode ? "Use the password" : "Use a code"}
            </Button>
          )}
          <span className="grow" />
          <Button onClick={() => answerProof(false)}>Cancel</Button>
          <Submit look="primary" whileBusy="Checking">
            Confirm
          </Submit>
        </DialogActions>
      </Form>
    </Modal>
  );
}
