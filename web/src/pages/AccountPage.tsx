// The reader's own account: profile, password, second factor, sessions, and how this page looks in
// this browser.
import { useQuery, useQueryClient } from "@tanstack/react-query";
import { LogOut } from "lucide-react";
import { useState } from "react";
import { api, send } from "../api/client";
import { meQuery, sessionsQuery } from "../api/queries";
import type { Me, User } from "../api/types";
import { showDone } from "../lib/notices";
import { type Preferences, setPreferences, usePreferences } from "../lib/preferences";
import { Button } from "../ui/Button";
import { Card } from "../ui/Card";
import { classes } from "../ui/classes";
import { Field } from "../ui/Field";
import { Form } from "../ui/Form";
import { PageHeader } from "../ui/PageHeader";
import { Segment } from "../ui/Segment";
import { Submit } from "../ui/Submit";
import styles from "./AccountPage.module.css";
import { EmailDialog } from "./EmailDialog";
import { EraseAccount } from "./EraseAccount";
import { PasswordRules } from "./PasswordRules";
import pages from "./pages.module.css";
import { SecondFactor } from "./SecondFactor";
import { Sessions } from "./Sessions";
import { AccountClosed, SsoConnect } from "./SsoConnect";
import { useLeave } from "./session";

export function AccountPage() {
  const { data: me } = useQuery(meQuery);
  const leave = useLeave();
  return (
    <>
      <PageHeader title="Account" note={me?.user.email}>
        <Button onClick={() => leave()}>
          <LogOut aria-hidden="true" />
          Log out
        </Button>
      </PageHeader>
      <div className={pages.page}>
        {me?.user.sso_team ? <AccountClosed /> : <Own me={me} />}
        <Appearance />
        {me && !me.user.sso_team && <EraseAccount user={me.user} />}
      </div>
    </>
  );
}

function Own({ me }: { me: Me | undefined }) {
  return (
    <>
      <div className={pages.columns}>
        <div className={pages.stack}>
          {me && <Profile key={me.user.name} user={me.user} />}
          {me && <SecondFactor user={me.user} />}
        </div>
        <div className={pages.stack}>
          {me && <Password user={me.user} />}
          {me && <SsoConnect me={me} />}
        </div>
      </div>
      <Sessions />
    </>
  );
}

function Profile({ user }: { user: User }) {
  const client = useQueryClient();
  const [isChanging, setChanging] = useState(false);
  return (
    <Card title="Profile">
      <Form
        label="Profile"
        onSubmit={async ({ name = "" }) => {
          await send(api.PATCH("/api/v1/me", { body: { name } }));
          await client.invalidateQueries({ queryKey: meQuery.queryKey });
          showDone("Profile saved");
        }}
      >
        <Field
          label="Name"
          name="name"
          autoComplete="name"
          maxLength={200}
          defaultValue={user.name}
        />
        <p>
          <span className="faint">E-mail</span>
          <br />
          {user.email}
        </p>
        <div className={pages.row}>
          <Submit>Save profile</Submit>
          <Button look="quiet" onClick={() => setChanging(true)}>
            Change e-mail
          </Button>
        </div>
      </Form>
      <EmailDialog open={isChanging} email={user.email} onClose={() => setChanging(false)} />
    </Card>
  );
}

function Password({ user }: { user: User }) {
  const client = useQueryClient();
  const [next, setNext] = useState("");
  const [round, setRound] = useState(0);
  return (
    <Card title="Password">
      <Form
        key={round}
        label="Change password"
        onSubmit={async (values) => {
          const body = { current: values.current ?? "", new: values.new ?? "" };
          await send(api.POST("/api/v1/me/password", { body }));
          setNext("");
          setRound(round + 1);
          showDone("Password changed", "Every other session was signed out.");
          void client.invalidateQueries({ queryKey: sessionsQuery.queryKey });
        }}
      >
        <Field
          label="Present password"
          name="current"
          type="password"
          autoComplete="current-password"
        />
        <Field
          label="New password"
          name="new"
          type="password"
          autoComplete="new-password"
          value={next}
          onChange={(event) => setNext(event.target.value)}
          hint={
            <PasswordRules
              password={next}
              name={user.name}
              email={user.email}
              secondFactor={user.second_factor}
            />
          }
        />
        <div>
          <Submit>Change password</Submit>
        </div>
      </Form>
    </Card>
  );
}

function Appearance() {
  const preferences = usePreferences();
  return (
    <Card title="This page" note="kept in this browser">
      <div className={styles.settings}>
        <Setting
          label="Theme"
          name="theme"
          options={["system", "light", "dark"]}
          value={preferences.theme}
        />
        <Setting
          label="Rows"
          name="density"
          options={["compact", "regular", "comfortable"]}
          value={preferences.density}
        />
        <Setting label="Clock" name="clock" options={["utc", "local"]} value={preferences.clock} />
        <label className={classes(styles.setting, styles.check)}>
          <span>Single-letter keys</span>
          <input
            type="checkbox"
            checked={preferences.shortcuts}
            onChange={(event) => setPreferences({ shortcuts: event.target.checked })}
          />
        </label>
      </div>
    </Card>
  );
}

type SettingProps<K extends keyof Preferences> = {
  label: string;
  name: K;
  options: (Preferences[K] & string)[];
  value: Preferences[K] & string;
};

function Setting<K extends keyof Preferences>({ label, name, options, value }: SettingProps<K>) {
  return (
    <div className={styles.setting}>
      <span>{label}</span>
      <Segment
        label={label}
        value={value}
        options={options.map((option) => ({ value: option, label: wordOf(option) }))}
        onChange={(chosen) => setPreferences({ [name]: chosen })}
      />
    </div>
  );
}

function wordOf(option: string): string {
  if (option === "utc") return "UTC";
  return option.charAt(0).toUpperCase() + option.slice(1);
}
