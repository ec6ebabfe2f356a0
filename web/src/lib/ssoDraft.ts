// From the controls of the single sign-on page to what the API takes.
import type { SsoMapping } from "../api/types";

export function readDomains(text: string): string[] {
  return text.split(/[\s,]+/).filter(Boolean);
}

export function readMapping(rows: readonly SsoMapping[]): SsoMapping[] {
  return rows
    .map(({ group, role }) => ({ group: group.trim(), role }))
    .filter(({ group }) => group !== "");
}
