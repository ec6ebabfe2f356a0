// Changes to a dashboard that were not saved yet, kept in this browser so that a closed tab loses
// nothing. They are forgotten when they are saved or discarded, and when the reader leaves.
import type { Content } from "./dashboard";

export type Draft = {
  /** The revision that was changed. */
  revision: number;
  content: Content;
};

const prefix = "atalaya.draft.";

export function findDraft(dashboard: string): Draft | null {
  try {
    return JSON.parse(localStorage.getItem(prefix + dashboard) ?? "null") as Draft | null;
  } catch {
    // Storage may be blocked or hold something else.
    return null;
  }
}

export function keepDraft(dashboard: string, draft: Draft): void {
  try {
    localStorage.setItem(prefix + dashboard, JSON.stringify(draft));
  } catch {
    // Without storage the changes last as long as the page.
  }
}

export function forgetDraft(dashboard: string): void {
  try {
    localStorage.removeItem(prefix + dashboard);
  } catch {
    // Nothing was kept either.
  }
}

/** Nobody who comes after the reader finds their drafts. */
export function forgetDrafts(): void {
  try {
    for (const key of Object.keys(localStorage)) {
      if (key.startsWith(prefix)) localStorage.removeItem(key);
    }
  } catch {
    // Nothing was kept either.
  }
}
