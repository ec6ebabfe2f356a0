// Short messages about what an action did. Shown by ui/Notices, which also speaks them.
import { useSyncExternalStore } from "react";
import { problemOf } from "../api/problem";

export type Notice = {
  id: number;
  tone: "done" | "failed";
  title: string;
  detail?: string;
  /** What can be done about it while it is shown. */
  act?: { label: string; run: () => void };
};

let notices: Notice[] = [];
let nextId = 1;
const listeners = new Set<() => void>();

function publish(next: Notice[]): void {
  notices = next;
  for (const listener of listeners) listener();
}

export function dismissNotice(id: number): void {
  publish(notices.filter((notice) => notice.id !== id));
}

function show(notice: Omit<Notice, "id">, ms: number): void {
  const id = nextId++;
  publish([...notices.slice(-3), { ...notice, id }]);
  setTimeout(() => dismissNotice(id), ms);
}

export function showDone(title: string, detail?: string): void {
  show({ tone: "done", title, detail }, 6000);
}

/** What was done can be taken back for ten seconds. */
export function showUndoable(title: string, detail: string, run: () => void): void {
  show({ tone: "done", title, detail, act: { label: "Undo", run } }, 10_000);
}

/** Failures stay longer: they hold the advice and the request id. */
export function showFailed(thrown: unknown): void {
  const problem = problemOf(thrown);
  const id = problem.request_id ? ` Request ${problem.request_id}.` : "";
  show({ tone: "failed", title: problem.title, detail: `${problem.detail}${id}` }, 15_000);
}

export function showWarning(title: string, detail: string): void {
  show({ tone: "failed", title, detail }, 15_000);
}

export function useNotices(): Notice[] {
  return useSyncExternalStore(
    (listener) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    () => notices,
  );
}
