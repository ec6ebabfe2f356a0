// The answers to a panel's queries as one chart, or as readings. Pure.
import type { Threshold } from "../api/types";
import { fillInLabels } from "./dashboardVariables";
import {
  chartOf,
  type Labels,
  numberOf,
  type QueryAnswer,
  type QueryChart,
  type QueryLine,
  tableOf,
} from "./queryAnswer";
import type { Window } from "./timeRange";

/** An answer with the window it is of. */
export type Part = {
  ref: string;
  answer: QueryAnswer;
  window: Window;
  /** How its series are called; by their labels where it is empty. */
  legend: string;
};

export type Reading = { label: string; value: number; line?: QueryLine };

function namesBy(legend: string): ((labels: Labels) => string) | undefined {
  return legend === "" ? undefined : (labels) => fillInLabels(legend, labels);
}

/** A name that several have is told apart by a number. */
function makeUnique<T extends { label: string }>(all: T[]): T[] {
  const seen = new Map<string, number>();
  return all.map((one) => {
    const count = (seen.get(one.label) ?? 0) + 1;
    seen.set(one.label, count);
    return count === 1 ? one : { ...one, label: `${one.label} (${count})` };
  });
}

/** All lines on the grid of the first answer; one of another window is on its way to be renewed. */
export function panelChart(parts: readonly Part[]): QueryChart {
  const first = parts[0];
  if (!first) return { times: [], shared: "", lines: [] };
  const { start, end, step } = first.window;
  const charts = parts
    .filter(({ window }) => window.start === start && window.end === end && window.step === step)
    .map(({ answer, window, legend }) => {
      return { legend, chart: chartOf(answer, window, namesBy(legend)) };
    });
  const lines = charts.flatMap(({ chart }) => chart.lines).map((line, look) => ({ ...line, look }));
  const only = charts.length === 1 ? charts[0] : undefined;
  return {
    times: charts[0]?.chart.times ?? [],
    shared: only?.legend === "" ? only.chart.shared : "",
    lines: makeUnique(lines),
  };
}

/** The last value of each series. */
export function readingsOf(parts: readonly Part[]): Reading[] {
  const all = parts.flatMap(({ answer, window, legend }): Reading[] => {
    const nameOf = namesBy(legend);
    if (answer.data.resultType === "matrix") {
      const { lines } = chartOf(answer, window, nameOf);
      return lines.map((line) => ({ label: line.label, value: line.last, line }));
    }
    const { rows, columns } = tableOf(answer);
    return rows.map(({ labels, text }) => {
      const own = columns.map((name) => labels[name]).filter(Boolean);
      return { label: nameOf?.(labels) || own.join(" ") || "value", value: numberOf(text) };
    });
  });
  return makeUnique(all);
}

/** One table of all answers; with several a column says of which query a row is. */
export function joined(parts: readonly Part[]): QueryAnswer | undefined {
  if (parts.length <= 1) return parts[0]?.answer;
  const result = parts.flatMap(({ ref, answer }) =>
    tableOf(answer).rows.map(({ labels, time, text }) => {
      return { metric: { query: ref, ...labels }, value: [time, text] as [number, string] };
    }),
  );
  return { data: { resultType: "vector", result } };
}

const tones = { good: "up", warn: "degraded", bad: "down" } as const;

/** The state of a value by the highest threshold that it reaches; none below the first. */
export function toneOf(value: number, thresholds: readonly Threshold[]) {
  const reached = [...thresholds].sort((a, b) => a.from - b.from).findLast((t) => value >= t.from);
  return reached && tones[reached.tone];
}

/** The lines that a chart draws: where it becomes worse. */
export function limitsOf(thresholds: readonly Threshold[]) {
  const crossed = thresholds.filter(({ tone }) => tone !== "good");
  return crossed.map(({ from, tone }) => ({ from, tone: tones[tone] }));
}

/** The ends of a gauge or bar: as the panel says, else round the values. */
export function boundsOf(
  readings: readonly Reading[],
  min: number | null | undefined,
  max: number | null | undefined,
  unit: string,
): [number, number] {
  const values = readings.map((one) => one.value).filter(Number.isFinite);
  const low = min ?? Math.min(0, ...values);
  const usual = unit === "percent" ? 100 : unit === "ratio" ? 1 : Math.max(0, ...values);
  const high = max ?? usual;
  return [low, high > low ? high : low + 1];
}
