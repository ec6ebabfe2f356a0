// A chart with its title, present value, legend and table.
import { Table2 } from "lucide-react";
import { useId, useState } from "react";
import { formatDateTime, zoneName } from "../lib/clock";
import { usePreferences } from "../lib/preferences";
import { lastValue } from "../lib/series";
import type { ChartLine, ChartSpec } from "../lib/serverCharts";
import styles from "./Chart.module.css";
import { ChartReader } from "./ChartReader";
import { ChartTable } from "./ChartTable";
import { LineSample } from "./LineSample";

type Props = {
  spec: ChartSpec;
  times: number[];
  window: [number, number];
  choice?: string;
  onChoice?: (choice: string | undefined) => void;
};

const height = 168;

export function ChartCard({ spec, times, window, choice, onChoice }: Props) {
  const id = useId();
  const { clock } = usePreferences();
  const [cursor, setCursor] = useState<number | null>(null);
  const [asTable, setAsTable] = useState(false);
  const shown = cursor ?? times.length - 1;
  const time = times[shown];
  const at = time === undefined ? "" : formatDateTime(new Date(time * 1000), clock);
  const values = spec.lines.map((line) => valueAt(spec, line, cursor));
  const reading = spec.lines.map((line, i) => `${line.label} ${values[i]}`).join(", ");
  return (
    <section className={styles.card} aria-labelledby={id}>
      <header className={styles.header}>
        <h2 id={id}>{spec.title}</h2>
        <span className={styles.unit}>{spec.unit}</span>
        {onChoice && <DeviceChoice spec={spec} choice={choice} onChoice={onChoice} />}
        <button
          type="button"
          className={styles.tool}
          aria-label={`Show ${spec.title} as table`}
          aria-pressed={asTable}
          onClick={() => setAsTable(!asTable)}
        >
          <Table2 aria-hidden="true" />
        </button>
        <span className={`${styles.now} num`}>{spec.headline ?? values[0]}</span>
      </header>
      {asTable ? (
        <ChartTable spec={spec} times={times} />
      ) : (
        <ChartReader
          spec={spec}
          times={times}
          window={window}
          sync="server"
          height={height}
          cursor={cursor}
          onCursor={setCursor}
          reading={cursor === null ? "" : `${at}: ${reading}`}
        />
      )}
      <div className={`${styles.legend} num`}>
        {spec.lines.map((line, i) => (
          <span key={line.label}>
            <LineSample look={line.look ?? i} />
            {line.label} {values[i]}
          </span>
        ))}
        <span className={styles.at}>
          {at.slice(cursor === null ? 11 : 5)} {zoneName(clock)}
        </span>
      </div>
    </section>
  );
}

/** The value under the cursor, or the last one known. */
function valueAt(spec: ChartSpec, line: ChartLine, cursor: number | null): string {
  const value = cursor === null ? lastValue(line.values) : line.values[cursor];
  return value === null || value === undefined ? "–" : spec.format(value);
}

type ChoiceProps = {
  spec: ChartSpec;
  choice: string | undefined;
  onChoice: (choice: string | undefined) => void;
};

function DeviceChoice({ spec, choice, onChoice }: ChoiceProps) {
  return (
    <select
      aria-label={`${spec.title}: device`}
      value={choice ?? ""}
      onChange={(event) => onChoice(event.target.value || undefined)}
    >
      <option value="">All</option>
      {spec.choices?.map((name) => (
        <option key={name}>{name}</option>
      ))}
    </select>
  );
}
