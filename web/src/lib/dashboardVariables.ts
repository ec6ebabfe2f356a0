// Variables put into expressions, legends and titles. Names are as in other dashboards: `$host`,
// `${host}`, `[[host]]`, `${host:regex}`, and `$__interval` and its kin for times. Pure.
import type { Variable } from "../api/types";
import type { Labels } from "./queryAnswer";
import type { Window } from "./timeRange";

/** Stands in `chosen` and in the address for all values. */
export const allValues = "$__all";

/** More values than this are not listed in an expression: any value is meant. */
const listedMost = 100;

/** A variable with the values that are put in for it. */
export type Setting = {
  variable: Variable;
  /** Empty where nothing is chosen. */
  chosen: string[];
  /** What there is to choose from, as far as it is known. */
  known: string[];
};

const pattern = /\$(\w+)|\$\{([^}:]+)(?::(\w+))?\}|\[\[([^\]:]+)(?::(\w+))?\]\]/g;

/** A value inside a quoted string of an expression. */
function quotedPart(text: string): string {
  return text.replace(/[\\"]/g, (one) => `\\${one}`).replaceAll("\n", "\\n");
}

/** The pattern that matches this value alone, for RE2. */
export function escapePattern(text: string): string {
  return text.replace(/[\\^$.*+?()[\]{}|]/g, (one) => `\\${one}`);
}

function isAll(chosen: readonly string[]): boolean {
  return chosen.includes(allValues);
}

function patternOf({ chosen, known, variable }: Setting): string {
  const all = isAll(chosen);
  if (all && variable.kind === "label_values" && (known.length === 0 || known.length > listedMost))
    return ".+";
  const values = (all ? known : chosen).map(escapePattern);
  return values.length === 1 ? String(values[0]) : `(${values.join("|")})`;
}

function formatted(setting: Setting, format: string | undefined): string {
  const { variable, chosen, known } = setting;
  const values = isAll(chosen) ? known : chosen;
  if (format === "csv") return values.join(",");
  if (format === "pipe") return values.join("|");
  if (format === "raw") return values.join(",");
  const asPattern = format === "regex" || variable.many || variable.all;
  return quotedPart(asPattern ? patternOf(setting) : (chosen[0] ?? ""));
}

function timesOf({ start, end, step }: Window): Record<string, string> {
  const range = Math.round(end - start);
  const rate = Math.max(4 * step, 60);
  return {
    __interval: `${step}s`,
    __interval_ms: String(step * 1000),
    __rate_interval: `${rate}s`,
    __range: `${range}s`,
    __range_s: String(range),
    __range_ms: String(range * 1000),
    __from: String(Math.round(start * 1000)),
    __to: String(Math.round(end * 1000)),
  };
}

export type Filled = {
  text: string;
  /** Names in the text that no variable has. */
  unknown: string[];
  /** Names of variables that have no value yet. */
  unset: string[];
};

/** The expression with every variable put in. */
export function fillIn(text: string, settings: readonly Setting[], window: Window): Filled {
  const times = timesOf(window);
  const unknown = new Set<string>();
  const unset = new Set<string>();
  const filled = text.replace(pattern, (whole, bare, braced, format, bracketed, other) => {
    const name: string = bare ?? braced ?? bracketed;
    if (/^\d/.test(name)) return whole; // a group of label_replace
    const time = times[name];
    if (time !== undefined) return time;
    const setting = settings.find((one) => one.variable.name === name);
    if (!setting) {
      unknown.add(name);
      return whole;
    }
    if (setting.chosen.length === 0) unset.add(name);
    return formatted(setting, format ?? other);
  });
  return { text: filled, unknown: [...unknown], unset: [...unset] };
}

/** Titles and legends name values plainly, and all of them as "All". */
export function fillInWords(text: string, settings: readonly Setting[]): string {
  return text.replace(pattern, (whole, bare, braced, _format, bracketed) => {
    const setting = settings.find(
      ({ variable }) => variable.name === (bare ?? braced ?? bracketed),
    );
    if (!setting) return whole;
    return isAll(setting.chosen) ? "All" : setting.chosen.join(", ");
  });
}

/** `{{host}}` in a legend is the value of that label. */
export function fillInLabels(legend: string, labels: Labels): string {
  return legend.replace(/\{\{\s*([^}]+?)\s*\}\}/g, (_, name: string) => labels[name] ?? "").trim();
}

/**
 * What is chosen of a variable: what the address says, else what the dashboard begins with, else the
 * first value. Values that do not exist stay: the reader sees why nothing is found.
 */
export function chosenOf(
  variable: Variable,
  asked: readonly string[] | undefined,
  known: readonly string[],
): string[] {
  const wanted = asked ?? variable.chosen;
  const some = variable.many ? wanted : wanted.slice(0, 1);
  if (some.length > 0) return isAll(some) ? [allValues] : [...some];
  if (variable.all) return [allValues];
  if (variable.kind === "text") return [];
  return known.slice(0, 1);
}

/** What the address holds of variables: `var-host=a`. */
export type VariableSearch = Record<`var-${string}`, string | string[]>;

export function readVariables(search: Record<string, unknown>): VariableSearch {
  const found = Object.entries(search).filter(([name]) => name.startsWith("var-"));
  const entries = found.map(([name, value]) => [
    name,
    Array.isArray(value) ? value.map(String) : String(value),
  ]);
  return Object.fromEntries(entries) as VariableSearch;
}

export function askedFor(search: VariableSearch, name: string): string[] | undefined {
  const value = search[`var-${name}`];
  return value === undefined || Array.isArray(value) ? value : [value];
}
