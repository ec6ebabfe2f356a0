import { expect, it } from "vitest";
import { formatUnit, formatUnitTick, units } from "./units";

it.each([
  [1536, "bytes", null, "1.5 KiB"],
  [0, "bytes", null, "0 B"],
  [1_500_000, "bits_per_s", null, "1.5 Mb/s"],
  [0.1234, "ratio", null, "12.3 %"],
  [99.956, "percent", 1, "100.0 %"],
  [0.0021, "seconds", null, "2.1 ms"],
  [2100, "ms", null, "2.1 s"],
  [7200, "seconds", 0, "2 h"],
  [12_345, "", null, "12.35 k"],
  [12_345, "count", 2, "12345.00"],
  [0.5, "per_s", null, "0.5/s"],
  [Number.POSITIVE_INFINITY, "bytes", 2, "+Inf"],
])("%d as %s with %s decimals is %s", (value, unit, decimals, text) => {
  expect(formatUnit(value, unit, decimals)).toBe(text);
});

it("lines of an axis are told apart", () => {
  const lines = [12.1, 12.2, 12.3].map((value) => formatUnitTick(value, 0.1, "percent"));
  expect(lines).toEqual(["12.1 %", "12.2 %", "12.3 %"]);
  expect(formatUnitTick(0.25, 0.05, "ratio")).toBe("25 %");
  expect(formatUnitTick(1.5 * 2 ** 20, 2 ** 19, "bytes")).toBe("1.5 MiB");
  for (const { value } of units) expect(formatUnitTick(0, 1, value)).toMatch(/^0/);
});
