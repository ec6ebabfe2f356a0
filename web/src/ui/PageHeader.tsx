// The sticky top of a page: where it stands, its only h1, its state, its acts. Also sets the
// title of the browser tab.
import { type ReactNode, useEffect } from "react";
import styles from "./PageHeader.module.css";

type Props = {
  title: string;
  /** The way back up, on pages below another page. */
  parent?: ReactNode;
  state?: ReactNode;
  note?: ReactNode;
  children?: ReactNode;
};

export function PageHeader({ title, parent, state, note, children }: Props) {
  useEffect(() => {
    document.title = `${title} · Atalaya`;
  }, [title]);
  return (
    <header className={styles.header}>
      <div className={styles.lead}>
        {parent && <span className={styles.parent}>{parent} /</span>}
        <h1 className={styles.title}>{title}</h1>
        {state}
        {note && <span className={styles.note}>{note}</span>}
      </div>
      {children && <div className={styles.acts}>{children}</div>}
    </header>
  );
}
