// The fields for a code of the authenticator app, and for a recovery code. Both take what is
// pasted or filled in by the browser.
import { Field } from "../ui/Field";
import styles from "./CodeField.module.css";

type Props = { autoFocus?: boolean; hint?: string };

export function CodeField({ autoFocus, hint }: Props) {
  return (
    <div className={styles.code}>
      <Field
        label="Six-digit code"
        name="code"
        inputMode="numeric"
        autoComplete="one-time-code"
        pattern="\s*\d{3}\s?\d{3}\s*"
        title="Six digits"
        autoFocus={autoFocus}
        hint={hint}
      />
    </div>
  );
}

export function RecoveryField({ autoFocus }: Props) {
  return (
    <div className={styles.recovery}>
      <Field
        label="Recovery code"
        name="code"
        autoComplete="off"
        autoCapitalize="characters"
        spellCheck={false}
        placeholder="01-ABCDE-FGHJK"
        autoFocus={autoFocus}
      />
    </div>
  );
}
