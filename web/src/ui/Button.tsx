// The button of the page. `busy` keeps its width, says so to screen readers, and stops a second
// press while the act is under way.
import type { ButtonHTMLAttributes, Ref } from "react";
import styles from "./Button.module.css";
import { classes } from "./classes";

export type ButtonLook = "plain" | "primary" | "danger" | "quiet";

type Props = ButtonHTMLAttributes<HTMLButtonElement> & {
  look?: ButtonLook;
  busy?: boolean;
  ref?: Ref<HTMLButtonElement>;
};

/** The same look for links that act like buttons. */
export function buttonClass(look: ButtonLook = "plain"): string {
  return classes(styles.button, styles[look]);
}

export function Button({ look, busy = false, children, className, onClick, ...rest }: Props) {
  return (
    <button
      type="button"
      {...rest}
      className={classes(buttonClass(look), className)}
      aria-disabled={busy || undefined}
      data-busy={busy || undefined}
      onClick={busy ? (event) => event.preventDefault() : onClick}
    >
      {busy && <span className={styles.spinner} aria-hidden="true" />}
      {children}
    </button>
  );
}
