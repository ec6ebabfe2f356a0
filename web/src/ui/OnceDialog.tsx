// Shows a secret that is never shown again. Neither Escape nor a click outside closes it, only its
// own button, after a tick: a lost secret is lost.
import { type ReactNode, useState } from "react";
import { showFailed } from "../lib/notices";
import { Button } from "./Button";
import { Tick } from "./Field";
import { Alert, DialogActions } from "./Overlay";

type Props = {
  open: boolean;
  title: string;
  text: ReactNode;
  /** What the reader confirms, such as "I have stored the key". */
  tick: string;
  act: string;
  onDone: () => Promise<void> | void;
  children: ReactNode;
};

export function OnceDialog({ open, title, text, tick, act, onDone, children }: Props) {
  const [ticked, setTicked] = useState(false);
  const [busy, setBusy] = useState(false);
  const finish = async () => {
    setBusy(true);
    try {
      await onDone();
      setTicked(false);
    } catch (thrown) {
      showFailed(thrown);
    } finally {
      setBusy(false);
    }
  };
  return (
    <Alert open={open} wide title={title} description={<p>{text}</p>}>
      {children}
      <Tick label={tick} checked={ticked} onChange={(event) => setTicked(event.target.checked)} />
      <DialogActions>
        <Button look="primary" disabled={!ticked} busy={busy} onClick={finish}>
          {act}
        </Button>
      </DialogActions>
    </Alert>
  );
}
