// Which charts a server page shows and how they follow from the raw series. Pure.
import type { Series, SeriesAnswer } from "../api/types";
import { formatByteRate, formatBytes, formatLoad, formatPercent } from "./format";
import { findSeries, lastValue, listLabelValues, listSeries, sumOf } from "./series";

export type ChartLine = {
  label: string;
  /** Which colour and dash it has, when that is not its place among the lines. */
  look?: number;
  values: (number | null)[];
  /** Lowest and highest value within each step, where they are known exactly. */
  band?: { low: (number | null)[]; high: (number | null)[] };
};

export type ChartSpec = {
  id: string;
  title: string;
  unit: string;
  format: (value: number) => string;
  lines: ChartLine[];
  /** The y axis ends here (a total, or 100 %). */
  ceiling?: number;
  /** The y axis reaches at least this far, so that idle noise looks idle. */
  floor?: number;
  /** A dashed red line; the unit says what it means. Hidden far above the values. */
  mark?: number;
  binary?: boolean;
  /** The y axis follows the values, which may be negative, instead of beginning at zero. */
  fit?: boolean;
  /** Where a fitted axis begins and ends whatever the values are. */
  low?: number | null;
  high?: number | null;
  /** On a fitted axis: as many digits as tell lines that stand `step` apart. */
  tick?: (value: number, step: number) => string;
  /** Each line stands on the one before it. */
  stacked?: boolean;
  /** Dashed lines across the chart, in the colour of what begins there. */
  limits?: { from: number; tone: "up" | "degraded" | "down" }[];
  /** The value shown large; the first line's last value when absent. */
  headline?: string;
  /** The choices of one label ("eth0", "sda"), when there are several. */
  choices?: string[];
};

export type Choice = Record<string, string>;

export function chartsOf(answer: SeriesAnswer, cores: number | null, choice: Choice): ChartSpec[] {
  const charts = [cpu(answer, cores), memory(answer), load(answer, cores)];
  charts.push(network(answer, choice.network), disks(answer, choice.disks), filesystems(answer));
  return charts.filter((chart) => chart.lines.length > 0);
}

function lineOf(label: string, series: Series | undefined): ChartLine[] {
  if (!series) return [];
  return [{ label, values: series.avg, band: { low: series.min, high: series.max } }];
}

function cpu(answer: SeriesAnswer, cores: number | null): ChartSpec {
  const idle = findSeries(answer, "cpu_percent", { mode: "idle" });
  const busy = (values: (number | null)[]) =>
    values.map((value) => (value === null ? null : Math.max(0, 100 - value)));
  const lines: ChartLine[] = [];
  if (idle) {
    const band = { low: busy(idle.max), high: busy(idle.min) };
    lines.push({ label: "busy", values: busy(idle.avg), band });
  }
  for (const mode of ["user", "system", "iowait"]) {
    const found = findSeries(answer, "cpu_percent", { mode });
    if (found) lines.push({ label: mode, values: found.avg });
  }
  const steal = findSeries(answer, "cpu_percent", { mode: "steal" });
  if (steal?.max.some((value) => (value ?? 0) > 0.5)) {
    lines.push({ label: "steal", values: steal.avg });
  }
  const unit = cores ? `% of ${cores} ${cores === 1 ? "core" : "cores"}` : "% of all cores";
  return { id: "cpu", title: "CPU", unit, format: formatPercent, lines, floor: 10 };
}

function memory(answer: SeriesAnswer): ChartSpec {
  const total = lastValue(findSeries(answer, "memory_bytes", { kind: "total" })?.avg);
  const used = findSeries(answer, "memory_bytes", { kind: "used" });
  const lines = lineOf("used", used);
  lines.push(...lineOf("cached", findSeries(answer, "memory_bytes", { kind: "cached" })));
  const swapTotal = lastValue(findSeries(answer, "swap_bytes", { kind: "total" })?.avg) ?? 0;
  if (swapTotal > 0) {
    lines.push(...lineOf("swap used", findSeries(answer, "swap_bytes", { kind: "used" })));
  }
  const now = lastValue(used?.avg);
  return {
    id: "memory",
    title: "Memory",
    unit: total ? `of ${formatBytes(total)}` : "bytes",
    format: formatBytes,
    lines,
    ceiling: total ?? undefined,
    binary: true,
    headline: total && now !== null ? formatPercent((now / total) * 100) : undefined,
  };
}

function load(answer: SeriesAnswer, cores: number | null): ChartSpec {
  const lines = ["1m", "5m", "15m"].flatMap((window) =>
    lineOf(window.replace("m", " min"), findSeries(answer, "load", { window })),
  );
  return {
    id: "load",
    title: "Load",
    unit: cores ? `processes wanting to run, ${cores} cores` : "processes wanting to run",
    format: formatLoad,
    lines,
    floor: 1,
    mark: cores ?? undefined,
  };
}

/** Two directions of one device or of all devices together. */
function directions(
  answer: SeriesAnswer,
  metric: string,
  label: string,
  names: [string, string],
  chosen: string[],
): ChartLine[] {
  return names.flatMap((direction) => {
    const parts = chosen.flatMap((device) =>
      listSeries(answer, metric, { [label]: device, direction }),
    );
    if (parts.length === 1) return lineOf(direction, parts[0]);
    if (parts.length === 0) return [];
    return [{ label: direction, values: sumOf(parts, answer.times.length) }];
  });
}

function network(answer: SeriesAnswer, choice: string | undefined): ChartSpec {
  const all = listLabelValues(answer, "network_bytes_per_s", "interface");
  const real = all.filter((name) => name !== "lo");
  const usual = real.length > 0 ? real : all;
  const chosen = choice && all.includes(choice) ? [choice] : usual;
  return {
    id: "network",
    title: "Network",
    unit: chosen.length === 1 ? `bytes/s, ${chosen[0]}` : `bytes/s, ${chosen.length} interfaces`,
    format: formatByteRate,
    lines: directions(answer, "network_bytes_per_s", "interface", ["in", "out"], chosen),
    floor: 1024,
    binary: true,
    choices: all.length > 1 ? all : undefined,
  };
}

function disks(answer: SeriesAnswer, choice: string | undefined): ChartSpec {
  const all = listLabelValues(answer, "disk_bytes_per_s", "device");
  const chosen = choice && all.includes(choice) ? [choice] : all;
  return {
    id: "disks",
    title: "Disk throughput",
    unit: chosen.length === 1 ? `bytes/s, ${chosen[0]}` : `bytes/s, ${chosen.length} devices`,
    format: formatByteRate,
    lines: directions(answer, "disk_bytes_per_s", "device", ["read", "write"], chosen),
    floor: 1024,
    binary: true,
    choices: all.length > 1 ? all : undefined,
  };
}

const mostMounts = 5;

function filesystems(answer: SeriesAnswer): ChartSpec {
  const mounts = listLabelValues(answer, "filesystem_bytes", "mount");
  const lines = mounts.flatMap((mount) => {
    const used = findSeries(answer, "filesystem_bytes", { mount, kind: "used" });
    const total = findSeries(answer, "filesystem_bytes", { mount, kind: "total" });
    if (!used || !total) return [];
    const values = used.avg.map((value, i) => share(value, total.avg[i]));
    return [{ label: mount, values }];
  });
  lines.sort((a, b) => (lastValue(b.values) ?? 0) - (lastValue(a.values) ?? 0));
  const shown = lines.slice(0, mostMounts);
  const left = lines.length - shown.length;
  return {
    id: "filesystems",
    title: "Filesystems",
    unit: left > 0 ? `% used, the ${mostMounts} fullest of ${lines.length}` : "% used",
    format: formatPercent,
    lines: shown,
    ceiling: 100,
  };
}

function share(part: number | null | undefined, whole: number | null | undefined): number | null {
  if (part === null || part === undefined || !whole) return null;
  return (part / whole) * 100;
}
