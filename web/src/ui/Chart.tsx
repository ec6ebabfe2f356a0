// One uPlot in React's hands: drawn anew when theme or lines change, fed when data changes.
// Charts with the same `sync` share their cursor.
import { useEffect, useRef } from "react";
import uPlot from "uplot";
import "uplot/dist/uPlot.min.css";
import { formatDate, formatTime } from "../lib/clock";
import { usePreferences, useShownTheme } from "../lib/preferences";
import type { ChartLine, ChartSpec } from "../lib/serverCharts";
import styles from "./Chart.module.css";
import { lineLook } from "./lineLook";

const day = 86_400;
/** Among more lines than this a filled one would claim to be the one that counts. */
const filledAmong = 5;

type Props = {
  spec: ChartSpec;
  times: number[];
  /** The time axis, in unix seconds; fixed, so that silence is seen as empty space. */
  window: [number, number];
  sync: string;
  height: number;
  onCursor: (index: number | null) => void;
  plotRef: (plot: uPlot | null) => void;
};

function token(name: string): string {
  return getComputedStyle(document.documentElement).getPropertyValue(name).trim();
}

/** Powers of two keep the axis of bytes on round KiB and GiB. */
const binaryIncrements = Array.from({ length: 50 }, (_, power) => 2 ** power);

function highest(spec: ChartSpec, dataMax: number): number {
  if (spec.ceiling !== undefined) return spec.ceiling;
  const room = Math.max(dataMax * 1.15, spec.floor ?? 0);
  const withMark = spec.mark && spec.mark < room * 4 ? spec.mark * 1.1 : 0;
  return Math.max(room, withMark) || 1;
}

type Values = ChartLine["values"];

/** Each line on top of those before it; silence adds nothing. */
function stackedOn(lines: Values[]): Values[] {
  const sums: number[] = [];
  return lines.map((values) =>
    values.map((value, i) => {
      if (value === null) return null;
      sums[i] = (sums[i] ?? 0) + value;
      return sums[i];
    }),
  );
}

function tableOf(spec: ChartSpec, times: number[]): uPlot.AlignedData {
  const band = spec.lines[0]?.band;
  const values = spec.lines.map((line) => line.values);
  const lines = spec.stacked ? stackedOn(values) : values;
  return [times, ...lines, ...(band ? [band.low, band.high] : [])];
}

/** Room above and below, down to zero where that is near; the chart's own bounds count first. */
function fitted(spec: ChartSpec, low: number | null, high: number | null): uPlot.Range.MinMax {
  const [begin, end] = low === null || high === null ? [0, 1] : rangeOf(low, high);
  const bottom = spec.low ?? begin;
  const top = spec.high ?? end;
  return [bottom, top > bottom ? top : bottom + 1];
}

function rangeOf(low: number, high: number): [number, number] {
  const [begin, end] = uPlot.rangeNum(low, high, 0.1, true);
  return [begin ?? low, end ?? high];
}

/** The places of values between two silences: no line leads to them. */
function lonePoints(values: uPlot.AlignedData[number]): number[] | null {
  const isSilent = (i: number) => values[i] === null || values[i] === undefined;
  const places: number[] = [];
  for (let i = 0; i < values.length; i += 1) {
    if (!isSilent(i) && isSilent(i - 1) && isSilent(i + 1)) places.push(i);
  }
  return places.length > 0 ? places : null;
}

function drawMarks(plot: uPlot, spec: ChartSpec): void {
  if (spec.mark) drawMark(plot, spec.mark, token("--down"));
  for (const { from, tone } of spec.limits ?? []) drawMark(plot, from, token(`--${tone}`));
}

function drawMark(plot: uPlot, value: number, colour: string): void {
  const { ctx, bbox } = plot;
  const y = plot.valToPos(value, "y", true);
  if (y < bbox.top || y > bbox.top + bbox.height) return;
  ctx.save();
  ctx.strokeStyle = colour;
  ctx.lineWidth = devicePixelRatio;
  ctx.setLineDash([4 * devicePixelRatio, 4 * devicePixelRatio]);
  ctx.beginPath();
  ctx.moveTo(bbox.left, y);
  ctx.lineTo(bbox.left + bbox.width, y);
  ctx.stroke();
  ctx.restore();
}

export function Chart({ spec, times, window, sync, height, onCursor, plotRef }: Props) {
  const host = useRef<HTMLDivElement>(null);
  const plot = useRef<uPlot | null>(null);
  const latest = useRef({ spec, window, onCursor, times, plotRef });
  latest.current = { spec, window, onCursor, times, plotRef };
  const theme = useShownTheme();
  const { clock } = usePreferences();
  const labels = spec.lines.map((line) => line.label).join("|");
  const hasBand = spec.lines[0]?.band !== undefined;

  // biome-ignore lint/correctness/useExhaustiveDependencies: these make a different drawing
  useEffect(() => {
    const element = host.current;
    if (!element) return;
    const look = { width: element.clientWidth, height, sync, clock };
    const options = optionsOf(() => latest.current, look);
    const made = new uPlot(options, tableOf(latest.current.spec, latest.current.times), element);
    plot.current = made;
    latest.current.plotRef(made);
    const observer = new ResizeObserver(() => {
      made.setSize({ width: element.clientWidth, height });
    });
    observer.observe(element);
    // The axes were measured with a fallback font if the page's own was still on its way.
    void document.fonts.ready.then(() => plot.current === made && made.redraw(false, true));
    return () => {
      observer.disconnect();
      latest.current.plotRef(null);
      plot.current = null;
      made.destroy();
    };
  }, [theme, clock, sync, height, labels, hasBand, spec.stacked, spec.binary, spec.id]);

  useEffect(() => {
    plot.current?.setData(tableOf(spec, times));
  }, [spec, times]);

  const [from, to] = window;
  useEffect(() => {
    plot.current?.setScale("x", { min: from, max: to });
  }, [from, to]);

  return <div ref={host} style={{ minHeight: height }} className={styles.plot} />;
}

type Latest = Pick<Props, "spec" | "window" | "onCursor" | "times" | "plotRef">;
type Look = { width: number; height: number; sync: string; clock: "utc" | "local" };

function optionsOf(latest: () => Latest, { width, height, sync, clock }: Look): uPlot.Options {
  const { spec } = latest();
  const axis: uPlot.Axis = {
    stroke: token("--text-3"),
    font: "11px Inter, system-ui, sans-serif",
    grid: { stroke: token("--grid"), width: 1 },
    ticks: { show: false },
  };
  const labelTimes = (_: uPlot, splits: number[]) => {
    const [from, to] = latest().window;
    return splits.map((split) => {
      const at = new Date(split * 1000);
      const time = formatTime(at, clock).slice(0, 5);
      return to - from > day || time === "00:00" ? formatDate(at, clock).slice(5) : time;
    });
  };
  const lines = spec.lines.map((line, i): uPlot.Series => {
    const look = lineLook(line.look ?? i);
    const colour = token(look.colour);
    const isFilled = spec.stacked || spec.lines.length <= filledAmong;
    const fill = i === 0 && isFilled ? `${colour}${spec.stacked ? "33" : "1f"}` : undefined;
    return {
      label: line.label,
      stroke: colour,
      width: 1.5,
      dash: look.dash,
      fill,
      points: {
        show: false,
        size: 4,
        fill: colour,
        filter: (u, at) => lonePoints(u.data[at] ?? []),
      },
    };
  });
  const bandEdge: uPlot.Series = { stroke: "transparent", width: 0, points: { show: false } };
  const count = lines.length;
  const band = spec.lines[0]?.band !== undefined;
  return {
    width,
    height,
    padding: [8, 10, 0, 0],
    legend: { show: false },
    tzDate: (seconds) => {
      const at = new Date(seconds * 1000);
      return clock === "utc" ? uPlot.tzDate(at, "Etc/UTC") : at;
    },
    cursor: {
      sync: { key: sync },
      points: {
        size: 6,
        show: (u, i) => (i > count ? document.createElement("i") : pointOf(u, i)),
      },
      y: false,
      drag: { x: false, y: false, setScale: false },
    },
    scales: {
      x: { range: () => latest().window },
      y: {
        range: (_u, min, max) =>
          latest().spec.fit
            ? fitted(latest().spec, min, max)
            : [0, highest(latest().spec, max ?? 0)],
      },
    },
    axes: [
      { ...axis, size: 24, values: labelTimes, space: 64 },
      {
        ...axis,
        size: 66,
        values: (_u, splits, _axis, _space, step) => {
          const { tick, format } = latest().spec;
          return splits.map((split) => (tick ? tick(split, step) : format(split)));
        },
        ...(spec.binary ? { incrs: binaryIncrements } : {}),
      },
    ],
    series: [{}, ...lines, ...(band ? [bandEdge, bandEdge] : [])],
    bands: [...(band ? [bandBetween(count + 2, count + 1, 0)] : []), ...stackBands(spec)],
    hooks: {
      draw: [(u) => drawMarks(u, latest().spec)],
      setCursor: [(u) => latest().onCursor(u.cursor.idx ?? null)],
    },
  };
}

function bandBetween(upper: number, lower: number, look: number, alpha = "2e"): uPlot.Band {
  return { series: [upper, lower], fill: `${token(lineLook(look).colour)}${alpha}` };
}

/** The areas between the lines of a stack; the lowest one is filled down to the axis. */
function stackBands({ stacked, lines }: ChartSpec): uPlot.Band[] {
  if (!stacked) return [];
  return lines.slice(1).map((line, i) => bandBetween(i + 2, i + 1, line.look ?? i + 1, "33"));
}

/** uPlot's own cursor point, in the colour of its line. */
function pointOf(plot: uPlot, index: number): HTMLElement {
  const point = document.createElement("div");
  const stroke = plot.series[index]?.stroke;
  point.style.background =
    typeof stroke === "function" ? String(stroke(plot, index)) : String(stroke);
  point.style.width = "6px";
  point.style.height = "6px";
  point.style.margin = "-3px 0 0 -3px";
  point.style.borderRadius = "50%";
  return point;
}
