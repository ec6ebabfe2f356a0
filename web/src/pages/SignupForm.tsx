// The form that makes an account and its first team; used by sign-up and by the set-up link.
import { useState } from "react";
import { api, send } from "../api/client";
import { Field } from "../ui/Field";
import { Form } from "../ui/Form";
import { Submit } from "../ui/Submit";
import { PasswordRules } from "./PasswordRules";
import { useEnter } from "./session";

export function SignupForm({ setupToken }: { setupToken?: string }) {
  const enter = useEnter();
  const [password, setPassword] = useState("");
  const [name, setName] = useState("");
  const [email, setEmail] = useState("");
  return (
    <Form
      label="Create your account"
      onSubmit={async (values) => {
        const { name = "", email = "", password = "", team_name = "" } = values;
        const draft = { name, email, password, team_name };
        const body = setupToken ? { ...draft, setup_token: setupToken } : draft;
        await send(api.POST("/api/v1/signup", { body }));
        await enter();
      }}
    >
      <Field
        label="Your name"
        name="name"
        autoComplete="name"
        autoFocus
        value={name}
        onChange={(event) => setName(event.target.value)}
      />
      <Field
        label="E-mail"
        name="email"
        type="email"
        autoComplete="username"
        value={email}
        onChange={(event) => setEmail(event.target.value)}
      />
      <Field
        label="Password"
        name="password"
        type="password"
        autoComplete="new-password"
        value={password}
        onChange={(event) => setPassword(event.target.value)}
        hint={<PasswordRules password={password} name={name} email={email} />}
      />
      <Field
        label="Team name"
        name="team_name"
        autoComplete="organization"
        hint="What you share with colleagues. It can be changed later."
      />
      <p className="muted">
        Your team gets a <a href="/trust#agreement">data processing agreement</a>; as its owner you
        can accept it there.
      </p>
      <Submit look="primary" whileBusy="Creating">
        Create account
      </Submit>
    </Form>
  );
}
