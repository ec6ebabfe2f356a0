// Log in with e-mail and password; afterwards the reader lands where they wanted to go.
import { useQuery } from "@tanstack/react-query";
import { Link, useSearch } from "@tanstack/react-router";
import { api, send } from "../api/client";
import { instanceQuery } from "../api/queries";
import { Field } from "../ui/Field";
import { Form } from "../ui/Form";
import { Submit } from "../ui/Submit";
import { Gate } from "./Gate";
import { useEnter } from "./session";

export function LoginPage() {
  const { next } = useSearch({ strict: false });
  const { data: instance } = useQuery(instanceQuery);
  const enter = useEnter();
  const lead = instance?.needs_setup ? (
    <p>
      This instance has no account yet. Open the set-up link that the server printed at its start;
      it is also kept in the file <span className="mono">setup-link</span> of its data folder.
    </p>
  ) : undefined;
  const foot = instance?.signup_mode === "open" && (
    <p>
      No account? <Link to="/signup">Sign up</Link>
    </p>
  );
  return (
    <Gate title="Log in" lead={lead} foot={foot}>
      <Form
        label="Log in"
        onSubmit={async ({ email = "", password = "" }) => {
          await send(api.POST("/api/v1/login", { body: { email, password } }));
          await enter(next);
        }}
      >
        <Field label="E-mail" name="email" type="email" autoComplete="username" autoFocus />
        <Field label="Password" name="password" type="password" autoComplete="current-password" />
        <Submit look="primary" whileBusy="Checking">
          Log in
        </Submit>
      </Form>
    </Gate>
  );
}
