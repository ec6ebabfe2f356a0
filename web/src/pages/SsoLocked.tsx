// What a member sees whose team is entered by its own single sign-on, and who came another way.
import { LogIn } from "lucide-react";
import { useState } from "react";
import type { Membership } from "../api/types";
import { showFailed } from "../lib/notices";
import { connectSso } from "../lib/sso";
import { Button } from "../ui/Button";
import { PageHeader } from "../ui/PageHeader";
import styles from "./LockedTeam.module.css";
import pages from "./pages.module.css";

export function SsoLocked({ membership: { id, name } }: { membership: Membership }) {
  const [busy, setBusy] = useState(false);
  return (
    <>
      <PageHeader title={`${name} is locked for you`} />
      <div className={pages.page}>
        <section className={styles.lock} aria-label="Why, and what to do">
          <LogIn aria-hidden="true" />
          <h2>This team is entered by single sign-on</h2>
          <p className="muted">
            Its owner decided that members of {name} sign in with the team's own provider. Going
            there now connects it with your account; from then on you can begin there. That session
            shows this team only.
          </p>
          <div className={pages.row}>
            <Button
              look="primary"
              busy={busy}
              onClick={async () => {
                setBusy(true);
                await connectSso(id).catch(showFailed);
                setBusy(false);
              }}
            >
              Continue with single sign-on
            </Button>
          </div>
        </section>
      </div>
    </>
  );
}
