// The fields of an API key as they are typed, and as the server takes them.
import type { ApiKeyDraft, Permissions } from "../api/types";

/** One entry to a line, or separated by commas or spaces. */
export function listOf(text: string): string[] {
  return [...new Set(text.split(/[\s,]+/).filter((entry) => entry !== ""))];
}

/** The end of that day in UTC: a key works through the whole day that was named. */
export function endOfDay(date: string): string | null {
  return /^\d{4}-\d\d-\d\d$/.test(date) ? `${date}T23:59:59Z` : null;
}

type Typed = Record<string, string>;

export function keyDraft(values: Typed, scopes: string[]) {
  return {
    name: (values.name ?? "").trim(),
    env: values.env === "test" ? "test" : "live",
    scopes,
    ip_allow: listOf(values.ip_allow ?? ""),
    cors_origins: listOf(values.cors_origins ?? ""),
    expires_at: endOfDay(values.expires_at ?? ""),
  } satisfies ApiKeyDraft;
}

export type Scope = { name: string; permits: string[] };
export type ScopeGroup = { name: string; scopes: Scope[] };

/** Scopes by what they are about, each with what it permits. */
export function groupScopes({ scopes, permissions }: Permissions): ScopeGroup[] {
  const groups = new Map<string, Scope[]>();
  for (const name of scopes) {
    const permits = permissions.filter((one) => one.scope === name).map((one) => one.description);
    const about = name.split(":")[0] ?? name;
    groups.set(about, [...(groups.get(about) ?? []), { name, permits }]);
  }
  return [...groups].map(([name, found]) => ({ name, scopes: found }));
}
