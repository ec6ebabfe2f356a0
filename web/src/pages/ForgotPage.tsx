// Asks for a link to set a new password. The answer is the same whether the address has an
// account or not, so that nobody can find out here who has one.
import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { useState } from "react";
import { api, send } from "../api/client";
import { instanceQuery } from "../api/queries";
import { Field } from "../ui/Field";
import { Form } from "../ui/Form";
import { Submit } from "../ui/Submit";
import { Gate } from "./Gate";

export function ForgotPage() {
  const [sentTo, setSentTo] = useState<string | null>(null);
  const { data: instance } = useQuery(instanceQuery);
  const foot = (
    <p>
      Remembered it? <Link to="/login">Log in</Link>
    </p>
  );
  if (instance && !instance.mail_configured) {
    return (
      <Gate title="Set a new password" lead={<p>This instance sends no mail.</p>} foot={foot}>
        <p>
          Ask whoever runs it for a link. On the machine of the server, this prints one that works
          once, within an hour:
        </p>
        <p>
          <code>atalaya admin reset-link your@address</code>
        </p>
      </Gate>
    );
  }
  if (sentTo !== null) {
    return (
      <Gate title="Look into your mail" foot={foot}>
        <p>
          If <strong>{sentTo}</strong> has an account here, a link to set a new password is on its
          way. It works once.
        </p>
        <p className="muted">
          Nothing came? Look among the unwanted mail, or ask the operator of this instance, who has
          a command that prints such a link, also where no mail is sent.
        </p>
      </Gate>
    );
  }
  return (
    <Gate title="Set a new password" lead={<p>We send a link to your address.</p>} foot={foot}>
      <Form
        label="Set a new password"
        onSubmit={async ({ email = "" }) => {
          await send(api.POST("/api/v1/password/forgot", { body: { email } }));
          setSentTo(email);
        }}
      >
        <Field label="E-mail" name="email" type="email" autoComplete="username" autoFocus />
        <Submit look="primary" whileBusy="Sending">
          Send the link
        </Submit>
      </Form>
    </Gate>
  );
}
