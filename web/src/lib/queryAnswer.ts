// Answers of the query API as charts and tables want them. Pure.
import type { ChartLine } from "./serverCharts";
import type { Window } from "./timeRange";

export type Labels = Record<string, string>;

/** Unix seconds, and the value as text: it may be NaN or infinite. */
export type Sample = [number, string];

type Matrix = { resultType: "matrix"; result: { metric: Labels; values: Sample[] }[] };
type Vector = { resultType: "vector"; result: { metric: Labels; value: Sample }[] };
type Scalar = { resultType: "scalar"; result: Sample };
type Text = { resultType: "string"; result: Sample };

export type QueryStats = {
  timings: { evalTotalTime: number };
  samples: { totalQueryableSamples: number; seriesRead: number; seriesFound: number };
};

export type QueryAnswer = {
  data: (Matrix | Vector | Scalar | Text) & { stats?: QueryStats };
  warnings?: string[];
  infos?: string[];
};

const metricLabel = "__name__";

/** `up{job="api"}` */
export function seriesName(labels: Labels): string {
  const { [metricLabel]: metric = "", ...rest } = labels;
  const parts = Object.entries(rest).map(([name, value]) => `${name}=${JSON.stringify(value)}`);
  return parts.length > 0 ? `${metric}{${parts.join(", ")}}` : metric;
}

/** What all have in common, and the names of the labels in which they differ. */
export function splitLabels(all: readonly Labels[]): { shared: Labels; differing: string[] } {
  const shared: Labels = {};
  const differing: string[] = [];
  const names = new Set(all.flatMap((labels) => Object.keys(labels)));
  for (const name of [...names].sort()) {
    const value = all[0]?.[name];
    if (value !== undefined && all.every((labels) => labels[name] === value)) shared[name] = value;
    else differing.push(name);
  }
  return { shared, differing };
}

export type QueryLine = ChartLine & {
  last: number;
  min: number;
  max: number;
  avg: number;
};

export type QueryChart = {
  times: number[];
  /** What all lines have in common; empty when that is nothing. */
  shared: string;
  lines: QueryLine[];
};

/**
 * The series of a range on one grid of times; values that cannot be drawn are gaps. Lines are called
 * by the labels in which they differ, unless `nameOf` says otherwise.
 */
export function chartOf(
  answer: QueryAnswer,
  { start, end, step }: Window,
  nameOf?: (labels: Labels) => string,
): QueryChart {
  const series = answer.data.resultType === "matrix" ? answer.data.result : [];
  const count = Math.floor((end - start) / step + 1e-6) + 1;
  const times = Array.from({ length: count }, (_, i) => start + i * step);
  const { shared, differing } = splitLabels(series.map((one) => one.metric));
  const isAlone = series.length === 1;
  const lines = series.map(({ metric, values }, look) => {
    const own = Object.fromEntries(differing.map((name) => [name, metric[name] ?? ""]));
    const label = nameOf?.(metric) || seriesName(isAlone ? metric : own) || "value";
    return { ...lineOf(values, { start, step, count }), label, look };
  });
  return { times, shared: isAlone ? "" : seriesName(shared), lines };
}

type Grid = { start: number; step: number; count: number };

function lineOf(samples: Sample[], { start, step, count }: Grid) {
  const values: (number | null)[] = new Array(count).fill(null);
  let [sum, seen, min, max] = [0, 0, Number.NaN, Number.NaN];
  for (const [time, text] of samples) {
    const value = numberOf(text);
    if (!Number.isFinite(value)) continue;
    values[Math.round((time - start) / step)] = value;
    sum += value;
    seen += 1;
    min = seen === 1 ? value : Math.min(min, value);
    max = seen === 1 ? value : Math.max(max, value);
  }
  return { values, last: numberOf(samples.at(-1)?.[1] ?? ""), min, max, avg: sum / seen };
}

/** `+Inf` and `-Inf` are infinite; what is no number is NaN. */
export function numberOf(text: string): number {
  return Number(text.replace(/Inf$/, "Infinity") || "NaN");
}

export type QueryRow = { key: number; labels: Labels; time: number; text: string };

export type QueryTable = { shared: string; columns: string[]; rows: QueryRow[] };

/** One row for each series. Of a series with several samples the newest one stands there. */
export function tableOf(answer: QueryAnswer): QueryTable {
  const { data } = answer;
  if (data.resultType !== "vector" && data.resultType !== "matrix") {
    const [time, text] = data.result;
    return { shared: "", columns: [], rows: [{ key: 0, labels: {}, time, text }] };
  }
  const found: { metric: Labels; sample: Sample | undefined }[] =
    data.resultType === "vector"
      ? data.result.map(({ metric, value }) => ({ metric, sample: value }))
      : data.result.map(({ metric, values }) => ({ metric, sample: values.at(-1) }));
  const all = found.map((one) => one.metric);
  const { shared, differing } = splitLabels(all);
  const isAlone = all.length === 1;
  const rows = found.map(({ metric, sample }, key) => {
    const [time, text] = sample ?? [0, ""];
    return { key, labels: metric, time, text };
  });
  const columns = isAlone ? Object.keys(all[0] ?? {}).sort() : differing;
  return { shared: isAlone ? "" : seriesName(shared), columns, rows };
}

export const valueColumn = "value";

export function labelColumn(name: string): string {
  return `label:${name}`;
}

const collator = new Intl.Collator("en", { numeric: true });

/** Sorted by a column's id, descending behind a minus. What is no number stands last. */
export function sortRows(rows: readonly QueryRow[], sort: string | undefined): QueryRow[] {
  if (!sort) return [...rows];
  const sign = sort.startsWith("-") ? -1 : 1;
  const column = sort.replace(/^-/, "");
  if (column === valueColumn) {
    const valued = rows.map((row) => ({ row, value: numberOf(row.text) }));
    valued.sort((a, b) => {
      const odd = Number(Number.isNaN(a.value)) - Number(Number.isNaN(b.value));
      return odd || sign * (a.value < b.value ? -1 : a.value > b.value ? 1 : 0);
    });
    return valued.map(({ row }) => row);
  }
  const name = column.slice(labelColumn("").length);
  return [...rows].sort(
    (a, b) => sign * collator.compare(a.labels[name] ?? "", b.labels[name] ?? ""),
  );
}

/** How many values each label has, the label with the most first. */
export function countValues(series: readonly Labels[]): { name: string; count: number }[] {
  const values = new Map<string, Set<string>>();
  for (const [name, value] of series.flatMap((labels) => Object.entries(labels))) {
    if (name === metricLabel) continue;
    if (!values.has(name)) values.set(name, new Set());
    values.get(name)?.add(value);
  }
  const counts = [...values].map(([name, found]) => ({ name, count: found.size }));
  return counts.sort((a, b) => b.count - a.count || collator.compare(a.name, b.name));
}
