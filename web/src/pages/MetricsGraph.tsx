// The lines of a range, and below them a legend that tells their values and picks one out.
import { useMemo, useState } from "react";
import { formatDateTime, zoneName } from "../lib/clock";
import { formatValue } from "../lib/format";
import { usePreferences } from "../lib/preferences";
import { chartOf, type QueryAnswer } from "../lib/queryAnswer";
import type { ChartSpec } from "../lib/serverCharts";
import type { Window } from "../lib/timeRange";
import { ChartReader } from "../ui/ChartReader";
import { MetricsLegend } from "./MetricsLegend";
import styles from "./MetricsPage.module.css";

const height = 320;
/** More values than this are not read aloud at once. */
const spokenMost = 5;

export function MetricsGraph({ answer, window }: { answer: QueryAnswer; window: Window }) {
  const { clock } = usePreferences();
  const [cursor, setCursor] = useState<number | null>(null);
  const [isolated, setIsolated] = useState<string | null>(null);
  // The window of the answer: it changes with it alone.
  // biome-ignore lint/correctness/useExhaustiveDependencies: a window without its answer is not drawn
  const chart = useMemo(() => chartOf(answer, window), [answer]);
  const chosen = chart.lines.filter((line) => line.label === isolated);
  const lines = chosen.length > 0 ? chosen : chart.lines;
  const spec: ChartSpec = {
    id: "query",
    title: "Values",
    unit: "",
    format: formatValue,
    lines,
    fit: true,
  };
  const at = cursor === null ? undefined : chart.times[cursor];
  const time = at === undefined ? "" : formatDateTime(new Date(at * 1000), clock);
  const values = lines.slice(0, spokenMost).map((line) => {
    const value = cursor === null ? null : line.values[cursor];
    return `${line.label} ${typeof value === "number" ? formatValue(value) : "nothing"}`;
  });
  return (
    <div className={styles.graph}>
      <ChartReader
        spec={spec}
        times={chart.times}
        window={[chart.times[0] ?? 0, chart.times.at(-1) ?? 0]}
        sync="query"
        height={height}
        cursor={cursor}
        onCursor={setCursor}
        reading={time && `${time}: ${values.join(", ")}`}
      />
      {chart.shared && (
        <p className={styles.shared}>
          <span className="faint">All: </span>
          <span className="mono">{chart.shared}</span>
        </p>
      )}
      <MetricsLegend
        lines={chart.lines}
        cursor={cursor}
        time={time && `${time.slice(11)} ${zoneName(clock)}`}
        isolated={chosen.length > 0 ? isolated : null}
        onIsolate={setIsolated}
      />
    </div>
  );
}
