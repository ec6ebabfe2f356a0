// What differs between two versions, a heading for each panel that came, went or changed.
import { useMemo } from "react";
import type { Content } from "../../lib/dashboard";
import { diffOf } from "../../lib/dashboardDiff";
import { Changes } from "../../ui/Changes";
import pages from "../pages.module.css";
import styles from "./Dashboard.module.css";

type Props = { before: Content; after: Content };

export function DashboardDiff({ before, after }: Props) {
  const differences = useMemo(() => diffOf(before, after), [before, after]);
  if (differences.length === 0) return <p className="muted">Nothing differs.</p>;
  return (
    <div className={`${pages.stack} ${styles.diff}`}>
      {differences.map(({ key, title, state, changes }) => (
        <section key={key} aria-label={`${title}, ${state}`}>
          <h3>
            {title} <span className="faint">{state}</span>
          </h3>
          <Changes changes={changes} />
        </section>
      ))}
    </div>
  );
}
