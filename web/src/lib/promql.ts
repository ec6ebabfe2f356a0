// A PromQL expression while it is being written: its tokens, and what could stand at the caret. The
// server reads the expression; this only helps to write it. Pure.

export type Token = {
  kind: "word" | "number" | "string" | "symbol" | "comment";
  begin: number;
  end: number;
  text: string;
  /** A string whose quote does not end. */
  isOpen?: boolean;
};

const patterns: [Token["kind"], RegExp][] = [
  ["comment", /#[^\n]*/y],
  ["number", /(?:\d|\.\d)[\w.]*/y],
  ["word", /[a-zA-Z_:][\w:]*/y],
  ["string", /"(?:\\.|[^"\\\n])*"?|'(?:\\.|[^'\\\n])*'?|`[^`]*`?/y],
  ["symbol", /==|!=|>=|<=|=~|!~|./y],
];

export function tokensOf(text: string): Token[] {
  const tokens: Token[] = [];
  for (let at = 0; at < text.length; ) {
    if (/\s/.test(text.charAt(at))) {
      at += 1;
      continue;
    }
    const token = tokenAt(text, at);
    tokens.push(token);
    at = token.end;
  }
  return tokens;
}

function tokenAt(text: string, begin: number): Token {
  for (const [kind, pattern] of patterns) {
    pattern.lastIndex = begin;
    const found = pattern.exec(text)?.[0];
    if (!found) continue;
    const token = { kind, begin, end: begin + found.length, text: found };
    if (kind !== "string") return token;
    const isOpen =
      found.length === 1 || !found.endsWith(found.charAt(0)) || /^[^\\]*(\\\\)*\\.$/.test(found);
    return isOpen ? { ...token, isOpen } : token;
  }
  return { kind: "symbol", begin, end: begin + 1, text: text.charAt(begin) };
}

export const aggregations = [
  ...["sum", "avg", "count", "min", "max", "group", "stddev", "stdvar"],
  ...["topk", "bottomk", "count_values", "quantile"],
];
export const keywords = [
  ...["by", "without", "on", "ignoring", "group_left", "group_right"],
  ...["and", "or", "unless", "atan2", "bool", "offset"],
];

/** Functions with what they do. */
export const functions: Record<string, string> = {
  abs: "size without sign",
  absent: "1 where nothing is",
  absent_over_time: "1 where nothing was",
  acos: "arc cosine",
  acosh: "area cosine",
  asin: "arc sine",
  asinh: "area sine",
  atan: "arc tangent",
  atanh: "area tangent",
  avg_over_time: "average of a window",
  ceil: "rounded up",
  changes: "how often it changed",
  clamp: "held between two bounds",
  clamp_max: "held below a bound",
  clamp_min: "held above a bound",
  cos: "cosine",
  cosh: "hyperbolic cosine",
  count_over_time: "number of samples",
  day_of_month: "1 to 31",
  day_of_week: "0 is Sunday",
  day_of_year: "1 to 366",
  days_in_month: "28 to 31",
  deg: "degrees of radians",
  delta: "change of a gauge",
  deriv: "slope of a gauge, per second",
  exp: "e to the power of it",
  floor: "rounded down",
  histogram_quantile: "quantile of buckets",
  hour: "0 to 23, UTC",
  idelta: "change between the last two",
  increase: "growth of a counter",
  irate: "growth of the last two, per second",
  label_join: "a label joined of others",
  label_replace: "a label made of another",
  last_over_time: "newest of a window",
  ln: "natural logarithm",
  log10: "decimal logarithm",
  log2: "binary logarithm",
  max_over_time: "largest of a window",
  min_over_time: "smallest of a window",
  minute: "0 to 59",
  month: "1 to 12",
  pi: "3.14…",
  predict_linear: "where a gauge will be",
  present_over_time: "1 where something was",
  quantile_over_time: "quantile of a window",
  rad: "radians of degrees",
  rate: "growth of a counter, per second",
  resets: "how often a counter began anew",
  round: "rounded",
  scalar: "the one number of a vector",
  sgn: "sign",
  sin: "sine",
  sinh: "hyperbolic sine",
  sort: "smallest first",
  sort_desc: "largest first",
  sqrt: "square root",
  stddev_over_time: "standard deviation",
  stdvar_over_time: "variance",
  sum_over_time: "sum of a window",
  tan: "tangent",
  tanh: "hyperbolic tangent",
  time: "seconds since 1970",
  timestamp: "when it was sampled",
  vector: "a number as a vector",
  year: "of the time, UTC",
};

const durations = ["1m", "5m", "15m", "1h", "6h", "1d", "7d"];

/** What the caret stands in. */
export type Context = {
  kind: "expression" | "label" | "value" | "duration" | "none";
  /** What a suggestion would take the place of. */
  begin: number;
  end: number;
  /** What of it stands before the caret. */
  typed: string;
  /** The series whose labels are meant; empty: all. */
  selectors: string[];
  /** Whose value is written. */
  label?: string;
  quote?: string;
  /** The value is a regular expression. */
  isPattern?: boolean;
  /** Nothing stands between the label and its value yet. */
  wantsOperator?: boolean;
};

const grouping = ["by", "without", "on", "ignoring", "group_left", "group_right"];
const operators = ["=", "!=", "=~", "!~"];

/** Brackets that are open at a place, each with its place among the tokens. */
function openBrackets(tokens: Token[]): { text: string; at: number }[] {
  const open: { text: string; at: number }[] = [];
  for (const [at, token] of tokens.entries()) {
    if (token.kind !== "symbol") continue;
    if ("([{".includes(token.text)) open.push({ text: token.text, at });
    else if (")]}".includes(token.text)) open.pop();
  }
  return open;
}

export function contextAt(text: string, caret: number): Context {
  const tokens = tokensOf(text);
  const current = tokens.find(
    (one) => one.begin < caret && caret <= one.end && one.kind !== "symbol",
  );
  const isClosed = current?.kind === "string" && !current.isOpen && caret === current.end;
  const begin = current?.begin ?? caret;
  const place = { begin, end: current?.end ?? caret, typed: text.slice(begin, caret) };
  const nothing: Context = { kind: "none", ...place, selectors: [] };
  if (current?.kind === "comment" || isClosed) return nothing;
  const before = tokens.filter((one) => one.end <= begin);
  const next = tokens.find((one) => one.begin >= place.end && one.begin >= caret);
  const open = openBrackets(before).at(-1);
  const last = before.at(-1);
  if (open?.text === "[" || last?.text === "offset") return { ...nothing, kind: "duration" };
  if (open?.text === "{") return inBraces(text, { before, open: open.at, place, current, next });
  if (current?.kind === "string" || current?.kind === "number") return nothing;
  if (open?.text === "(" && grouping.includes(before[open.at - 1]?.text ?? "")) {
    return { ...nothing, kind: "label", selectors: metricsOf(tokens, current) };
  }
  return { ...nothing, kind: "expression" };
}

type Braces = {
  before: Token[];
  /** Where the brace stands among them. */
  open: number;
  place: { begin: number; end: number; typed: string };
  current: Token | undefined;
  next: Token | undefined;
};

function inBraces(text: string, { before, open, place, current, next }: Braces): Context {
  const last = before.at(-1);
  const selectors = selectorBefore(text, before, open);
  if (last && operators.includes(last.text)) {
    const label = unquoted(before.at(-2)?.text ?? "");
    const isOpen = current?.isOpen === true;
    const quote = current?.kind === "string" ? current.text.charAt(0) : undefined;
    // An open string seems to reach to the end of its line; only what stands before the caret counts.
    const end = isOpen ? place.begin + place.typed.length : place.end;
    const typed = quote ? place.typed.slice(1) : place.typed;
    const isPattern = last.text.endsWith("~");
    return { kind: "value", ...place, end, typed, selectors, label, quote, isPattern };
  }
  const isName = last?.text === "{" || last?.text === ",";
  if (!isName || current?.kind === "string" || current?.kind === "number") {
    return { kind: "none", ...place, selectors: [] };
  }
  const wantsOperator = !operators.includes(next?.text ?? "");
  return { kind: "label", ...place, selectors, wantsOperator };
}

/** The selector as far as it is written: its metric and the conditions that are complete. */
function selectorBefore(text: string, before: Token[], open: number): string[] {
  const name = before[open - 1];
  const isMetric = name?.kind === "word" && !isKnownWord(name.text);
  const begin = isMetric ? name.begin : (before[open]?.begin ?? 0);
  const comma = before.findLastIndex((one, at) => at > open && one.text === ",");
  if (comma < 0) return isMetric ? [name.text] : [];
  return [`${text.slice(begin, before[comma]?.begin)}}`];
}

function isKnownWord(word: string): boolean {
  const lower = word.toLowerCase();
  return aggregations.includes(lower) || keywords.includes(lower) || lower in functions;
}

/** The metrics that an expression names, except in what is being written. */
function metricsOf(tokens: Token[], current: Token | undefined): string[] {
  const names = new Set<string>();
  for (const [at, token] of tokens.entries()) {
    if (token.kind !== "word" || token === current || isKnownWord(token.text)) continue;
    const within = openBrackets(tokens.slice(0, at)).at(-1);
    const isLabel =
      within?.text === "{" || (within && grouping.includes(tokens[within.at - 1]?.text ?? ""));
    if (!isLabel && tokens[at + 1]?.text !== "(") names.add(token.text);
  }
  return [...names];
}

/** The selectors of an expression, without ranges and offsets. */
export function selectorsOf(text: string): string[] {
  const tokens = tokensOf(text);
  const names = metricsOf(tokens, undefined);
  const found = new Set<string>();
  for (const [at, token] of tokens.entries()) {
    const next = tokens[at + 1];
    if (token.kind === "word" && names.includes(token.text) && next?.text !== "{") {
      if (openBrackets(tokens.slice(0, at)).every((one) => one.text === "(")) found.add(token.text);
    }
    if (token.text !== "{" || token.kind !== "symbol") continue;
    const before = tokens[at - 1];
    const isNamed = before?.kind === "word" && names.includes(before.text);
    const close = tokens.find((one, i) => i > at && one.text === "}");
    if (close) found.add(text.slice(isNamed ? before.begin : token.begin, close.end));
  }
  return [...found];
}

export type Suggestion = { text: string; note: string; insert: string };

const plainMetric = /^[a-zA-Z_:][\w:]*$/;
const plainLabel = /^[a-zA-Z_]\w*$/;

function unquoted(text: string): string {
  return /^["'`]/.test(text) ? text.slice(1, -1) : text;
}

export function quoted(text: string, quote = '"'): string {
  if (quote === "`" && !text.includes("`")) return `\`${text}\``;
  const mark = quote === "`" ? '"' : quote;
  const escaped = text.replace(/\\/g, "\\\\").replace(/\n/g, "\\n");
  return mark + escaped.replaceAll(mark, `\\${mark}`) + mark;
}

/** A metric as an expression of its own. */
export function selectorOf(metric: string): string {
  return plainMetric.test(metric) ? metric : `{${quoted(metric)}}`;
}

/** A label's name as an expression has it. */
export function labelOf(label: string): string {
  return plainLabel.test(label) ? label : quoted(label);
}

function valueInsert(value: string, context: Context): string {
  const literal = context.isPattern ? value.replace(/[\\^$.|?*+()[\]{}]/g, "\\$&") : value;
  return quoted(literal, context.quote);
}

function words(): Suggestion[] {
  return [
    ...aggregations.map((text) => ({ text, note: "aggregation", insert: `${text}(` })),
    ...Object.entries(functions).map(([text, note]) => ({ text, note, insert: `${text}(` })),
    ...keywords.map((text) => ({ text, note: "keyword", insert: `${text} ` })),
  ];
}

function candidates(context: Context, known: readonly string[]): Suggestion[] {
  switch (context.kind) {
    case "label":
      return known.map((text) => {
        return { text, note: "label", insert: labelOf(text) + (context.wantsOperator ? '="' : "") };
      });
    case "value":
      return known.map((text) => ({ text, note: "", insert: valueInsert(text, context) }));
    case "duration":
      return durations.map((text) => ({ text, note: "", insert: text }));
    case "expression":
      return [
        ...known.map((text) => ({ text, note: "metric", insert: selectorOf(text) })),
        ...(context.typed === "" ? [] : words()),
      ];
    default:
      return [];
  }
}

const shownMost = 50;

/**
 * What could stand at the caret, the likeliest first. `known` are the team's own metrics, labels
 * or values, as the context wants.
 */
export function suggest(context: Context, known: readonly string[]): Suggestion[] {
  const typed = context.typed.toLowerCase();
  const ranked = candidates(context, known).flatMap((one) => {
    const found = one.text.toLowerCase().indexOf(typed);
    const rank = found <= 0 ? found : /[_:.\-/]/.test(one.text.charAt(found - 1)) ? 1 : 2;
    return found < 0 || one.text === context.typed ? [] : [{ one, rank }];
  });
  ranked.sort((a, b) => a.rank - b.rank);
  return ranked.slice(0, shownMost).map(({ one }) => one);
}

/** The text with the suggestion in its place, and where the caret goes. */
export function complete(text: string, place: { begin: number; end: number }, insert: string) {
  return {
    text: text.slice(0, place.begin) + insert + text.slice(place.end),
    caret: place.begin + insert.length,
  };
}

/** A metric chosen from the list: instead of one that stands alone, else where the caret is. */
export function putMetric(text: string, caret: number, metric: string) {
  const insert = selectorOf(metric);
  const tokens = tokensOf(text);
  const isAlone =
    tokens.length === 0 ||
    (tokens.length === 1 && tokens[0]?.kind === "word") ||
    /^\{"(?:\\.|[^"\\])*"\}$/.test(text.trim());
  if (isAlone) return { text: insert, caret: insert.length, isWhole: true };
  const place = contextAt(text, caret);
  const within = place.kind === "expression" ? place : { begin: caret, end: caret };
  return { ...complete(text, within, insert), isWhole: false };
}

export type Slip = { line: number; column: number; at: number; reason: string };

/** Where and why the server could not read the expression, out of what it said. */
export function slipOf(detail: string | undefined, text: string): Slip | null {
  const found = /(?:^|: )(\d+):(\d+): parse error: (.*)$/s.exec(detail ?? "");
  if (!found) return null;
  const line = Number(found[1]);
  const lines = text.split("\n");
  const own = lines[line - 1] ?? "";
  // The server counts bytes.
  const bytes = new TextEncoder().encode(own).slice(0, Number(found[2]) - 1);
  const column = new TextDecoder().decode(bytes).length;
  const before = lines.slice(0, line - 1).reduce((sum, one) => sum + one.length + 1, 0);
  return { line, column: column + 1, at: before + column, reason: found[3] ?? "" };
}
