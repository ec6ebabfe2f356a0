// Connecting the own account with a provider, so that one can come by it from then on.
import { useQuery } from "@tanstack/react-query";
import { instanceQuery } from "../api/queries";
import type { Me } from "../api/types";
import { connectSso } from "../lib/sso";
import { Card } from "../ui/Card";
import { Field } from "../ui/Field";
import { Form } from "../ui/Form";
import { Submit } from "../ui/Submit";

export function SsoConnect({ me }: { me: Me }) {
  const { data: instance } = useQuery(instanceQuery);
  const label = instance?.sso_label;
  const options = [
    ...(label ? [{ value: "", label }] : []),
    ...me.teams.map(({ id, name }) => ({ value: id, label: `${name}'s own provider` })),
  ];
  if (options.length === 0) return null;
  return (
    <Card title="Single sign-on">
      <Form label="Connect single sign-on" onSubmit={({ by = "" }) => connectSso(by || null)}>
        <p className="muted">
          Sign in at a provider once, and it opens this account from then on. A team's own provider
          opens that team only.
        </p>
        <Field label="Provider" name="by" options={options} optional={label !== null} />
        <div>
          <Submit whileBusy="Asking the provider">Connect</Submit>
        </div>
      </Form>
    </Card>
  );
}

/** In the place of the account for who came by a team's provider. */
export function AccountClosed() {
  return (
    <Card title="Your account is closed to this session">
      <p className="muted">
        You came by your team's own single sign-on, which opens that team and not your account. To
        change your account, log in with your password; if you have none, “Forgot your password?” on
        the log-in page sets one.
      </p>
    </Card>
  );
}
