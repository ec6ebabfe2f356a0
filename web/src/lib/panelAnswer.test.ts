import { describe, expect, it } from "vitest";
import { boundsOf, joined, type Part, panelChart, readingsOf, toneOf } from "./panelAnswer";
import type { Labels, QueryAnswer, Sample } from "./queryAnswer";

const window = { start: 0, end: 20, step: 10 };

function matrix(series: [Labels, Sample[]][]): QueryAnswer {
  const result = series.map(([metric, values]) => ({ metric, values }));
  return { data: { resultType: "matrix", result } };
}

function part(answer: QueryAnswer, change: Partial<Part> = {}): Part {
  return { ref: "A", answer, window, legend: "", ...change };
}

const two = matrix([
  [
    { host: "a" },
    [
      [0, "1"],
      [10, "2"],
    ],
  ],
  [{ host: "b" }, [[20, "3"]]],
]);

describe("panelChart", () => {
  it("draws the lines of all queries, each with a look and a name of its own", () => {
    const parts = [part(two, { legend: "same" }), part(two, { ref: "B" })];
    const { lines, times } = panelChart(parts);
    expect(times).toEqual([0, 10, 20]);
    expect(lines.map(({ label, look }) => [label, look])).toEqual([
      ["same", 0],
      ["same (2)", 1],
      ['{host="a"}', 2],
      ['{host="b"}', 3],
    ]);
    expect(lines[0]?.values).toEqual([1, 2, null]);
  });

  it("leaves out an answer of another window", () => {
    const old = part(two, { window: { start: -10, end: 10, step: 10 } });
    expect(panelChart([part(two), old]).lines).toHaveLength(2);
    expect(panelChart([]).lines).toEqual([]);
  });
});

it("readings are the last values of ranges and the values of instants", () => {
  expect(readingsOf([part(two, { legend: "{{host}}" })])).toMatchObject([
    { label: "a", value: 2 },
    { label: "b", value: 3 },
  ]);
  const vector: QueryAnswer = {
    data: {
      resultType: "vector",
      result: [
        { metric: { host: "a", job: "x" }, value: [5, "+Inf"] },
        { metric: { host: "b", job: "x" }, value: [5, "7"] },
      ],
    },
  };
  const infinite = Number.POSITIVE_INFINITY;
  expect(readingsOf([part(vector)])).toEqual([
    { label: "a", value: infinite },
    { label: "b", value: 7 },
  ]);
  const scalar: QueryAnswer = { data: { resultType: "scalar", result: [5, "4"] } };
  expect(readingsOf([part(scalar)])).toEqual([{ label: "value", value: 4 }]);
});

it("several answers become one table that names the query", () => {
  expect(joined([part(two)])).toBe(two);
  const both = joined([part(two), part(two, { ref: "B" })]);
  const metrics = ((both?.data.result ?? []) as { metric: Labels }[]).map((row) => row.metric);
  expect(metrics[3]).toEqual({ query: "B", host: "b" });
});

it("a value has the state of the highest threshold it reaches", () => {
  const thresholds = [
    { from: 90, tone: "bad" as const },
    { from: 0, tone: "good" as const },
    { from: 80, tone: "warn" as const },
  ];
  expect([-1, 0, 80, 95].map((value) => toneOf(value, thresholds))).toEqual([
    undefined,
    "up",
    "degraded",
    "down",
  ]);
});

it("bounds are the panel's, else those of the unit or the values", () => {
  const values = [3, 8].map((value) => ({ label: "", value }));
  expect(boundsOf(values, null, null, "")).toEqual([0, 8]);
  expect(boundsOf(values, null, null, "percent")).toEqual([0, 100]);
  expect(boundsOf(values, 5, 6, "percent")).toEqual([5, 6]);
  expect(boundsOf([], null, null, "")).toEqual([0, 1]);
});
