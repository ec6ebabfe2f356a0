// Confirms a new e-mail address. Both addresses get a link, and both must be opened. Programs that
// look into mail open links too, so that the confirming itself is a press of a button.
import { Link } from "@tanstack/react-router";
import { useState } from "react";
import { api, send } from "../api/client";
import { useLinkToken } from "../lib/linkToken";
import { buttonClass } from "../ui/Button";
import { Form } from "../ui/Form";
import { Submit } from "../ui/Submit";
import { Gate } from "./Gate";

export function ConfirmEmailPage() {
  const token = useLinkToken();
  const [answer, setAnswer] = useState<{ done: boolean } | null>(null);
  const onward = (
    <Link to="/" className={buttonClass("primary")}>
      Go on
    </Link>
  );
  if (!token) {
    return (
      <Gate title="The link is incomplete">
        <p className="muted">Copy the whole link of the message, with everything after the #.</p>
      </Gate>
    );
  }
  if (answer?.done) {
    return (
      <Gate title="Your address is changed">
        <p className="muted">Log in with the new address from now on.</p>
        {onward}
      </Gate>
    );
  }
  if (answer) {
    return (
      <Gate title="One more to go">
        <p className="muted">
          This address is confirmed. Open the link that went to the other address as well; until
          then the old one stays.
        </p>
        {onward}
      </Gate>
    );
  }
  return (
    <Gate title="Confirm the new address" lead={<p>Somebody with your password asked for it.</p>}>
      <Form
        label="Confirm the new address"
        onSubmit={async () =>
          setAnswer(await send(api.POST("/api/v1/email/confirm", { body: { token } })))
        }
      >
        <Submit look="primary" whileBusy="Confirming">
          Confirm
        </Submit>
      </Form>
    </Gate>
  );
}
