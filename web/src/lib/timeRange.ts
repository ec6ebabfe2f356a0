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
