// The legend of a query's chart: each line with its values, and a press shows it alone.
import { formatValue } from "../lib/format";
import type { QueryLine } from "../lib/queryAnswer";
import { LineSample } from "../ui/LineSample";
import styles from "./MetricsPage.module.css";

type Props = {
  lines: QueryLine[];
  cursor: number | null;
  /** Of the cursor; empty when there is none. */
  time: string;
  isolated: string | null;
  onIsolate: (label: string | null) => void;
};

export function MetricsLegend({ lines, cursor, time, isolated, onIsolate }: Props) {
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: a scrollable area must take focus
    <section className={styles.legend} tabIndex={0} aria-label="Legend">
      <table className="num">
        <thead>
          <tr>
            <th scope="col">Series</th>
            <th scope="col">{time || "Last"}</th>
            <th scope="col">Min</th>
            <th scope="col">Max</th>
            <th scope="col">Avg</th>
          </tr>
        </thead>
        <tbody>
          {lines.map((line) => {
            const isAlone = line.label === isolated;
            const value = cursor === null ? line.last : line.values[cursor];
            return (
              <tr key={line.label} data-quiet={isolated !== null && !isAlone}>
                <th scope="row">
                  <button
                    type="button"
                    aria-pressed={isAlone}
                    title={isAlone ? "Show all" : "Show this one alone"}
                    onClick={() => onIsolate(isAlone ? null : line.label)}
                  >
                    <LineSample look={line.look ?? 0} />
                    <span className="mono">{line.label}</span>
                  </button>
                </th>
                <td>{shown(value)}</td>
                <td>{shown(line.min)}</td>
                <td>{shown(line.max)}</td>
                <td>{shown(line.avg)}</td>
              </tr>
            );
          })}
        </tbody>
      </table>
    </section>
  );
}

function shown(value: number | null | undefined): string {
  return value === null || value === undefined ? "–" : formatValue(value);
}
