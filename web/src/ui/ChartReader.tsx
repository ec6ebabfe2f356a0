// A chart that takes focus: left and right move the cursor, and the values under it are spoken once
// the reader rests. Of charts that share their cursor only the one with the focus speaks.
import { type KeyboardEvent, useEffect, useRef, useState } from "react";
import type uPlot from "uplot";
import type { ChartSpec } from "../lib/serverCharts";
import { Chart } from "./Chart";
import styles from "./Chart.module.css";

type Props = {
  spec: ChartSpec;
  times: number[];
  window: [number, number];
  sync: string;
  height: number;
  cursor: number | null;
  onCursor: (index: number | null) => void;
  /** The values under the cursor in words; empty when there is none. */
  reading: string;
};

const restMs = 350;

export function ChartReader({ cursor, reading, ...chart }: Props) {
  const { spec, times } = chart;
  const plot = useRef<uPlot | null>(null);
  const [isRead, setRead] = useState(false);
  return (
    <>
      <div
        className={styles.reader}
        role="application"
        // biome-ignore lint/a11y/noNoninteractiveTabindex: the chart is read with arrow keys
        tabIndex={0}
        aria-roledescription="time series chart"
        aria-label={`${spec.title}. Left and right arrows read values.`}
        onFocus={() => setRead(true)}
        onBlur={() => setRead(false)}
        onKeyDown={(event) => moveCursor(event, plot.current, times, cursor ?? times.length - 1)}
      >
        <Chart
          {...chart}
          plotRef={(made) => {
            plot.current = made;
          }}
        />
      </div>
      <Spoken text={isRead ? reading : ""} />
    </>
  );
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
