import { expect, it } from "vitest";
import { rangeBetween, rangeOf } from "./timeRange";

const now = 1_700_000_000;

it("an address may name ranges that are not offered", () => {
  expect(rangeOf("6h")).toMatchObject({ label: "6h", seconds: 21_600 });
  expect(rangeOf("3h")).toEqual({ value: "3h", label: "3h", seconds: 10_800 });
  expect(rangeOf("90m").value).toBe("90m");
  for (const odd of [undefined, "", "h", "0h", "1y", "-1h", "1h30m"]) {
    expect(rangeOf(odd).seconds).toBe(3600);
  }
});

it("a dashboard's range follows the present unless it names an end", () => {
  expect(rangeBetween("now-24h", "now", now)).toEqual({ range: rangeOf("24h") });
  expect(rangeBetween("now-2h", "now-1h", now)).toEqual({ range: rangeOf("1h"), end: now - 3600 });
  expect(rangeBetween("2026-11-01T00:00:00Z", "2026-11-01T06:00:00Z", now)).toEqual({
    range: rangeOf("6h"),
    end: Date.parse("2026-11-01T06:00:00Z") / 1000,
  });
  const day = 86_400;
  const midnight = Math.floor(now / day) * day;
  expect(rangeBetween("now/d", "now/d", now)).toEqual({
    range: rangeOf("24h"),
    end: midnight + day,
  });
  expect(rangeBetween("now-1d/d", "now-1d/d", now).end).toBe(midnight);
  const monday = rangeBetween("now/w", "now/w", now).end;
  expect(new Date((monday ?? 0) * 1000).getUTCDay()).toBe(1);
  for (const [from = "", to = ""] of [
    ["now", "now"],
    ["soon", "now"],
    ["now", "now-1h"],
  ]) {
    expect(rangeBetween(from, to, now).range.seconds).toBe(3600);
  }
});
