import { describe, expect, it } from "vitest";
import type { Panel } from "../api/types";
import { makePanel, type Place } from "./dashboard";
import { compact, drop, place, remove, resize, step, unfolded } from "./dashboardLayout";

function panel(id: number, x: number, y: number, w: number, h: number, kind = "graph"): Panel {
  return makePanel(kind as Panel["kind"], [], { id, x, y, w, h });
}

/** `id: x,y wxh` in reading order. */
function drawn(panels: readonly (Place & { id: number })[]): string[] {
  return panels.map(({ id, x, y, w, h }) => `${id}: ${x},${y} ${w}x${h}`);
}

const board = [panel(1, 0, 0, 6, 4), panel(2, 6, 0, 6, 4), panel(3, 0, 4, 12, 2)];

describe("compact", () => {
  it("lifts what hangs in the air and parts what overlaps", () => {
    const loose = [panel(1, 0, 3, 6, 4), panel(2, 3, 5, 6, 4), panel(3, 9, 9, 3, 1)];
    expect(drawn(compact(loose))).toEqual(["1: 0,0 6x4", "3: 9,0 3x1", "2: 3,4 6x4"]);
  });

  it("holds panels within the columns", () => {
    expect(drawn(compact([panel(1, 10, 0, 6, 2), panel(2, -3, 9, 40, 0)]))).toEqual([
      "1: 6,0 6x2",
      "2: 0,2 12x1",
    ]);
  });
});

describe("step", () => {
  it("goes below the panel underneath, and back above it", () => {
    const below = step(board, 1, "down");
    expect(drawn(below)).toEqual(["2: 6,0 6x4", "3: 0,4 12x2", "1: 0,6 6x4"]);
    expect(drawn(step(below, 1, "up"))).toEqual(["1: 0,0 6x4", "2: 6,0 6x4", "3: 0,4 12x2"]);
  });

  it("goes sideways and pushes what is there down", () => {
    expect(drawn(step(board, 1, "right"))).toEqual(["1: 1,0 6x4", "2: 6,4 6x4", "3: 0,8 12x2"]);
    expect(drawn(step(board, 1, "left"))).toEqual(drawn(board));
  });

  it("stays at the ends", () => {
    expect(drawn(step(board, 3, "down"))).toEqual(drawn(board));
    expect(drawn(step(board, 1, "up"))).toEqual(drawn(board));
    expect(drawn(step(board, 99, "up"))).toEqual(drawn(board));
  });
});

describe("resize", () => {
  it("grows into the next panel's place, and no further than the edge", () => {
    expect(drawn(resize(board, 1, "right"))[0]).toBe("1: 0,0 7x4");
    expect(drawn(resize(board, 2, "right"))).toEqual(drawn(board));
    expect(drawn(resize(board, 1, "down"))).toContain("3: 0,5 12x2");
    expect(drawn(resize([panel(1, 0, 0, 1, 1)], 1, "up"))).toEqual(["1: 0,0 1x1"]);
  });
});

describe("drop", () => {
  it("takes the place of the panel whose upper half it covers", () => {
    expect(drawn(drop(board, 3, 0, 1))[0]).toBe("3: 0,0 12x2");
    expect(drawn(drop(board, 3, 0, 3))).toEqual(drawn(board));
  });
});

it("what lay below a removed panel rises", () => {
  expect(drawn(remove([...board, panel(4, 0, 6, 2, 1)], 3))).toContain("4: 0,4 2x1");
  expect(drawn(place(board, 2, { h: 9 }))).toContain("3: 0,9 12x2");
});

it("folded rows hide their panels up to the next row", () => {
  const rows = [
    panel(1, 0, 0, 12, 1, "row"),
    panel(2, 0, 1, 6, 4),
    panel(3, 0, 5, 12, 1, "row"),
    panel(4, 0, 6, 6, 4),
  ];
  expect(drawn(unfolded(rows, new Set([1])))).toEqual(["1: 0,0 12x1", "3: 0,1 12x1", "4: 0,2 6x4"]);
  expect(unfolded(rows, new Set())).toHaveLength(4);
});
