// Something that is edited, with the way back and forth through its states. Pure.

export type Steps<T> = { past: readonly T[]; present: T; future: readonly T[] };

/** Further back nobody goes. */
const mostSteps = 100;

export function stepsFrom<T>(present: T): Steps<T> {
  return { past: [], present, future: [] };
}

/** A next state; what was undone before is given up. */
export function advance<T>({ past, present }: Steps<T>, next: T): Steps<T> {
  return { past: [...past, present].slice(-mostSteps), present: next, future: [] };
}

export function undo<T>(steps: Steps<T>): Steps<T> {
  const { past, present, future } = steps;
  const last = past.at(-1);
  if (last === undefined) return steps;
  return { past: past.slice(0, -1), present: last, future: [present, ...future] };
}

export function redo<T>(steps: Steps<T>): Steps<T> {
  const [next, ...future] = steps.future;
  if (next === undefined) return steps;
  return { past: [...steps.past, steps.present], present: next, future };
}
