// The recovery codes, shown once, with the ways to store them.
import { Check, Copy, Download } from "lucide-react";
import { download } from "../lib/download";
import { useCopy } from "../lib/useCopy";
import { Button } from "../ui/Button";
import { OnceDialog } from "../ui/OnceDialog";
import pages from "./pages.module.css";
import styles from "./TotpSetup.module.css";

type Props = { codes: string[] | null; onDone: () => Promise<void> | void };

export function RecoveryCodes({ codes, onDone }: Props) {
  const { copied, copy } = useCopy();
  const text = `Recovery codes for ${location.host}\n\n${codes?.join("\n")}\n`;
  return (
    <OnceDialog
      open={codes !== null}
      title="Store your recovery codes"
      text="When your phone is lost, one of these lets you in instead of a code of the app. Each works once. They are shown now and never again."
      tick="I have stored these codes in a safe place"
      act="Done"
      onDone={onDone}
    >
      <ol className={styles.codes} aria-label="Recovery codes">
        {codes?.map((code) => (
          <li key={code}>{code}</li>
        ))}
      </ol>
      <div className={pages.row}>
        <Button onClick={() => copy(text)}>
          {copied === "yes" ? <Check aria-hidden="true" /> : <Copy aria-hidden="true" />}
          Copy
        </Button>
        <Button onClick={() => download("atalaya-recovery-codes.txt", text)}>
          <Download aria-hidden="true" />
          Download
        </Button>
        <span className="faint" aria-live="polite">
          {copied === "yes" && "Copied"}
          {copied === "failed" && "Copying is blocked here: select the text instead"}
        </span>
      </div>
    </OnceDialog>
  );
}
