// A bordered section with its heading.
import { type ReactNode, useId } from "react";
import styles from "./Card.module.css";
import { classes } from "./classes";

type Props = {
  title: string;
  note?: ReactNode;
  aside?: ReactNode;
  children: ReactNode;
  flush?: boolean;
};

export function Card({ title, note, aside, children, flush = false }: Props) {
  const id = useId();
  return (
    <section className={classes(styles.card, flush && styles.flush)} aria-labelledby={id}>
      <header className={styles.header}>
        <h2 id={id}>{title}</h2>
        {note && <span className="faint">{note}</span>}
        {aside && <span className={styles.aside}>{aside}</span>}
      </header>
      {children}
    </section>
  );
}
