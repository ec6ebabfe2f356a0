import { expect, it } from "vitest";
import { advance, redo, stepsFrom, undo } from "./steps";

it("goes back and forth, and a new step gives up what was undone", () => {
  const three = advance(advance(stepsFrom("a"), "b"), "c");
  const back = undo(undo(three));
  expect(back.present).toBe("a");
  expect(redo(back).present).toBe("b");
  expect(redo(redo(back))).toEqual(three);
  const other = advance(undo(three), "d");
  expect(redo(other)).toBe(other);
  expect(undo(other).present).toBe("b");
});

it("stays at both ends, and forgets what is a hundred steps away", () => {
  const start = stepsFrom(0);
  expect(undo(start)).toBe(start);
  expect(redo(start)).toBe(start);
  let steps = start;
  for (let i = 1; i <= 150; i += 1) steps = advance(steps, i);
  expect(steps.past).toHaveLength(100);
  expect(steps.past[0]).toBe(50);
});
