// A chart with its title, present value, legend and table. It takes focus: left and right move
// the cursor, and the values under it are spoken once the reader rests.
import { Table2 } from "lucide-react";
import { type KeyboardEvent, useEffect, useId, useRef, useState } from "react";
import type uPlot from "uplot";
import { formatDateTime, zoneName } from "../lib/clock";
import { usePreferences } from "../lib/preferences";
import { lastValue } from "../lib/series";
import type { ChartLine, ChartSpec } from "../lib/serverCharts";
import { Chart, dashes } from "./Chart";
import styles from "./Chart.module.css";
import { ChartTable } from "./ChartTable";

type Props = {
  spec: ChartSpec;
  times: number[];
  window: [number, number];
  choice?: string;
  onChoice?: (choice: string | undefined) => void;
};

const restMs = 350;

export function ChartCard({ spec, times, window, choice, onChoice }: Props) {
  const id = useId();
  const { clock } = usePreferences();
  const [cursor, setCursor] = useState<number | null>(null);
  const [asTable, setAsTable] = useState(false);
  const plot = useRef<uPlot | null>(null);
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
        <div
          className={styles.reader}
          role="application"
          // biome-ignore lint/a11y/noNoninteractiveTabindex: the chart is read with arrow keys
          tabIndex={0}
          aria-roledescription="time series chart"
          aria-label={`${spec.title}. Left and right arrows read values.`}
          onKeyDown={(event) => moveCursor(event, plot.current, times, shown)}
        >
          <Chart
            spec={spec}
            times={times}
            window={window}
            sync="server"
            onCursor={setCursor}
            plotRef={(made) => {
              plot.current = made;
            }}
          />
        </div>
      )}
      <div className={`${styles.legend} num`}>
        {spec.lines.map((line, i) => (
          <span key={line.label}>
            <LineSample index={i} />
            {line.label} {values[i]}
          </span>
        ))}
        <span className={styles.at}>
          {at.slice(cursor === null ? 11 : 5)} {zoneName(clock)}
        </span>
      </div>
      <Spoken text={cursor === null ? "" : `${at}: ${reading}`} />
    </section>
  );
}

/** The value under the cursor, or the last one known. */
function valueAt(spec: ChartSpec, line: ChartLine, cursor: number | null): string {
  const value = cursor === null ? lastValue(line.values) : line.values[cursor];
  return value === null || value === undefined ? "–" : spec.format(value);
}

function moveCursor(event: KeyboardEvent, plot: uPlot | null, times: number[], shown: number) {
  const targets = new Map([
    ["ArrowLeft", shown - 1],
    ["ArrowRight", shown + 1],
    ["Home", 0],
    ["End", times.length - 1],
  ]);
  const target = targets.get(event.key);
  if (!plot || (target === undefined && event.key !== "Escape")) return;
  event.preventDefault();
  const time = times[Math.max(0, Math.min(times.length - 1, target ?? 0))];
  const away = { left: -10, top: -10 };
  const there = time === undefined ? away : { left: plot.valToPos(time, "x"), top: 20 };
  plot.setCursor(target === undefined ? away : there);
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

function LineSample({ index }: { index: number }) {
  return (
    <svg width="16" height="4" viewBox="0 0 16 4" aria-hidden="true">
      <path
        d="M0 2H16"
        stroke={`var(--series-${index + 1})`}
        strokeWidth="2"
        strokeDasharray={dashes[index]?.join(" ")}
      />
    </svg>
  );
}

/** Says a text politely once it has stood still for a moment. */
function Spoken({ text }: { text: string }) {
  const [said, setSaid] = useState("");
  useEffect(() => {
    const timer = setTimeout(() => setSaid(text), restMs);
    return () => clearTimeout(timer);
  }, [text]);
  return (
    <p className="unseen" aria-live="polite">
      {said}
    </p>
  );
}
