// Sets a new password, for who holds the link that was mailed.
import { Link } from "@tanstack/react-router";
import { useState } from "react";
import { api, send } from "../api/client";
import { useLinkToken } from "../lib/linkToken";
import { buttonClass } from "../ui/Button";
import { Field } from "../ui/Field";
import { Form } from "../ui/Form";
import { Submit } from "../ui/Submit";
import { Gate } from "./Gate";
import { PasswordRules } from "./PasswordRules";

export function ResetPage() {
  const token = useLinkToken();
  const [password, setPassword] = useState("");
  const [done, setDone] = useState(false);
  if (!token) {
    return (
      <Gate title="The link is incomplete" foot={<Link to="/forgot">Ask for a new link</Link>}>
        <p className="muted">Copy the whole link of the message, with everything after the #.</p>
      </Gate>
    );
  }
  if (done) {
    return (
      <Gate title="Your password is changed">
        <p className="muted">Every session was signed out. Log in with the new password.</p>
        <Link to="/login" className={buttonClass("primary")}>
          Log in
        </Link>
      </Gate>
    );
  }
  return (
    <Gate
      title="Choose a new password"
      foot={
        <p>
          The link no longer works? <Link to="/forgot">Ask for a new one</Link>
        </p>
      }
    >
      <Form
        label="Choose a new password"
        onSubmit={async (values) => {
          const body = { token, new: values.new ?? "" };
          await send(api.POST("/api/v1/password/reset", { body }));
          setDone(true);
        }}
      >
        <Field
          label="New password"
          name="new"
          type="password"
          autoComplete="new-password"
          autoFocus
          value={password}
          onChange={(event) => setPassword(event.target.value)}
          hint={<PasswordRules password={password} name="" email="" secondFactor="unknown" />}
        />
        <Submit look="primary" whileBusy="Saving">
          Set password
        </Submit>
      </Form>
    </Gate>
  );
}
