// Copies text and says for a moment whether it worked.
import { useState } from "react";

export type Copied = "no" | "yes" | "failed";

export function useCopy(): { copied: Copied; copy: (text: string) => Promise<void> } {
  const [copied, setCopied] = useState<Copied>("no");
  const copy = async (text: string) => {
    try {
      await navigator.clipboard.writeText(text);
      setCopied("yes");
    } catch {
      // Without clipboard access the reader can still select the text.
      setCopied("failed");
    }
    setTimeout(() => setCopied("no"), 3000);
  };
  return { copied, copy };
}
