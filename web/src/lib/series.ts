// Time series as the server sends them, and the live instants that are added to them. Pure.
import type { LivePoints, Series, SeriesAnswer } from "../api/types";

function keyOf(name: string, labels: Record<string, string>): string {
  const parts = Object.keys(labels)
    .sort()
    .map((label) => `${label}=${labels[label]}`);
  return [name, ...parts].join("|");
}

/**
 * Adds one live instant at the end. Silence longer than two steps and a half becomes a visible
 * gap; instants older than the last one are left to the next full read. Instants before `from`
 * (unix seconds) are dropped.
 */
export function appendPoints(answer: SeriesAnswer, points: LivePoints, from: number): SeriesAnswer {
  const last = answer.times.at(-1);
  if (last !== undefined && points.time <= last) return answer;
  const gap = last !== undefined && points.time - last > answer.step_s * 2.5;
  const added = gap ? [last + answer.step_s, points.time] : [points.time];
  const firstKept = Math.max(
    0,
    answer.times.findIndex((time) => time >= from),
  );
  const fresh = new Map(points.values.map((v) => [keyOf(v.name, v.labels), v]));

  const extend = (values: (number | null)[], value: number | null) => {
    const kept = values.slice(firstKept);
    if (gap) kept.push(null);
    kept.push(value);
    return kept;
  };
  const series = answer.series.map((known) => {
    const key = keyOf(known.name, known.labels);
    const value = fresh.get(key)?.value ?? null;
    fresh.delete(key);
    return {
      ...known,
      avg: extend(known.avg, value),
      min: extend(known.min, value),
      max: extend(known.max, value),
    };
  });
  const silence = answer.times.map(() => null);
  for (const { name, labels, value } of fresh.values()) {
    const values = extend(silence, value);
    series.push({ name, labels, unit: "", avg: values, min: values, max: values });
  }
  return { ...answer, times: [...answer.times.slice(firstKept), ...added], series };
}

export type Labels = Record<string, string>;

/** The series of one metric whose labels include all the wanted ones. */
export function listSeries(answer: SeriesAnswer, name: string, wanted: Labels = {}): Series[] {
  return answer.series.filter(
    (one) =>
      one.name === name && Object.entries(wanted).every(([label, v]) => one.labels[label] === v),
  );
}

export function findSeries(answer: SeriesAnswer, name: string, wanted: Labels): Series | undefined {
  return listSeries(answer, name, wanted)[0];
}

/** The different values of one label, in their order of appearance. */
export function listLabelValues(answer: SeriesAnswer, name: string, label: string): string[] {
  const values = listSeries(answer, name).map((one) => one.labels[label] ?? "");
  return [...new Set(values)].filter((value) => value !== "");
}

/** Adds series point by point. Absent points count as nothing; all absent stays absent. */
export function sumOf(series: Series[], length: number): (number | null)[] {
  const sums: (number | null)[] = new Array(length).fill(null);
  for (const one of series) {
    for (let i = 0; i < length; i += 1) {
      const value = one.avg[i];
      if (value !== null && value !== undefined) sums[i] = (sums[i] ?? 0) + value;
    }
  }
  return sums;
}

export function lastValue(values: (number | null)[] | undefined): number | null {
  return values?.findLast((value) => value !== null) ?? null;
}
