// What a member sees whose team demands a second factor that their account does not have.
import { useQueryClient } from "@tanstack/react-query";
import { useNavigate } from "@tanstack/react-router";
import { LockKeyhole } from "lucide-react";
import { useState } from "react";
import { meQuery } from "../api/queries";
import type { Membership } from "../api/types";
import { showDone } from "../lib/notices";
import { Button } from "../ui/Button";
import { Confirm } from "../ui/Confirm";
import { PageHeader } from "../ui/PageHeader";
import styles from "./LockedTeam.module.css";
import { leaveTeam } from "./leaveTeam";
import pages from "./pages.module.css";
import { TotpSetup } from "./TotpSetup";

type Props = {
  membership: Membership;
  isSettingUp: boolean;
  onSettingUp: (is: boolean) => void;
};

export function LockedTeam({ membership, isSettingUp, onSettingUp }: Props) {
  const { id, name } = membership;
  const [isLeaving, setLeaving] = useState(false);
  const client = useQueryClient();
  const navigate = useNavigate();
  return (
    <>
      <PageHeader title={`${name} is locked for you`} />
      <div className={pages.page}>
        <section className={styles.lock} aria-label="Why, and what to do">
          <LockKeyhole aria-hidden="true" />
          <h2>This team requires a second factor</h2>
          <p className="muted">
            Its owner decided that a password is not enough to see {name}. Set up an authenticator
            app for your account: it takes two minutes, and the team opens at once. Nothing was
            removed; your role waits for you.
          </p>
          <div className={pages.row}>
            <Button look="primary" onClick={() => onSettingUp(true)}>
              Set up the second factor
            </Button>
            <Button onClick={() => setLeaving(true)}>Leave the team</Button>
          </div>
        </section>
      </div>
      <TotpSetup open={isSettingUp} onClose={() => onSettingUp(false)} />
      <Confirm
        open={isLeaving}
        onClose={() => setLeaving(false)}
        title={`Leave ${name}?`}
        text="You lose all access to this team. Only somebody who manages its members can invite you again."
        act="Leave team"
        run={async () => {
          await leaveTeam(id);
          await navigate({ to: "/account" });
          await client.invalidateQueries({ queryKey: meQuery.queryKey });
          showDone("You left the team", name);
        }}
      />
    </>
  );
}
