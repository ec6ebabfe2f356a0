// The state of the reader's second factor, and how to change it.
import { useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { api, send } from "../api/client";
import { meQuery, sessionsQuery } from "../api/queries";
import type { User } from "../api/types";
import { showDone } from "../lib/notices";
import { Button } from "../ui/Button";
import { Card } from "../ui/Card";
import { Confirm } from "../ui/Confirm";
import { StatusMark } from "../ui/StatusMark";
import styles from "./AccountPage.module.css";
import pages from "./pages.module.css";
import { RecoveryCodes } from "./RecoveryCodes";
import { TotpSetup } from "./TotpSetup";

type Asked = "set-up" | "renew" | "turn-off";

export function SecondFactor({ user }: { user: User }) {
  const client = useQueryClient();
  const [asked, setAsked] = useState<Asked | null>(null);
  const [codes, setCodes] = useState<string[] | null>(null);
  const close = () => setAsked(null);
  const refresh = () => client.invalidateQueries({ queryKey: meQuery.queryKey });
  return (
    <Card title="Second factor">
      <div className={styles.factor}>
        {user.second_factor ? (
          <IsOn left={user.recovery_codes_left ?? 0} onAsk={setAsked} />
        ) : (
          <IsOff onAsk={setAsked} />
        )}
      </div>
      <TotpSetup open={asked === "set-up"} onClose={close} />
      <Confirm
        open={asked === "renew"}
        onClose={close}
        title="Make new recovery codes?"
        text="The old ones stop working at once, used or not."
        act="Make new codes"
        run={async () => {
          const made = await send(api.POST("/api/v1/me/recovery-codes"));
          setCodes(made.recovery_codes);
        }}
      />
      <Confirm
        open={asked === "turn-off"}
        onClose={close}
        title="Turn the second factor off?"
        text="Your password alone opens your account then, and teams that require a second factor are closed to you. Every other session is signed out."
        act="Turn off"
        run={async () => {
          await send(api.DELETE("/api/v1/me/totp"));
          await refresh();
          void client.invalidateQueries({ queryKey: sessionsQuery.queryKey });
          showDone("The second factor is off");
        }}
      />
      <RecoveryCodes
        codes={codes}
        onDone={async () => {
          setCodes(null);
          await refresh();
        }}
      />
    </Card>
  );
}

type PartProps = { onAsk: (asked: Asked) => void };

function IsOff({ onAsk }: PartProps) {
  return (
    <>
      <StatusMark tone="pending">Off: your password alone opens your account</StatusMark>
      <p className="muted">
        With an authenticator app, who learns your password still cannot log in.
      </p>
      <div>
        <Button look="primary" onClick={() => onAsk("set-up")}>
          Set up the second factor
        </Button>
      </div>
    </>
  );
}

const fewCodes = 3;

function IsOn({ left, onAsk }: PartProps & { left: number }) {
  return (
    <>
      <StatusMark tone="up">On: logging in asks for a code of your app</StatusMark>
      <StatusMark tone={left <= fewCodes ? "degraded" : "up"}>
        {left} of 10 recovery codes left
        {left <= fewCodes && ": make new ones soon"}
      </StatusMark>
      <div className={pages.row}>
        <Button onClick={() => onAsk("renew")}>New recovery codes</Button>
        <Button look="danger" onClick={() => onAsk("turn-off")}>
          Turn off
        </Button>
      </div>
    </>
  );
}
