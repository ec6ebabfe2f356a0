// Sets an authenticator app up in three steps: the password, the QR code with a first code of the
// app, and the recovery codes, which are shown this once.
import { useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { api, send } from "../api/client";
import { meQuery, sessionsQuery } from "../api/queries";
import type { TotpEnrolment } from "../api/types";
import { showDone } from "../lib/notices";
import { readQrCode } from "../lib/qrCode";
import { Button } from "../ui/Button";
import { Field } from "../ui/Field";
import { Form } from "../ui/Form";
import { DialogActions, Modal } from "../ui/Overlay";
import { Submit } from "../ui/Submit";
import { CodeField } from "./CodeField";
import { RecoveryCodes } from "./RecoveryCodes";
import styles from "./TotpSetup.module.css";

export function TotpSetup({ open, onClose }: { open: boolean; onClose: () => void }) {
  const client = useQueryClient();
  const [enrolment, setEnrolment] = useState<TotpEnrolment | null>(null);
  const [codes, setCodes] = useState<string[] | null>(null);
  const close = () => {
    setEnrolment(null);
    setCodes(null);
    onClose();
  };
  const finish = async () => {
    await client.invalidateQueries({ queryKey: meQuery.queryKey });
    void client.invalidateQueries({ queryKey: sessionsQuery.queryKey });
    close();
    showDone("The second factor is on", "From now on, logging in asks for a code of your app.");
  };
  return (
    <>
      <Modal open={open && !codes} onClose={close} title="Set up the second factor">
        {enrolment ? (
          <ScanStep enrolment={enrolment} onCodes={setCodes} onClose={close} />
        ) : (
          <PasswordStep onEnrolment={setEnrolment} onClose={close} />
        )}
      </Modal>
      <RecoveryCodes codes={open ? codes : null} onDone={finish} />
    </>
  );
}

type PasswordProps = { onEnrolment: (enrolment: TotpEnrolment) => void; onClose: () => void };

function PasswordStep({ onEnrolment, onClose }: PasswordProps) {
  return (
    <Form
      label="Your password"
      onSubmit={async ({ password = "" }) =>
        onEnrolment(await send(api.POST("/api/v1/me/totp", { body: { password } })))
      }
    >
      <p className="muted">
        You need an authenticator app on your phone or in your password manager. First, your
        password.
      </p>
      <Field
        label="Password"
        name="password"
        type="password"
        autoComplete="current-password"
        autoFocus
      />
      <DialogActions>
        <Button onClick={onClose}>Cancel</Button>
        <Submit look="primary" whileBusy="Checking">
          Continue
        </Submit>
      </DialogActions>
    </Form>
  );
}

type ScanProps = {
  enrolment: TotpEnrolment;
  onCodes: (codes: string[]) => void;
  onClose: () => void;
};

function ScanStep({ enrolment, onCodes, onClose }: ScanProps) {
  const groups = enrolment.secret.replace(/\s/g, "").match(/.{1,4}/g) ?? [];
  return (
    <Form
      label="Authenticator app"
      onSubmit={async ({ code = "" }) => {
        const body = { code: code.trim() };
        const made = await send(api.POST("/api/v1/me/totp/confirm", { body }));
        onCodes(made.recovery_codes);
      }}
    >
      <div className={styles.scan}>
        <QrImage svg={enrolment.qr_svg} />
        <div className={styles.manual}>
          <p>Scan this with your app, or type the secret into it:</p>
          <p className={styles.secret}>
            {groups.map((group, i) => (
              // biome-ignore lint/suspicious/noArrayIndexKey: groups may repeat and never move
              <span key={i}>{group}</span>
            ))}
          </p>
          <p className="faint">Time-based, 6 digits, 30 seconds.</p>
        </div>
      </div>
      <CodeField autoFocus hint="The code that the app shows now." />
      <DialogActions>
        <Button onClick={onClose}>Cancel</Button>
        <Submit look="primary" whileBusy="Checking">
          Turn on
        </Submit>
      </DialogActions>
    </Form>
  );
}

/** Always dark on light with its quiet zone: many apps cannot read it otherwise. */
function QrImage({ svg }: { svg: string }) {
  const code = readQrCode(svg);
  if (!code) return null;
  return (
    <svg
      className={styles.qr}
      viewBox={`0 0 ${code.size} ${code.size}`}
      shapeRendering="crispEdges"
      role="img"
      aria-label="QR code of the secret"
    >
      <rect width={code.size} height={code.size} fill="#fff" />
      <path d={code.path} fill="#000" />
    </svg>
  );
}
