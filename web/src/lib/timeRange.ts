// The spans of time that charts offer, and the steps that suit them. Pure.

export type Range = { value: string; label: string; seconds: number };

export const timeRanges: readonly Range[] = [
  { value: "15m", label: "15m", seconds: 900 },
  { value: "1h", label: "1h", seconds: 3600 },
  { value: "6h", label: "6h", seconds: 21_600 },
  { value: "24h", label: "24h", seconds: 86_400 },
  { value: "7d", label: "7d", seconds: 604_800 },
  { value: "30d", label: "30d", seconds: 2_592_000 },
];

const unitSeconds: Record<string, number> = { s: 1, m: 60, h: 3600, d: 86_400, w: 604_800 };

/** `3h` in seconds; null where the text is no span. */
function spanOf(text: string): number | null {
  const [, count, unit = ""] = /^(\d{1,7})([smhdw])$/.exec(text) ?? [];
  const seconds = Number(count) * (unitSeconds[unit] ?? 0);
  return seconds > 0 ? seconds : null;
}

function makeRange(seconds: number): Range {
  const known = timeRanges.find((one) => one.seconds === seconds);
  if (known) return known;
  const unit = ["d", "h", "m"].find((one) => seconds % (unitSeconds[one] ?? 1) === 0) ?? "s";
  const value = `${seconds / (unitSeconds[unit] ?? 1)}${unit}`;
  return { value, label: value, seconds };
}

/** The range that an address names, also one that is not offered; an hour where it names none. */
export function rangeOf(value: string | undefined): Range {
  return makeRange(spanOf(value ?? "") ?? 3600);
}

/** Weeks begin on Mondays; the first one of unix time did so on its fifth day. */
const firstMonday = 4 * 86_400;

/** `now`, `now-6h`, `now-1d/d` or an RFC 3339 time in unix seconds; null where it is none. */
function momentOf(text: string, now: number, isEnd: boolean): number | null {
  const [, back, unit] = /^now(?:-(\w+))?(?:\/([mhdw]))?$/.exec(text) ?? [];
  if (!text.startsWith("now")) {
    const at = Date.parse(text) / 1000;
    return Number.isNaN(at) ? null : at;
  }
  const span = back === undefined ? 0 : spanOf(back);
  if (span === null || (text !== "now" && back === undefined && unit === undefined)) return null;
  const at = now - span;
  if (unit === undefined) return at;
  // Whole minutes, hours, days or weeks of UTC: an end lies behind the one it names.
  const whole = unitSeconds[unit] ?? 1;
  const offset = unit === "w" ? firstMonday : 0;
  return (Math.floor((at - offset) / whole) + Number(isEnd)) * whole + offset;
}

/** The range between two moments; `end` only where that is not now. */
export function rangeBetween(
  from: string,
  to: string,
  now: number,
): { range: Range; end?: number } {
  const begin = momentOf(from, now, false);
  const end = momentOf(to, now, true);
  if (begin === null || end === null || end <= begin) return { range: makeRange(3600) };
  const range = makeRange(Math.round(end - begin));
  return to === "now" ? { range } : { range, end: Math.floor(end) };
}

/** In unix seconds, the step in seconds: what a query over a range is asked for. */
export type Window = { start: number; end: number; step: number };

const roundSteps = [1, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1800, 3600, 7200, 21_600, 86_400];

/** More points than this cannot be told apart on a screen. */
const drawnPoints = 360;
/** The server refuses more. */
const mostPoints = 11_000;

export function usualStep(seconds: number): number {
  return roundSteps.find((step) => seconds / step <= drawnPoints) ?? 86_400;
}

export const stepChoices = [5, 15, 60, 300, 3600, 86_400];

export function stepSuits(step: number, seconds: number): boolean {
  return step <= seconds && seconds / step <= mostPoints;
}

/** The chosen step where it suits the range, else the usual one. */
export function stepOf(chosen: number | undefined, seconds: number): number {
  return chosen !== undefined && stepSuits(chosen, seconds) ? chosen : usualStep(seconds);
}

export function windowOf(seconds: number, step: number, end: number): Window {
  return { start: end - seconds, end, step };
}
