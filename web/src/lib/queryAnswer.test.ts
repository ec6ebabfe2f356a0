import { describe, expect, it } from "vitest";
import { formatTick, formatValue } from "./format";
import {
  chartOf,
  countValues,
  type QueryAnswer,
  seriesName,
  sortRows,
  tableOf,
} from "./queryAnswer";
import { stepOf, stepSuits, usualStep } from "./timeRange";

const matrix = (...result: { metric: Record<string, string>; values: [number, string][] }[]) =>
  ({ data: { resultType: "matrix", result } }) as QueryAnswer;
const vector = (...result: { metric: Record<string, string>; value: [number, string] }[]) =>
  ({ data: { resultType: "vector", result } }) as QueryAnswer;

describe("chartOf", () => {
  const window = { start: 100, end: 130, step: 10 };

  it("puts values on the grid and leaves gaps", () => {
    const values: [number, string][] = [
      [100, "1"],
      [120, "+Inf"],
      [130, "4"],
    ];
    const chart = chartOf(matrix({ metric: { __name__: "up", job: "a" }, values }), window);
    expect(chart.times).toEqual([100, 110, 120, 130]);
    expect(chart.lines[0]?.values).toEqual([1, null, null, 4]);
    expect(chart.lines[0]).toMatchObject({
      label: 'up{job="a"}',
      last: 4,
      min: 1,
      max: 4,
      avg: 2.5,
    });
  });

  it("says once what all have in common", () => {
    const one = (job: string) => ({
      metric: { __name__: "up", job, zone: "z" },
      values: [[100, "1"]] as [number, string][],
    });
    const chart = chartOf(matrix(one("a"), one("b")), window);
    expect(chart.shared).toBe('up{zone="z"}');
    expect(chart.lines.map((line) => line.label)).toEqual(['{job="a"}', '{job="b"}']);
    expect(chart.lines.map((line) => line.look)).toEqual([0, 1]);
  });

  it("names what has no labels", () => {
    expect(chartOf(matrix({ metric: {}, values: [[100, "1"]] }), window).lines[0]?.label).toBe(
      "value",
    );
  });
});

describe("tableOf", () => {
  it("has a column for each label that differs", () => {
    const table = tableOf(
      vector(
        { metric: { __name__: "up", job: "a", zone: "z" }, value: [1, "1"] },
        { metric: { __name__: "up", job: "b" }, value: [1, "NaN"] },
      ),
    );
    expect(table.shared).toBe("up");
    expect(table.columns).toEqual(["job", "zone"]);
    expect(table.rows.map((row) => row.text)).toEqual(["1", "NaN"]);
  });

  it("shows numbers, and the newest sample of a range", () => {
    const scalar = { data: { resultType: "scalar", result: [1, "2"] } } as QueryAnswer;
    expect(tableOf(scalar).rows).toEqual([{ key: 0, labels: {}, time: 1, text: "2" }]);
    const values: [number, string][] = [
      [1, "5"],
      [2, "6"],
    ];
    expect(tableOf(matrix({ metric: { job: "a" }, values })).rows[0]).toMatchObject({ text: "6" });
  });
});

describe("sortRows", () => {
  const rows = ["10", "NaN", "-Inf", "9"].map((text, key) => {
    return { key, labels: { host: `web-${10 - key}` }, time: 0, text };
  });
  const order = (sort?: string) => sortRows(rows, sort).map((row) => row.text);

  it("sorts numbers as numbers, with those that are none last", () => {
    expect(order("value")).toEqual(["-Inf", "9", "10", "NaN"]);
    expect(order("-value")).toEqual(["10", "9", "-Inf", "NaN"]);
    expect(order()).toEqual(["10", "NaN", "-Inf", "9"]);
  });

  it("sorts the digits within labels as numbers", () => {
    expect(order("label:host")).toEqual(["9", "-Inf", "NaN", "10"]);
  });
});

describe("numbers", () => {
  it("have four digits", () => {
    expect([0, 0.04123, 12345, -2.5e9, 1.2e-7, Number.NaN].map(formatValue)).toEqual([
      "0",
      "0.04123",
      "12.35 k",
      "-2.5 G",
      "1.20e-7",
      "NaN",
    ]);
  });

  it("on an axis have as many as tell its lines apart", () => {
    expect([1_790_000_000, 1_790_000_050].map((value) => formatTick(value, 50))).toEqual([
      "1.79 G",
      "1.79000005 G",
    ]);
    expect([0, 0.25, 0.5].map((value) => formatTick(value, 0.25))).toEqual(["0", "0.25", "0.5"]);
  });
});

describe("steps", () => {
  it("give a few hundred points", () => {
    for (const seconds of [900, 3600, 86_400, 2_592_000]) {
      const points = seconds / usualStep(seconds);
      expect(points).toBeGreaterThan(100);
      expect(points).toBeLessThanOrEqual(360);
    }
  });

  it("are taken as chosen where the server will give them", () => {
    expect(stepOf(60, 3600)).toBe(60);
    expect(stepSuits(15, 604_800)).toBe(false);
    expect(stepOf(15, 604_800)).toBe(usualStep(604_800));
    expect(stepSuits(86_400, 3600)).toBe(false);
  });
});

describe("series", () => {
  it("have names and counts", () => {
    expect(seriesName({ __name__: "up", a: 'x"y' })).toBe('up{a="x\\"y"}');
    const all = [
      { __name__: "up", job: "a", host: "1" },
      { __name__: "up", job: "a", host: "2" },
    ];
    expect(countValues(all)).toEqual([
      { name: "host", count: 2 },
      { name: "job", count: 1 },
    ]);
  });
});
