// The end of the reader's own account: what goes, what stays, and where the receipt is.
import { useState } from "react";
import { api, send } from "../api/client";
import type { User } from "../api/types";
import { Button } from "../ui/Button";
import { Card } from "../ui/Card";
import { Confirm } from "../ui/Confirm";
import { Alert, DialogActions } from "../ui/Overlay";
import pages from "./pages.module.css";

export function EraseAccount({ user }: { user: User }) {
  const [asked, setAsked] = useState(false);
  const [receipt, setReceipt] = useState<string | null>(null);
  return (
    <Card title="Erase this account">
      <div className={pages.stack}>
        <p className="muted">
          Your account, your sessions and your places in teams end at once. What audit records say
          of you is erased, and your key is destroyed; that something happened stays, without your
          name. It cannot be taken back, and whoever owns a team alone hands it over first.
        </p>
        <div className={pages.row}>
          <Button look="danger" onClick={() => setAsked(true)}>
            Erase account
          </Button>
        </div>
      </div>
      <Confirm
        open={asked}
        onClose={() => setAsked(false)}
        title="Erase your account for good?"
        text="There is no time in which it could be taken back."
        typed={user.email}
        act="Erase for good"
        run={async () => {
          const begun = await send(api.DELETE("/api/v1/me"));
          setReceipt(`/api/v1/erasures/${begun.id}`);
        }}
      />
      {receipt && (
        <Alert
          open
          title="Your account is erased"
          description={
            <p>
              What is left of it is going now. <a href={receipt}>The receipt</a> says when the last
              of it was gone; keep its address, which nobody else knows.
            </p>
          }
        >
          <DialogActions>
            <Button look="primary" onClick={() => window.location.assign("/login")}>
              Close
            </Button>
          </DialogActions>
        </Alert>
      )}
    </Card>
  );
}
