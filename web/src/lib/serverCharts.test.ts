import { describe, expect, it } from "vitest";
import type { SeriesAnswer } from "../api/types";
import { chartsOf } from "./serverCharts";

type Given = [name: string, labels: Record<string, string>, avg: (number | null)[]];

function answer(given: Given[]): SeriesAnswer {
  const series = given.map(([name, labels, avg]) => ({
    name,
    labels,
    unit: "",
    avg,
    min: avg.map((value) => (value === null ? null : value - 1)),
    max: avg.map((value) => (value === null ? null : value + 1)),
  }));
  return { from: "", to: "", step_s: 10, times: [1, 2], series };
}

describe("chartsOf", () => {
  it("shows busy as what idle leaves, with the band turned over", () => {
    const [cpu] = chartsOf(answer([["cpu_percent", { mode: "idle" }, [90, null]]]), 4, {});
    expect(cpu?.lines[0]?.values).toEqual([10, null]);
    expect(cpu?.lines[0]?.band).toEqual({ low: [9, null], high: [11, null] });
    expect(cpu?.unit).toBe("% of 4 cores");
  });

  it("leaves out charts without data", () => {
    expect(chartsOf(answer([]), 4, {})).toEqual([]);
  });

  it("adds interfaces up without the loopback, until one is chosen", () => {
    const flow = (name: string, value: number): Given => [
      "network_bytes_per_s",
      { interface: name, direction: "in" },
      [value, value],
    ];
    const given = answer([flow("lo", 1000), flow("eth0", 5), flow("wg0", 7)]);
    const [all] = chartsOf(given, null, {});
    expect(all?.lines[0]?.values).toEqual([12, 12]);
    expect(all?.lines[0]?.band).toBeUndefined();
    expect(all?.choices).toEqual(["lo", "eth0", "wg0"]);
    const [one] = chartsOf(given, null, { network: "lo" });
    expect(one?.lines[0]?.values).toEqual([1000, 1000]);
    expect(one?.lines[0]?.band).toBeDefined();
  });

  it("shows memory against its total", () => {
    const given = answer([
      ["memory_bytes", { kind: "total" }, [200, 200]],
      ["memory_bytes", { kind: "used" }, [40, 50]],
    ]);
    const [memory] = chartsOf(given, null, {});
    expect(memory?.ceiling).toBe(200);
    expect(memory?.headline).toBe("25 %");
  });

  it("shows the fullest filesystems first and says how many there are", () => {
    const given = answer(
      Array.from({ length: 7 }, (_, i): Given[] => [
        ["filesystem_bytes", { mount: `/m${i}`, kind: "total" }, [100, 100]],
        ["filesystem_bytes", { mount: `/m${i}`, kind: "used" }, [i * 10, i * 10]],
      ]).flat(),
    );
    const [disks] = chartsOf(given, null, {});
    expect(disks?.lines.map((line) => line.label)).toEqual(["/m6", "/m5", "/m4", "/m3", "/m2"]);
    expect(disks?.unit).toBe("% used, the 5 fullest of 7");
  });
});
