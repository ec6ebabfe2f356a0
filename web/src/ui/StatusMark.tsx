// A state as shape, word and colour. One shape for each state, so that it is read in greyscale
// and with every kind of colour vision.
import type { ReactNode } from "react";
import { classes } from "./classes";
import styles from "./StatusMark.module.css";

export type Tone = "up" | "degraded" | "down" | "pending";

const words: Record<Tone, string> = {
  up: "Up",
  degraded: "Degraded",
  down: "Down",
  pending: "Waiting",
};

const shapes: Record<Tone, ReactNode> = {
  up: (
    <>
      <circle cx="6" cy="6" r="5.5" fill="currentColor" />
      <path d="M3.4 6.2l1.8 1.8 3.4-3.8" className={styles.cut} />
    </>
  ),
  degraded: (
    <>
      <path d="M6 .6l5.6 10.6H.4z" fill="currentColor" />
      <path d="M6 4.4v3M6 8.6v1.2" className={styles.cut} />
    </>
  ),
  down: (
    <>
      <rect x=".8" y=".8" width="10.4" height="10.4" rx="1.6" fill="currentColor" />
      <path d="M3.8 3.8l4.4 4.4M8.2 3.8L3.8 8.2" className={styles.cut} />
    </>
  ),
  pending: <circle cx="6" cy="6" r="4.6" className={styles.ring} />,
};

export function statusWord(tone: Tone): string {
  return words[tone];
}

export function StatusShape({ tone }: { tone: Tone }) {
  return (
    <svg viewBox="0 0 12 12" className={classes(styles.shape, styles[tone])} aria-hidden="true">
      {shapes[tone]}
    </svg>
  );
}

/** Shape and word in a row of text. */
export function StatusMark({ tone, children }: { tone: Tone; children?: ReactNode }) {
  return (
    <span className={styles.mark}>
      <StatusShape tone={tone} />
      {children ?? words[tone]}
    </span>
  );
}

/** Shape and word on a tint, for headers. */
export function StatusPill({ tone, children }: { tone: Tone; children?: ReactNode }) {
  return (
    <span className={classes(styles.pill, styles[tone], styles[`${tone}Soft`])}>
      <StatusShape tone={tone} />
      {children ?? words[tone]}
    </span>
  );
}
