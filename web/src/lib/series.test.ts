import { describe, expect, it } from "vitest";
import type { SeriesAnswer } from "../api/types";
import { appendPoints, findSeries, lastValue, listLabelValues, sumOf } from "./series";

function answer(): SeriesAnswer {
  const one = (labels: Record<string, string>, avg: (number | null)[]) => ({
    name: "load",
    labels,
    unit: "count",
    avg,
    min: avg,
    max: avg,
  });
  return {
    from: "",
    to: "",
    step_s: 10,
    times: [100, 110, 120],
    series: [one({ window: "1m" }, [1, 2, 3]), one({ window: "5m" }, [4, null, 6])],
  };
}

const at = (time: number, value: number, window = "1m") => ({
  server: "s",
  time,
  values: [{ name: "load", labels: { window }, value }],
});

describe("appendPoints", () => {
  it("adds the instant to its series and leaves the others empty there", () => {
    const next = appendPoints(answer(), at(130, 9), 0);
    expect(next.times).toEqual([100, 110, 120, 130]);
    expect(findSeries(next, "load", { window: "1m" })?.avg).toEqual([1, 2, 3, 9]);
    expect(findSeries(next, "load", { window: "5m" })?.max).toEqual([4, null, 6, null]);
  });

  it("drops what left the window", () => {
    const next = appendPoints(answer(), at(130, 9), 115);
    expect(next.times).toEqual([120, 130]);
    expect(findSeries(next, "load", { window: "1m" })?.min).toEqual([3, 9]);
  });

  it("shows silence as a gap instead of bridging it", () => {
    const next = appendPoints(answer(), at(200, 9), 0);
    expect(next.times).toEqual([100, 110, 120, 130, 200]);
    expect(findSeries(next, "load", { window: "1m" })?.avg).toEqual([1, 2, 3, null, 9]);
  });

  it("ignores an instant that is already there or older", () => {
    const before = answer();
    expect(appendPoints(before, at(120, 9), 0)).toBe(before);
    expect(appendPoints(before, at(90, 9), 0)).toBe(before);
  });

  it("begins a series that was unknown so far", () => {
    const next = appendPoints(answer(), at(130, 9, "15m"), 0);
    expect(findSeries(next, "load", { window: "15m" })?.avg).toEqual([null, null, null, 9]);
  });

  it("starts from nothing", () => {
    const empty = { ...answer(), times: [], series: [] };
    const next = appendPoints(empty, at(130, 9), 0);
    expect(next.times).toEqual([130]);
    expect(next.series[0]?.avg).toEqual([9]);
  });
});

describe("sums and values", () => {
  it("counts an absent part as nothing but keeps all-absent absent", () => {
    const [a, b] = answer().series;
    if (!a || !b) throw new Error("the fixture holds two series");
    expect(sumOf([a, b], 3)).toEqual([5, 2, 9]);
    expect(sumOf([b], 3)).toEqual([4, null, 6]);
  });

  it("finds the last known value", () => {
    expect(lastValue([1, 2, null])).toBe(2);
    expect(lastValue([null])).toBeNull();
    expect(lastValue(undefined)).toBeNull();
  });

  it("lists label values once each", () => {
    expect(listLabelValues(answer(), "load", "window")).toEqual(["1m", "5m"]);
  });
});
