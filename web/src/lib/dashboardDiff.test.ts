import { describe, expect, it } from "vitest";
import { type Content, emptyBody, makePanel, makeQuery } from "./dashboard";
import { diffOf } from "./dashboardDiff";

const cpu = makePanel("graph", [], { title: "CPU", queries: [makeQuery("A", "up")] });
const before: Content = {
  name: "Hosts",
  description: "",
  body: { ...emptyBody, panels: [cpu] },
};

function withPanels(panels: (typeof cpu)[]): Content {
  return { ...before, body: { ...before.body, panels } };
}

describe("diffOf", () => {
  it("finds nothing between equals", () => {
    expect(diffOf(before, structuredClone(before))).toEqual([]);
  });

  it("names the fields of a panel that changed", () => {
    const after = withPanels([{ ...cpu, x: 6, unit: "bytes", queries: [makeQuery("A", "down")] }]);
    expect(diffOf(before, after)).toEqual([
      {
        key: "panel 1",
        title: "CPU",
        state: "changed",
        changes: [
          { field: "unit", before: "", after: "bytes" },
          { field: "place", before: "column 1, row 1, 6 × 8", after: "column 7, row 1, 6 × 8" },
          { field: "query A expr", before: "up", after: "down" },
        ],
      },
    ]);
  });

  it("tells panels and variables that came and went", () => {
    const host = { name: "host", label: "", kind: "list" as const, match: "", values_of: "" };
    const variable = { ...host, options: ["a", "b"], many: false, all: false, chosen: [] };
    const text = makePanel("text", [cpu], { text: "Read me" });
    const after = withPanels([text]);
    after.body.variables = [variable];
    const found = diffOf(before, after);
    expect(found.map(({ title, state }) => [title, state])).toEqual([
      ["$host", "added"],
      ["Text 2", "added"],
      ["CPU", "removed"],
    ]);
    expect(found[0]?.changes).toContainEqual({ field: "options", before: "", after: "a, b" });
    expect(found[2]?.changes).toContainEqual({ field: "query A expr", before: "up", after: "" });
  });

  it("tells what changed of the dashboard itself", () => {
    const after = { ...before, name: "Machines" };
    expect(diffOf(before, after)).toMatchObject([
      { title: "Dashboard", changes: [{ field: "name", before: "Hosts", after: "Machines" }] },
    ]);
  });
});
