// The values of a chart as a table, newest first.
import { formatDateTime, zoneName } from "../lib/clock";
import { usePreferences } from "../lib/preferences";
import type { ChartSpec } from "../lib/serverCharts";
import styles from "./Chart.module.css";

export function ChartTable({ spec, times }: { spec: ChartSpec; times: number[] }) {
  const { clock } = usePreferences();
  const rows = times.map((time, i) => ({ time, i })).reverse();
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: a scrollable area must take focus
    <section className={styles.values} tabIndex={0} aria-label={`${spec.title}, values`}>
      <table className="num">
        <thead>
          <tr>
            <th scope="col">Time ({zoneName(clock)})</th>
            {spec.lines.map((line) => (
              <th key={line.label} scope="col">
                {line.label}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {rows.map(({ time, i }) => (
            <tr key={time}>
              <td>{formatDateTime(new Date(time * 1000), clock)}</td>
              {spec.lines.map((line) => (
                <td key={line.label}>{cell(line.values[i], spec)}</td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </section>
  );
}

function cell(value: number | null | undefined, spec: ChartSpec): string {
  return value === null || value === undefined ? "–" : spec.format(value);
}
