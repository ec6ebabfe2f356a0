// The query of the audit log while it is being written: its terms with their places, and what could
// stand where the caret is. The server reads the query; this only helps to write it.

export type Term = {
  begin: number;
  end: number;
  negated: boolean;
  /** Null for words. */
  key: string | null;
  /** Where the value begins. */
  valueAt: number;
  value: string;
};

export type Suggestion = { text: string; note: string };

const termPattern = /(-?)(?:([a-z_]+):)?("(?:\\.|[^"\\])*"?|[^\s"]*)/gy;

export function termsOf(query: string): Term[] {
  const terms: Term[] = [];
  for (let at = 0; at < query.length; ) {
    if (/\s/.test(query.charAt(at))) {
      at += 1;
      continue;
    }
    termPattern.lastIndex = at;
    const [whole = "", minus = "", key, value = ""] = termPattern.exec(query) ?? [];
    const end = Math.max(at + whole.length, at + 1);
    const valueAt = end - value.length;
    terms.push({ begin: at, end, negated: minus !== "", key: key ?? null, valueAt, value });
    at = end;
  }
  return terms;
}

const keyNotes: Record<string, string> = {
  actor: "a name, an e-mail address, an id, or me",
  action: "what was done: server.*",
  outcome: "ok, denied or failed",
  resource: "a kind, or kind/id",
  name: "words of the resource's name",
  ip: "an address: 203.0.113.*",
  kind: "user, key, agent …",
  since: "how long ago: 24h",
  from: "a day or a time",
  to: "a day or a time",
};
const values: Record<string, string[]> = {
  outcome: ["ok", "denied", "failed"],
  kind: ["user", "key", "agent", "operator", "system", "anonymous"],
  since: ["1h", "24h", "7d", "30d", "90d"],
  action: ["api_key.*", "audit.*", "auth.*", "member.*", "server.*", "team.*", "user.*"],
  resource: ["api_key", "chain", "member", "server", "session", "team", "user"],
};

type Person = { name: string; email?: string | null };

function quoted(text: string): string {
  return /[\s":]/.test(text) ? `"${text.replace(/[\\"]/g, "\\$&")}"` : text;
}

function valuesOf(key: string, people: Person[], today: string): Suggestion[] {
  if (key === "actor") {
    const known = people.map((one) => ({ text: one.email ?? quoted(one.name), note: one.name }));
    return [{ text: "me", note: "yourself" }, ...known];
  }
  if (key === "from" || key === "to") return [{ text: today, note: "today" }];
  return (values[key] ?? []).map((text) => ({ text, note: "" }));
}

/** What could stand at the caret; empty when there is nothing to add. */
export function suggest(
  query: string,
  caret: number,
  people: Person[],
  today: string,
): { begin: number; end: number; list: Suggestion[] } {
  const term = termsOf(query).find((one) => one.begin < caret && caret <= one.end);
  if (term?.key) {
    const typed = query.slice(term.valueAt, caret).replace(/^"/, "").toLowerCase();
    const list = valuesOf(term.key, people, today).filter(
      (one) =>
        one.text !== typed &&
        (one.text.replace(/^"/, "").toLowerCase().startsWith(typed) ||
          one.note.toLowerCase().startsWith(typed)),
    );
    return { begin: term.valueAt, end: term.end, list: list.slice(0, 8) };
  }
  const begin = term ? term.begin + (term.negated ? 1 : 0) : caret;
  const typed = query.slice(begin, caret);
  const list = Object.entries(keyNotes)
    .filter(([key]) => key.startsWith(typed))
    .map(([key, note]) => ({ text: `${key}:`, note }));
  return { begin, end: term?.end ?? caret, list };
}

/** The query with the suggestion in its place, and where the caret goes. */
export function complete(
  query: string,
  place: { begin: number; end: number },
  text: string,
): { query: string; caret: number } {
  const done = text.endsWith(":") ? text : `${text} `;
  const rest = query.slice(place.end).replace(/^\s+/, "");
  return { query: query.slice(0, place.begin) + done + rest, caret: place.begin + done.length };
}

/** The stretch that a pointer such as `?q#char=6,11` names, in UTF-16 units of the query. */
export function stretchOf(pointer: string, query: string): { begin: number; end: number } | null {
  const found = /^\?q#char=(\d+),(\d+)$/.exec(pointer);
  if (!found) return null;
  const units = (points: number) => [...query].slice(0, points).join("").length;
  return { begin: units(Number(found[1])), end: units(Number(found[2])) };
}

/** Fields whose values are not shown even if they should ever be on the record. */
export function isSecretField(field: string): boolean {
  return /(^|[_./])(password|secret|token|private_key|seed|recovery_codes?)$/i.test(field);
}
