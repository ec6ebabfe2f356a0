// A percentage as number and bar. The bar takes the colour of state from 80 % and 92 % on; the
// number beside it says the same without colour.
import { formatPercent } from "../lib/format";
import { classes } from "./classes";
import styles from "./Meter.module.css";

function tone(percent: number): string | undefined {
  if (percent >= 92) return styles.full;
  if (percent >= 80) return styles.high;
  return undefined;
}

export function Meter({ percent }: { percent: number | null | undefined }) {
  if (percent === null || percent === undefined) return <span className="faint">–</span>;
  const width = `${Math.min(100, Math.max(0, percent))}%`;
  return (
    <span className={classes(styles.meter, "num")}>
      <span className={styles.value}>{formatPercent(percent)}</span>
      <span className={styles.track} aria-hidden="true">
        <span className={classes(styles.fill, tone(percent))} style={{ width }} />
      </span>
    </span>
  );
}
