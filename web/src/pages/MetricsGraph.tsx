// The chart of an answer in the explorer, with what all its lines have in common.
import { useMemo } from "react";
import { formatTick, formatValue } from "../lib/format";
import { chartOf, type QueryAnswer } from "../lib/queryAnswer";
import type { Window } from "../lib/timeRange";
import styles from "./MetricsPage.module.css";
import { QueryGraph } from "./QueryGraph";

const spec = { id: "query", title: "Values", unit: "", format: formatValue, tick: formatTick };

export function MetricsGraph({ answer, window }: { answer: QueryAnswer; window: Window }) {
  // The window of the answer: it changes with it alone.
  // biome-ignore lint/correctness/useExhaustiveDependencies: a window without its answer is not drawn
  const chart = useMemo(() => chartOf(answer, window), [answer]);
  return (
    <div className={styles.graph}>
      <QueryGraph chart={chart} spec={spec} sync="query" height={320} legend="table" />
    </div>
  );
}
