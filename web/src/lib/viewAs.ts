// An owner may look at the page as another role sees it. Lasts until the page is loaded again.
import { useSyncExternalStore } from "react";
import type { Membership, Role } from "../api/types";

export type View = { team: string; role: Role; capabilities: string[] };

let view: View | null = null;
const listeners = new Set<() => void>();

export function setView(next: View | null): void {
  view = next;
  for (const listener of listeners) listener();
}

export function useView(): View | null {
  return useSyncExternalStore(
    (listener) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    () => view,
  );
}

/** The membership as the page shall show it: never with more than it has. */
export function seenAs(own: Membership, seen: View | null): Membership {
  if (own.locked) return { ...own, capabilities: [] };
  if (seen?.team !== own.id) return own;
  const capabilities = own.capabilities.filter((name) => seen.capabilities.includes(name));
  return { ...own, role: seen.role, capabilities };
}
