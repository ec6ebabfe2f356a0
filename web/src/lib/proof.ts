// Some acts ask who is at the keyboard once more. A request that was refused for it waits here
// until the reader has answered; shell/StepUp asks.
import { useSyncExternalStore } from "react";

type Waiting = { done: (proved: boolean) => void };

let waiting: Waiting[] = [];
const listeners = new Set<() => void>();

function publish(next: Waiting[]): void {
  waiting = next;
  for (const listener of listeners) listener();
}

/** Resolves with whether the reader proved to be present; false when nobody can be asked. */
export function askForProof(): Promise<boolean> {
  if (listeners.size === 0) return Promise.resolve(false);
  return new Promise((resolve) => publish([...waiting, { done: resolve }]));
}

/** Answers everything that waits. */
export function answerProof(proved: boolean): void {
  const asked = waiting;
  publish([]);
  for (const { done } of asked) done(proved);
}

export function useProofWanted(): boolean {
  return useSyncExternalStore(
    (listener) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    () => waiting.length > 0,
  );
}
