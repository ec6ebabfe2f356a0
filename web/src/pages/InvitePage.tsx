// Where an invitation leads: join with the account it is for, make that account, or log in first.
import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { useState } from "react";
import { api, send } from "../api/client";
import { problemOf } from "../api/problem";
import { invitationQuery, meQuery } from "../api/queries";
import type { InvitationView } from "../api/types";
import { dropInvitation, keepInvitation, keptInvitation, useLinkToken } from "../lib/linkToken";
import { buttonClass } from "../ui/Button";
import { Loading } from "../ui/Empty";
import { Field } from "../ui/Field";
import { Form } from "../ui/Form";
import { ProblemNote } from "../ui/ProblemNote";
import { Submit } from "../ui/Submit";
import { Gate } from "./Gate";
import { PasswordRules } from "./PasswordRules";
import { useEnter, useLeave } from "./session";

export function InvitePage() {
  const ofLink = useLinkToken();
  const token = ofLink || keptInvitation();
  const { data: invitation, error } = useQuery({
    ...invitationQuery(token),
    enabled: token !== "",
  });
  const me = useQuery({ ...meQuery, retry: false });
  if (!token || (error && problemOf(error).status === 404)) return <Unusable hasToken={!!token} />;
  if (error) {
    return (
      <Gate title="Your invitation">
        <ProblemNote problem={problemOf(error)} />
      </Gate>
    );
  }
  if (!invitation || me.isPending) {
    return (
      <Gate title="Your invitation">
        <Loading what="the invitation" />
      </Gate>
    );
  }
  const shared = { token, invitation };
  const signedIn = me.data?.user.email;
  if (signedIn?.toLowerCase() === invitation.email.toLowerCase()) return <Join {...shared} />;
  if (signedIn) return <OtherAccount {...shared} signedIn={signedIn} />;
  return invitation.has_account ? <LogInFirst {...shared} /> : <NewAccount {...shared} />;
}

type Props = { token: string; invitation: InvitationView };

function titleOf(invitation: InvitationView): string {
  return `Join ${invitation.team_name}`;
}

function Lead({ invitation }: { invitation: InvitationView }) {
  return (
    <p>
      You are invited as <strong>{invitation.role}</strong>, with the address{" "}
      <strong>{invitation.email}</strong>.
    </p>
  );
}

function Unusable({ hasToken }: { hasToken: boolean }) {
  return (
    <Gate title="This invitation cannot be used" foot={<Link to="/">Go to the start</Link>}>
      <p className="muted">
        {hasToken
          ? "It was used, taken back, or is too old. Ask who invited you for a new one."
          : "The link is incomplete: copy all of it, with everything after the #."}
      </p>
    </Gate>
  );
}

function Join({ token, invitation }: Props) {
  const enter = useEnter();
  return (
    <Gate title={titleOf(invitation)} lead={<Lead invitation={invitation} />}>
      <Form
        label="Join the team"
        onSubmit={async () => {
          const joined = await send(api.POST("/api/v1/invitations/accept", { body: { token } }));
          dropInvitation();
          await enter(`/teams/${joined.team.id}`);
        }}
      >
        <Submit look="primary" whileBusy="Joining">
          {`Join ${invitation.team_name}`}
        </Submit>
      </Form>
    </Gate>
  );
}

function OtherAccount({ token, invitation, signedIn }: Props & { signedIn: string }) {
  const leave = useLeave();
  return (
    <Gate title={titleOf(invitation)} lead={<Lead invitation={invitation} />}>
      <p className="muted">
        You are logged in as {signedIn}. An invitation works only for the address it was sent to.
      </p>
      <Form
        label="Change account"
        onSubmit={async () => {
          keepInvitation(token);
          await leave("/invite");
        }}
      >
        <Submit look="primary">Log out and go on as {invitation.email}</Submit>
      </Form>
    </Gate>
  );
}

function LogInFirst({ token, invitation }: Props) {
  return (
    <Gate title={titleOf(invitation)} lead={<Lead invitation={invitation} />}>
      <p className="muted">This address has an account. Log in with it, then join.</p>
      <Link
        to="/login"
        search={{ next: "/invite" }}
        className={buttonClass("primary")}
        onClick={() => keepInvitation(token)}
      >
        Log in to join
      </Link>
    </Gate>
  );
}

function NewAccount({ token, invitation }: Props) {
  const enter = useEnter();
  const [name, setName] = useState("");
  const [password, setPassword] = useState("");
  return (
    <Gate title={titleOf(invitation)} lead={<Lead invitation={invitation} />}>
      <Form
        label="Create account"
        onSubmit={async () => {
          const body = { token, name, password };
          const made = await send(api.POST("/api/v1/invitations/sign-up", { body }));
          dropInvitation();
          await enter(`/teams/${made.team.id}`);
        }}
      >
        <input type="hidden" name="email" autoComplete="username" value={invitation.email} />
        <Field
          label="Your name"
          name="name"
          autoComplete="name"
          maxLength={200}
          autoFocus
          value={name}
          onChange={(event) => setName(event.target.value)}
        />
        <Field
          label="Password"
          name="password"
          type="password"
          autoComplete="new-password"
          value={password}
          onChange={(event) => setPassword(event.target.value)}
          hint={<PasswordRules password={password} name={name} email={invitation.email} />}
        />
        <Submit look="primary" whileBusy="Creating">
          Create account and join
        </Submit>
      </Form>
    </Gate>
  );
}
