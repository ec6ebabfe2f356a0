// What differs between two versions of a dashboard: panel by panel, field by field. Pure.
import type { Panel, Variable } from "../api/types";
import { type Content, titleOf } from "./dashboard";

export type Difference = {
  key: string;
  title: string;
  state: "added" | "removed" | "changed";
  /** A field that is not there is empty. */
  changes: { field: string; before: string; after: string }[];
};

type Fields = Record<string, unknown>;

function panelFields(panel: Panel): Fields {
  const { id: _, x, y, w, h, queries, thresholds, ...rest } = panel;
  const fields: Fields = { ...rest, place: `column ${x + 1}, row ${y + 1}, ${w} × ${h}` };
  for (const { ref, ...query } of queries) {
    for (const [name, value] of Object.entries(query)) fields[`query ${ref} ${name}`] = value;
  }
  fields.thresholds = thresholds.map(({ from, tone }) => `${tone} from ${from}`).join(", ");
  return fields;
}

function variableFields({ name: _, ...variable }: Variable): Fields {
  return { ...variable, options: variable.options.join(", "), chosen: variable.chosen.join(", ") };
}

function boardFields({ name, description, body }: Content): Fields {
  const { from, to } = body.range;
  return { name, description, range: `${from} to ${to}`, refresh_s: body.refresh_s };
}

function textOf(value: unknown): string {
  if (value === undefined || value === null || value === false) return "";
  return value === true ? "yes" : String(value);
}

function changesOf(before: Fields, after: Fields): Difference["changes"] {
  const names = new Set([...Object.keys(before), ...Object.keys(after)]);
  const all = [...names].map((field) => {
    return { field, before: textOf(before[field]), after: textOf(after[field]) };
  });
  return all.filter((one) => one.before !== one.after);
}

type Part = { key: string; title: string; fields: Fields };

function partsOf(content: Content): Part[] {
  const { variables, panels } = content.body;
  return [
    { key: "dashboard", title: "Dashboard", fields: boardFields(content) },
    ...variables.map((one) => {
      return { key: `variable ${one.name}`, title: `$${one.name}`, fields: variableFields(one) };
    }),
    ...panels.map((one) => {
      return { key: `panel ${one.id}`, title: titleOf(one), fields: panelFields(one) };
    }),
  ];
}

export function diffOf(before: Content, after: Content): Difference[] {
  const old = partsOf(before);
  const now = partsOf(after);
  const found = now.flatMap((part): Difference[] => {
    const match = old.find((one) => one.key === part.key);
    const changes = changesOf(match?.fields ?? {}, part.fields);
    if (!match) return [{ ...part, state: "added", changes }];
    return changes.length > 0 ? [{ ...part, state: "changed", changes }] : [];
  });
  const gone = old.filter((part) => !now.some((one) => one.key === part.key));
  const removed = gone.map((part): Difference => {
    return { ...part, state: "removed", changes: changesOf(part.fields, {}) };
  });
  return [...found, ...removed].map(({ key, title, state, changes }) => {
    return { key, title, state, changes };
  });
}
