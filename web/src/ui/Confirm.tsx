// The question before an act that cannot be taken back. Shows that the act is under way, and
// closes only when it succeeded.
import { type ReactNode, useState } from "react";
import { showFailed } from "../lib/notices";
import { Button } from "./Button";
import styles from "./Form.module.css";
import { Alert, DialogActions } from "./Overlay";

export type Question = {
  title: string;
  text: ReactNode;
  act: string;
  run: () => Promise<void>;
  /** What must be typed before the act is possible. */
  typed?: string;
};

type Props = Question & { open: boolean; onClose: () => void };

export function Confirm({ open, title, text, act, typed, onClose, run }: Props) {
  const [busy, setBusy] = useState(false);
  const [given, setGiven] = useState("");
  const close = () => {
    setGiven("");
    onClose();
  };
  const confirm = async () => {
    setBusy(true);
    try {
      await run();
      close();
    } catch (thrown) {
      showFailed(thrown);
    } finally {
      setBusy(false);
    }
  };
  return (
    <Alert open={open} title={title} description={<p>{text}</p>} onCancel={close}>
      {typed !== undefined && (
        <label className={styles.field}>
          <span className={styles.label}>Type “{typed}” to confirm</span>
          <input
            className={styles.input}
            autoComplete="off"
            value={given}
            onChange={(event) => setGiven(event.target.value)}
          />
        </label>
      )}
      <DialogActions>
        <Button onClick={close}>Cancel</Button>
        <Button
          look="danger"
          busy={busy}
          disabled={typed !== undefined && given.trim() !== typed.trim()}
          onClick={confirm}
        >
          {act}
        </Button>
      </DialogActions>
    </Alert>
  );
}
