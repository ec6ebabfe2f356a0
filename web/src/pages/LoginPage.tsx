// Log in: e-mail and password, then the second factor where the account has one; afterwards the
// reader lands where they wanted to go.
import { useQuery } from "@tanstack/react-query";
import { Link, useSearch } from "@tanstack/react-router";
import { useState } from "react";
import { api, send } from "../api/client";
import { problemOf } from "../api/problem";
import { instanceQuery } from "../api/queries";
import { showFailed, showWarning } from "../lib/notices";
import { signInBySso, ssoRefusal } from "../lib/sso";
import { Button } from "../ui/Button";
import { Field, Tick } from "../ui/Field";
import { Form } from "../ui/Form";
import { Submit } from "../ui/Submit";
import { CodeField, RecoveryField } from "./CodeField";
import { Gate } from "./Gate";
import pages from "./pages.module.css";
import { useEnter } from "./session";

type Step = "password" | "code" | "recovery" | "sso";

export function LoginPage() {
  const { next, sso, team } = useSearch({ strict: false });
  const [step, setStep] = useState<Step>(sso === "code" ? "code" : team ? "sso" : "password");
  const enter = useEnter();
  const done = () => enter(next);
  if (step === "password") {
    return (
      <PasswordStep
        refusal={ssoRefusal(sso)}
        onCode={() => setStep("code")}
        onSso={() => setStep("sso")}
        onDone={done}
      />
    );
  }
  if (step === "sso") return <SsoStep team={team} onBack={() => setStep("password")} />;
  return <SecondStep step={step} onStep={setStep} onDone={done} />;
}

type PasswordProps = {
  refusal: string | null;
  onCode: () => void;
  onSso: () => void;
  onDone: () => Promise<void>;
};

function PasswordStep({ refusal, onCode, onSso, onDone }: PasswordProps) {
  const { data: instance } = useQuery(instanceQuery);
  const lead = instance?.needs_setup ? (
    <p>
      This instance has no account yet. Open the set-up link that the server printed at its start;
      it is also kept in the file <span className="mono">setup-link</span> of its data folder.
    </p>
  ) : (
    refusal && <p role="alert">{refusal}</p>
  );
  const label = instance?.sso_label;
  const foot = (
    <>
      <p>
        <Link to="/forgot">Forgot your password?</Link>
      </p>
      {instance?.signup_mode === "open" && (
        <p>
          No account? <Link to="/signup">Sign up</Link>
        </p>
      )}
    </>
  );
  return (
    <Gate title="Log in" lead={lead} foot={foot}>
      <Form
        label="Log in"
        onSubmit={async ({ email = "", password = "", remember }) => {
          const body = { email, password, remember: remember === "on" };
          const answer = await send(api.POST("/api/v1/login", { body }));
          if (answer.mfa) onCode();
          else await onDone();
        }}
      >
        <Field label="E-mail" name="email" type="email" autoComplete="username" autoFocus />
        <Field label="Password" name="password" type="password" autoComplete="current-password" />
        <Tick name="remember" label="Keep me logged in on this device" />
        <Submit look="primary" whileBusy="Checking">
          Log in
        </Submit>
      </Form>
      <div className={pages.row}>
        {label && (
          <Button onClick={() => signInBySso({}).catch(showFailed)}>Continue with {label}</Button>
        )}
        <Button look="quiet" onClick={onSso}>
          Single sign-on of your team
        </Button>
      </div>
    </Gate>
  );
}

/** By the team of a link, or by whoever an address leads to. */
function SsoStep({ team, onBack }: { team: string | undefined; onBack: () => void }) {
  return (
    <Gate
      title="Single sign-on"
      lead={
        <p>
          {team
            ? "You go on at your team's own provider, and come back signed in."
            : "Your address leads to the provider of your team, if the operator knows its domain."}
        </p>
      }
      foot={<Button onClick={onBack}>Log in with a password</Button>}
    >
      <Form
        label="Single sign-on"
        onSubmit={({ email = "", remember }) => {
          const kept = { remember: remember === "on" };
          return signInBySso(team ? { team, ...kept } : { email: email.trim(), ...kept });
        }}
      >
        {!team && (
          <Field label="E-mail" name="email" type="email" autoComplete="username" autoFocus />
        )}
        <Tick name="remember" label="Keep me logged in on this device" />
        <Submit look="primary" whileBusy="Asking the provider">
          Continue with single sign-on
        </Submit>
      </Form>
    </Gate>
  );
}

type SecondProps = {
  step: "code" | "recovery";
  onStep: (step: Step) => void;
  onDone: () => Promise<void>;
};

function SecondStep({ step, onStep, onDone }: SecondProps) {
  const byCode = step === "code";
  const foot = (
    <div className={pages.row}>
      <Button onClick={() => onStep(byCode ? "recovery" : "code")}>
        {byCode ? "Use a recovery code" : "Use the app's code"}
      </Button>
      <Button look="quiet" onClick={() => onStep("password")}>
        Start over
      </Button>
    </div>
  );
  const lead = byCode ? (
    <p>That was right. Now the code that your authenticator app shows.</p>
  ) : (
    <p>One of the ten codes that you stored when you set the second factor up. Each works once.</p>
  );
  return (
    <Gate title={byCode ? "Enter your code" : "Use a recovery code"} lead={lead} foot={foot}>
      <Form
        key={step}
        label="Second factor"
        onSubmit={async ({ code = "" }) => {
          const body = { code: code.trim() };
          const path = byCode ? "/api/v1/login/totp" : "/api/v1/login/recovery";
          try {
            await send(api.POST(path, { body }));
          } catch (thrown) {
            if (problemOf(thrown).code !== "unauthenticated") throw thrown;
            showWarning("That took too long", "Log in once more.");
            onStep("password");
            return;
          }
          await onDone();
        }}
      >
        {byCode ? <CodeField autoFocus /> : <RecoveryField autoFocus />}
        <Submit look="primary" whileBusy="Checking">
          Continue
        </Submit>
      </Form>
    </Gate>
  );
}
