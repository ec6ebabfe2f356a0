// The lines of a range, and below them a legend that tells their values and picks one out.
import { useMemo, useState } from "react";
import { formatDateTime, zoneName } from "../lib/clock";
import { usePreferences } from "../lib/preferences";
import type { QueryChart } from "../lib/queryAnswer";
import type { ChartSpec } from "../lib/serverCharts";
import { ChartReader } from "../ui/ChartReader";
import { MetricsLegend } from "./MetricsLegend";
import styles from "./MetricsPage.module.css";

/** More values than this are not read aloud at once. */
const spokenMost = 5;

type Props = {
  chart: QueryChart;
  spec: Omit<ChartSpec, "lines">;
  /** Charts with the same one share their cursor. */
  sync: string;
  height: number;
  legend: "list" | "table" | "hidden";
};

export function QueryGraph({ chart, spec, sync, height, legend }: Props) {
  const { clock } = usePreferences();
  const [cursor, setCursor] = useState<number | null>(null);
  const [isolated, setIsolated] = useState<string | null>(null);
  const chosen = chart.lines.filter((line) => line.label === isolated);
  const lines = chosen.length > 0 ? chosen : chart.lines;
  const drawn = useMemo((): ChartSpec => ({ ...spec, lines, fit: true }), [spec, lines]);
  const at = cursor === null ? undefined : chart.times[cursor];
  const time = at === undefined ? "" : formatDateTime(new Date(at * 1000), clock);
  const values = lines.slice(0, spokenMost).map((line) => {
    const value = cursor === null ? null : line.values[cursor];
    return `${line.label} ${typeof value === "number" ? spec.format(value) : "nothing"}`;
  });
  return (
    <>
      <ChartReader
        spec={drawn}
        times={chart.times}
        window={[chart.times[0] ?? 0, chart.times.at(-1) ?? 0]}
        sync={sync}
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
      {legend !== "hidden" && (
        <MetricsLegend
          look={legend}
          title={spec.title}
          lines={chart.lines}
          format={spec.format}
          cursor={cursor}
          time={time && `${time.slice(11)} ${zoneName(clock)}`}
          isolated={chosen.length > 0 ? isolated : null}
          onIsolate={setIsolated}
        />
      )}
    </>
  );
}
