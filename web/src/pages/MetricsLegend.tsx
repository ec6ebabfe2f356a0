// The legend of a query's chart: each line with its values, and a press shows it alone.
import type { QueryLine } from "../lib/queryAnswer";
import { LineSample } from "../ui/LineSample";
import styles from "./MetricsPage.module.css";

type Props = {
  /** A table with the extremes, or one value behind each name. */
  look: "table" | "list";
  /** Of the chart. */
  title: string;
  lines: QueryLine[];
  format: (value: number) => string;
  cursor: number | null;
  /** Of the cursor; empty when there is none. */
  time: string;
  isolated: string | null;
  onIsolate: (label: string | null) => void;
};

export function MetricsLegend(props: Props) {
  const { look, title, lines, format, cursor, time, isolated } = props;
  const shown = (value: number | null | undefined) =>
    value === null || value === undefined ? "–" : format(value);
  const now = (line: QueryLine) => shown(cursor === null ? line.last : line.values[cursor]);
  const isQuiet = (line: QueryLine) => isolated !== null && line.label !== isolated;
  if (look === "list") {
    return (
      // biome-ignore lint/a11y/noNoninteractiveTabindex: a scrollable area must take focus
      <section className={styles.legendList} tabIndex={0} aria-label={`Legend of ${title}`}>
        {lines.map((line) => (
          <span key={line.label} data-quiet={isQuiet(line)}>
            <LineButton {...props} line={line} />
            <span className="num">{now(line)}</span>
          </span>
        ))}
      </section>
    );
  }
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: a scrollable area must take focus
    <section className={styles.legend} tabIndex={0} aria-label={`Legend of ${title}`}>
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
          {lines.map((line) => (
            <tr key={line.label} data-quiet={isQuiet(line)}>
              <th scope="row">
                <LineButton {...props} line={line} />
              </th>
              <td>{now(line)}</td>
              <td>{shown(line.min)}</td>
              <td>{shown(line.max)}</td>
              <td>{shown(line.avg)}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </section>
  );
}

function LineButton({ line, isolated, onIsolate }: Props & { line: QueryLine }) {
  const isAlone = line.label === isolated;
  return (
    <button
      type="button"
      aria-pressed={isAlone}
      title={isAlone ? "Show all" : "Show this one alone"}
      onClick={() => onIsolate(isAlone ? null : line.label)}
    >
      <LineSample look={line.look ?? 0} />
      <span className="mono">{line.label}</span>
    </button>
  );
}
