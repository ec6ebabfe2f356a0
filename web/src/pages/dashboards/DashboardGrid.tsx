// The panels of a dashboard on their grid; on narrow screens one below the other. Rows fold what is
// below them.
import { ChevronDown, ChevronRight } from "lucide-react";
import type { CSSProperties, ReactNode, Ref } from "react";
import type { Place } from "../../lib/dashboard";
import styles from "./Dashboard.module.css";

type Props = { ref?: Ref<HTMLDivElement>; children: ReactNode };

export function DashboardGrid({ ref, children }: Props) {
  return (
    <div ref={ref} className={styles.grid}>
      {children}
    </div>
  );
}

type CellProps = { place: Place; isMoved?: boolean; children: ReactNode };

export function Cell({ place, isMoved, children }: CellProps) {
  const { x, y, w, h } = place;
  const geometry = { "--x": x + 1, "--y": y + 1, "--w": w, "--h": h } as CSSProperties;
  return (
    <div className={styles.cell} style={geometry} data-moved={isMoved}>
      {children}
    </div>
  );
}

type RowProps = {
  title: string;
  /** Absent while the dashboard is edited: all is seen then. */
  fold?: { isFolded: boolean; onFold: () => void };
  tools?: ReactNode;
};

export function RowHead({ title, fold, tools }: RowProps) {
  const Arrow = fold?.isFolded ? ChevronRight : ChevronDown;
  return (
    <header className={styles.row}>
      <h2>
        {fold ? (
          <button type="button" aria-expanded={!fold.isFolded} onClick={fold.onFold}>
            <Arrow aria-hidden="true" />
            {title}
          </button>
        ) : (
          title
        )}
      </h2>
      <span className="grow" />
      {tools}
    </header>
  );
}
