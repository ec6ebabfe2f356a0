// Text meant for a terminal, with a copy button that says whether it worked.
import { Check, Copy } from "lucide-react";
import { useCopy } from "../lib/useCopy";
import { Button } from "./Button";
import styles from "./CopyBlock.module.css";

type Props = { label: string; text: string };

export function CopyBlock({ label, text }: Props) {
  const { copied, copy } = useCopy();
  return (
    <div className={styles.block}>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: a scrollable area must take focus */}
      <section className={styles.text} tabIndex={0} aria-label={label}>
        <pre>{text}</pre>
      </section>
      <div className={styles.foot}>
        <span className="faint" aria-live="polite">
          {copied === "yes" && "Copied"}
          {copied === "failed" && "Copying is blocked here: select the text instead"}
        </span>
        <Button onClick={() => copy(text)}>
          {copied === "yes" ? <Check aria-hidden="true" /> : <Copy aria-hidden="true" />}
          Copy
        </Button>
      </div>
    </div>
  );
}
