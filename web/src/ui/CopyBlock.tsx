// Text meant for a terminal, with a copy button that says whether it worked.
import { Check, Copy } from "lucide-react";
import { useState } from "react";
import { Button } from "./Button";
import styles from "./CopyBlock.module.css";

type Props = { label: string; text: string };

export function CopyBlock({ label, text }: Props) {
  const [copied, setCopied] = useState<"no" | "yes" | "failed">("no");
  const copy = async () => {
    try {
      await navigator.clipboard.writeText(text);
      setCopied("yes");
    } catch {
      // Without clipboard access the reader can still select the text.
      setCopied("failed");
    }
    setTimeout(() => setCopied("no"), 3000);
  };
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
        <Button onClick={copy}>
          {copied === "yes" ? <Check aria-hidden="true" /> : <Copy aria-hidden="true" />}
          Copy
        </Button>
      </div>
    </div>
  );
}
